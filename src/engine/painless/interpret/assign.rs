//! Assignments.

use super::arithmetic::ints;
use super::def::division;
use super::{Run, Vm, class_cast};
use crate::engine::painless::code::{Assign, Compound, Gives, Target};
use crate::engine::value::Value;

impl Vm<'_> {
    pub(super) fn assign(&mut self, assign: &Assign) -> Run<Value> {
        match (&assign.target, &assign.compound) {
            (Target::Local(slot), None) => {
                let value = self.eval(&assign.value)?;
                let result = match assign.gives {
                    Gives::Nothing => Value::Null,
                    Gives::Before | Gives::After => value.clone(),
                };
                self.set_local(*slot, value);
                return Ok(result);
            }
            (Target::Local(slot), Some(compound)) if compound.is_on_ints() => {
                if let Some(Value::Int(before)) = self.variable(*slot) {
                    return self.count(*slot, *before, compound, assign);
                }
            }
            _ => {}
        }
        let found = self.find(&assign.target)?;
        let (before, value) = match &assign.compound {
            None => (Value::Null, self.eval(&assign.value)?),
            Some(compound) => {
                let before = self
                    .read(&assign.target, &found)
                    .map_err(|thrown| Self::locate(thrown, assign.load_at))?;
                let operand = self.eval(&assign.value)?;
                let value = self
                    .combine(compound, before.clone(), &operand)
                    .map_err(|thrown| Self::locate(thrown, compound.at))?;
                (before, value)
            }
        };
        let result = match assign.gives {
            Gives::Nothing => Value::Null,
            Gives::Before => before,
            Gives::After => value.clone(),
        };
        self.write(&assign.target, &found, value, assign.value_type)
            .map_err(|thrown| Self::locate(thrown, assign.store_at))?;
        Ok(result)
    }

    /// `n += 1` and its like on a variable of type `int`.
    fn count(
        &mut self,
        slot: u16,
        before: i32,
        compound: &Compound,
        assign: &Assign,
    ) -> Run<Value> {
        let operand = self.int(&assign.value)?;
        let result = match ints(compound.operator, before, operand) {
            Some(Ok(value)) => Ok(value),
            Some(Err(zero)) => division(zero),
            None => class_cast("operands of another type"),
        };
        let value = result.map_err(|thrown| Self::locate(thrown, compound.at))?;
        let gives = match assign.gives {
            Gives::Nothing => Value::Null,
            Gives::Before => Value::Int(before),
            Gives::After => value.clone(),
        };
        self.set_local(slot, value);
        Ok(gives)
    }
}
