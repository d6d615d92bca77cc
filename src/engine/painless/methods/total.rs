//! Sums and means.

use super::arguments::{double, int, long};
use super::pipeline::Of;
use crate::engine::value::Value;

/// The sum of numbers; doubles with compensation, as Java adds them.
pub(super) fn total(items: &[Value], of: Of) -> Value {
    match of {
        Of::Ints => Value::Int(items.iter().fold(0, |sum: i32, item| {
            sum.wrapping_add(int(std::slice::from_ref(item), 0))
        })),
        Of::Longs => Value::Long(items.iter().fold(0, |sum: i64, item| {
            sum.wrapping_add(long(std::slice::from_ref(item), 0))
        })),
        Of::Objects | Of::Doubles => {
            let (mut sum, mut lost, mut plain) = (0.0, 0.0, 0.0);
            for item in items {
                let n = double(std::slice::from_ref(item), 0);
                let rest = n - lost;
                let next = sum + rest;
                lost = (next - sum) - rest;
                sum = next;
                plain += n;
            }
            let sum: f64 = sum - lost;
            let infinite: bool = sum.is_nan() && f64::is_infinite(plain);
            Value::Double(if infinite { plain } else { sum })
        }
    }
}

/// The mean; nothing for no numbers.
pub(super) fn mean(items: &[Value]) -> Option<f64> {
    if items.is_empty() {
        return None;
    }
    let whole = !items
        .iter()
        .any(|item| matches!(item, Value::Double(_) | Value::Float(_)));
    let sum = total(items, if whole { Of::Longs } else { Of::Doubles });
    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    let count = items.len() as f64;
    Some(double(&[sum], 0) / count)
}
