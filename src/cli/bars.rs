//! Progress on a terminal, and quiet lines elsewhere.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::escape;
use crate::cli::terminal::Terminal;
use crate::progress::Progress;

/// Bars on standard error where it is a terminal, notes anywhere unless quiet.
pub struct Bars<'a> {
    terminal: &'a Terminal,
    stop: &'a AtomicBool,
    running: Mutex<Vec<ProgressBar>>,
}

impl<'a> Bars<'a> {
    /// Progress on `terminal`; `stop` becomes true when the operator interrupts.
    #[must_use]
    pub fn new(terminal: &'a Terminal, stop: &'a AtomicBool) -> Self {
        Self {
            terminal,
            stop,
            running: Mutex::new(Vec::new()),
        }
    }

    fn with_running<T>(&self, act: impl FnOnce(&mut Vec<ProgressBar>) -> T) -> T {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut running)
    }
}

/// What the size of work is counted in.
#[derive(Clone, Copy)]
enum Unit {
    Pieces,
    Bytes,
}

/// How a bar of work looks, with its whole size known or not.
fn template(unit: Unit, is_known: bool) -> &'static str {
    match (unit, is_known) {
        (Unit::Bytes, true) => "{msg:30!} {bar:25} {bytes:>10}/{total_bytes:<10} {eta}",
        (Unit::Bytes, false) => "{msg:30!} {spinner} {bytes:>10}",
        (Unit::Pieces, true) => "{msg:30!} {bar:25} {human_pos:>10}/{human_len:<10} {eta}",
        (Unit::Pieces, false) => "{msg:30!} {spinner} {human_pos:>10}",
    }
}

impl Bars<'_> {
    fn start(&self, what: &str, unit: Unit, total: Option<u64>) {
        let target = if self.terminal.shows_bars() {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(total, target);
        if let Ok(style) = ProgressStyle::with_template(template(unit, total.is_some())) {
            bar.set_style(style);
        }
        bar.set_message(escape::line(what));
        self.with_running(|running| running.push(bar));
    }
}

impl Progress for Bars<'_> {
    fn begin(&self, what: &str, total: Option<u64>) {
        self.start(what, Unit::Pieces, total);
    }

    fn begin_bytes(&self, what: &str, total: Option<u64>) {
        self.start(what, Unit::Bytes, total);
    }

    fn advance(&self, amount: u64) {
        self.with_running(|running| {
            if let Some(bar) = running.last() {
                bar.inc(amount);
            }
        });
    }

    fn end(&self) {
        if let Some(bar) = self.with_running(Vec::pop) {
            bar.finish_and_clear();
        }
    }

    fn note(&self, line: &str) {
        let line = escape::line(line);
        match self.with_running(|running| running.last().cloned()) {
            Some(bar) => bar.suspend(|| self.terminal.note(&line)),
            None => self.terminal.note(&line),
        }
    }

    fn stop_asked(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
