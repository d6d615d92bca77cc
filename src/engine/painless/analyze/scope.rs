//! Variables and where they live.

use crate::engine::painless::types::Type;

/// A variable.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) ty: Type,
    pub(super) slot: u16,
    /// Captured by a lambda or a parameter of one.
    pub(super) read_only: bool,
}

/// The variables of a function or lambda while it is analyzed.
#[derive(Debug)]
pub(super) struct Scope {
    variables: Vec<Variable>,
    next: u16,
    pub(super) slots: u16,
    pub(super) result: Type,
    /// For a lambda: slots outside and inside of what it captures.
    pub(super) captures: Option<Vec<(u16, u16)>>,
}

impl Scope {
    pub(super) fn new(result: Type, lambda: bool) -> Self {
        Self {
            variables: Vec::new(),
            next: 0,
            slots: 0,
            result,
            captures: lambda.then(Vec::new),
        }
    }

    /// Marks the start of a block.
    pub(super) fn enter(&self) -> usize {
        self.variables.len()
    }

    /// Forgets the variables of a block. Their slots are not used again: a lambda
    /// or an iteration may still be at work on them.
    pub(super) fn leave(&mut self, mark: usize) {
        self.variables.truncate(mark);
    }

    pub(super) fn find(&self, name: &str) -> Option<&Variable> {
        self.variables
            .iter()
            .rev()
            .find(|variable| variable.name == name)
    }

    pub(super) fn slot(&mut self) -> u16 {
        let slot = self.next;
        self.next = self.next.saturating_add(1);
        self.slots = self.slots.max(self.next);
        slot
    }

    pub(super) fn define(&mut self, name: &str, ty: Type, read_only: bool) -> u16 {
        let slot = self.slot();
        self.variables.push(Variable {
            name: name.to_owned(),
            ty,
            slot,
            read_only,
        });
        slot
    }

    /// Puts a captured variable below all others, so that no block forgets it.
    pub(super) fn capture(&mut self, outer: &Variable) -> u16 {
        let slot = self.slot();
        self.variables.insert(
            0,
            Variable {
                slot,
                read_only: true,
                ..outer.clone()
            },
        );
        if let Some(captures) = &mut self.captures {
            captures.push((outer.slot, slot));
        }
        slot
    }
}
