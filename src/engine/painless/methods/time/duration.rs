//! `Duration`.

use super::arithmetic::{instant_of, millis, moment, shift, whole};
use super::civil::DAY;
use super::moment::Moment;
use super::rows::TO_EPOCH_SECOND;
use crate::engine::painless::interpret::{Run, throw};
use crate::engine::painless::methods::Row;
use crate::engine::painless::methods::arguments::{at, int, long};
use crate::engine::value::Value;

/// A duration of some units, of so many seconds each.
fn duration(count: i64, seconds: i64) -> Run<Value> {
    match count.checked_mul(seconds) {
        Some(seconds) => Ok(Moment::Duration(seconds, 0).value()),
        None => throw("java.lang.ArithmeticException", "long overflow"),
    }
}

/// Moves by some seconds, `long(a, 1)` times.
fn moved(a: &[Value], seconds: i64) -> Run<Value> {
    shift(moment(a, 0)?, long(a, 1).saturating_mul(seconds), 0)
}

/// Moves by parts of a second.
pub(super) fn moved_finely(a: &[Value], per_second: i64, sign: i64) -> Run<Value> {
    let n = long(a, 1).saturating_mul(sign);
    let nanos = n.rem_euclid(per_second) * (1_000_000_000 / per_second);
    shift(moment(a, 0)?, n.div_euclid(per_second), nanos)
}

fn scaled(a: &[Value], by: i64, over: i64) -> Run<Value> {
    let (seconds, nanos) = moment(a, 0)?.instant();
    let total = i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
    let total = total.checked_mul(by.into()).unwrap_or(i128::MAX) / i128::from(over);
    let Ok(seconds) = i64::try_from(total.div_euclid(1_000_000_000)) else {
        return throw(
            "java.lang.ArithmeticException",
            "Exceeds capacity of Duration",
        );
    };
    let nanos = u32::try_from(total.rem_euclid(1_000_000_000)).unwrap_or_default();
    Ok(Moment::Duration(seconds, nanos).value())
}

pub(super) const DURATION: &[Row] = &[
    ("const Duration ZERO", |_, _| duration(0, 0)),
    ("static Duration between(Temporal,Temporal)", |_, a| {
        let (start, end) = (moment(a, 0)?, moment(a, 1)?.instant());
        let (seconds, nanos) = start.instant();
        let zero = Moment::Duration(end.0, end.1);
        shift(&zero, seconds.saturating_neg(), -i64::from(nanos))
    }),
    ("static Duration ofDays(long)", |_, a| {
        duration(long(a, 0), DAY)
    }),
    ("static Duration ofHours(long)", |_, a| {
        duration(long(a, 0), 3_600)
    }),
    ("static Duration ofMinutes(long)", |_, a| {
        duration(long(a, 0), 60)
    }),
    ("static Duration ofSeconds(long)", |_, a| {
        duration(long(a, 0), 1)
    }),
    ("static Duration ofMillis(long)", |_, a| {
        let (seconds, nanos) = instant_of(long(a, 0)).instant();
        Ok(Moment::Duration(seconds, nanos).value())
    }),
    ("long getSeconds()", TO_EPOCH_SECOND),
    ("int getNano()", |_, a| {
        Ok(whole(moment(a, 0)?.instant().1.into()))
    }),
    ("boolean isNegative()", |_, a| {
        Ok(Value::Bool(moment(a, 0)?.instant().0 < 0))
    }),
    ("boolean isZero()", |_, a| {
        Ok(Value::Bool(moment(a, 0)?.instant() == (0, 0)))
    }),
    ("long toDays()", |_, a| {
        Ok(Value::Long(moment(a, 0)?.instant().0 / DAY))
    }),
    ("long toHours()", |_, a| {
        Ok(Value::Long(moment(a, 0)?.instant().0 / 3_600))
    }),
    ("long toMinutes()", |_, a| {
        Ok(Value::Long(moment(a, 0)?.instant().0 / 60))
    }),
    ("static Duration ofNanos(long)", |_, a| {
        let n = long(a, 0);
        let nanos = u32::try_from(n.rem_euclid(1_000_000_000)).unwrap_or_default();
        Ok(Moment::Duration(n.div_euclid(1_000_000_000), nanos).value())
    }),
    ("static Duration ofSeconds(long,long)", |_, a| {
        shift(&Moment::Duration(long(a, 0), 0), 0, long(a, 1))
    }),
    ("static Duration of(long,TemporalUnit)", |_, a| {
        super::arithmetic::plus_unit(&Moment::Duration(0, 0), long(a, 0), moment(a, 1)?)
    }),
    ("static Duration from(TemporalAmount)", |_, a| {
        Ok(at(a, 0).clone())
    }),
    (
        "static Duration parse(CharSequence)",
        super::read::parse_duration,
    ),
    ("Duration plus(Duration)", |_, a| {
        super::arithmetic::plus(a, 1)
    }),
    ("Duration plus(long,TemporalUnit)", |_, a| {
        super::arithmetic::plus(a, 1)
    }),
    ("Duration minus(Duration)", |_, a| {
        super::arithmetic::plus(a, -1)
    }),
    ("Duration minus(long,TemporalUnit)", |_, a| {
        super::arithmetic::plus(a, -1)
    }),
    ("Duration plusDays(long)", |_, a| moved(a, DAY)),
    ("Duration plusHours(long)", |_, a| moved(a, 3_600)),
    ("Duration plusMinutes(long)", |_, a| moved(a, 60)),
    ("Duration plusSeconds(long)", |_, a| moved(a, 1)),
    ("Duration minusDays(long)", |_, a| moved(a, -DAY)),
    ("Duration minusHours(long)", |_, a| moved(a, -3_600)),
    ("Duration minusMinutes(long)", |_, a| moved(a, -60)),
    ("Duration minusSeconds(long)", |_, a| moved(a, -1)),
    ("Duration plusMillis(long)", |_, a| {
        moved_finely(a, 1_000, 1)
    }),
    ("Duration plusNanos(long)", |_, a| {
        moved_finely(a, 1_000_000_000, 1)
    }),
    ("Duration minusMillis(long)", |_, a| {
        moved_finely(a, 1_000, -1)
    }),
    ("Duration minusNanos(long)", |_, a| {
        moved_finely(a, 1_000_000_000, -1)
    }),
    ("Duration abs()", |_, a| {
        let negative = moment(a, 0)?.instant().0 < 0;
        if negative {
            scaled(a, -1, 1)
        } else {
            Ok(at(a, 0).clone())
        }
    }),
    ("Duration negated()", |_, a| scaled(a, -1, 1)),
    ("Duration multipliedBy(long)", |_, a| {
        scaled(a, long(a, 1), 1)
    }),
    ("Duration dividedBy(long)", |_, a| {
        if long(a, 1) == 0 {
            return throw("java.lang.ArithmeticException", "Cannot divide by zero");
        }
        scaled(a, 1, long(a, 1))
    }),
    ("long toNanos()", |_, a| {
        let (seconds, nanos) = moment(a, 0)?.instant();
        let total = seconds.checked_mul(1_000_000_000);
        match total.and_then(|total| total.checked_add(nanos.into())) {
            Some(total) => Ok(Value::Long(total)),
            None => throw("java.lang.ArithmeticException", "long overflow"),
        }
    }),
    ("Duration withSeconds(long)", |_, a| {
        Ok(Moment::Duration(long(a, 1), moment(a, 0)?.instant().1).value())
    }),
    ("Duration withNanos(int)", |_, a| {
        let nanos = super::clock::part_of("NanoOfSecond", int(a, 1).into(), 1_000_000_000)?;
        let nanos = u32::try_from(nanos).unwrap_or_default();
        Ok(Moment::Duration(moment(a, 0)?.instant().0, nanos).value())
    }),
    ("long toMillis()", |_, a| {
        Ok(Value::Long(millis(moment(a, 0)?)))
    }),
];
