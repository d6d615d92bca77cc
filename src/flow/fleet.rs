//! The same work on several clusters at once, a bounded number at a time; one
//! that fails stops no other.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::thread;
use std::time::{Duration, Instant};

use crate::error::Result;

/// How many clusters are worked on at a time at most.
const AT_ONCE: usize = 16;

/// What became of one cluster.
#[derive(Debug)]
pub struct Outcome<T> {
    /// What the cluster is called.
    pub label: String,
    /// The result there.
    pub result: Result<T>,
    /// How long it took.
    pub took: Duration,
}

impl<T> Outcome<T> {
    /// Runs `work` for what is called `label`.
    fn of(label: String, work: impl FnOnce(&str) -> Result<T>) -> Self {
        let begun = Instant::now();
        let result = work(&label);
        Self {
            label,
            result,
            took: begun.elapsed(),
        }
    }
}

/// Runs `work` for every one of `items`, which are labelled, and gives the
/// outcomes in their order.
pub fn each<I: Send, T: Send>(
    items: Vec<(String, I)>,
    work: impl Fn(&str, I) -> Result<T> + Sync,
) -> Vec<Outcome<T>> {
    let count = items.len();
    let threads = count.min(AT_ONCE);
    if threads <= 1 {
        return items
            .into_iter()
            .map(|(label, item)| Outcome::of(label, |label| work(label, item)))
            .collect();
    }
    let queue = Mutex::new(items.into_iter().enumerate());
    let done: Mutex<Vec<(usize, Outcome<T>)>> = Mutex::new(Vec::with_capacity(count));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some((position, (label, item))) = next else {
                        break;
                    };
                    let outcome = Outcome::of(label, |label| work(label, item));
                    done.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push((position, outcome));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(position, _)| *position);
    done.into_iter().map(|(_, outcome)| outcome).collect()
}

#[cfg(test)]
mod tests {
    use super::each;
    use crate::error::{Error, ErrorKind};

    #[test]
    fn every_item_has_its_outcome_in_order() {
        let items = (0..100).map(|n| (format!("c{n}"), n)).collect();
        let outcomes = each(items, |_, n| {
            if n == 50 {
                Err(Error::new(ErrorKind::Network, "down"))
            } else {
                Ok(n * 2)
            }
        });
        assert_eq!(outcomes.len(), 100);
        for (position, outcome) in outcomes.iter().enumerate() {
            assert_eq!(outcome.label, format!("c{position}"));
            match &outcome.result {
                Ok(doubled) => assert_eq!(*doubled, position * 2),
                Err(_) => assert_eq!(position, 50),
            }
        }
    }
}
