//! Decimal numbers of any size: the arithmetic of `java.math.BigDecimal`.

use std::cmp::Ordering;

use super::natural::Natural;
use super::rounding::{Context, Rounding};
use super::whole::Whole;
use super::{MOST_BITS, arithmetic, too_large};
use crate::engine::painless::interpret::Run;

/// Decimal digits that numbers of [`MOST_BITS`] have at most.
const MOST_DIGITS: usize = MOST_BITS / 10 * 3;

/// `unscaled` divided by ten to the `scale`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    pub(super) unscaled: Whole,
    pub(super) scale: i32,
}

/// Ten to a power, if that is not too large.
fn power_of_ten(exponent: i64) -> Run<Whole> {
    match u32::try_from(exponent) {
        Ok(exponent) if exponent as usize <= MOST_DIGITS => {
            Ok(Whole::new(false, Natural::power_of_ten(exponent)))
        }
        _ => too_large(),
    }
}

/// `number` times ten to a power.
fn raised(number: &Whole, exponent: i64) -> Run<Whole> {
    if exponent == 0 || number.is_zero() {
        return Ok(number.clone());
    }
    Ok(number.multiply(&power_of_ten(exponent)?))
}

/// The quotient rounded to a whole number, and whether nothing was lost.
fn rounded(dividend: &Whole, divisor: &Whole, rounding: Rounding) -> Run<(Whole, bool)> {
    let Some((quotient, rest)) = dividend.divide(divisor) else {
        return arithmetic("Division by zero");
    };
    if rest.is_zero() {
        return Ok((quotient, true));
    }
    let negative = dividend.is_negative() != divisor.is_negative();
    let half = rest.size().shift_left(1).cmp(divisor.size());
    let Some(away) = rounding.goes_away(negative, half, !quotient.size().is_even()) else {
        return arithmetic("Rounding necessary");
    };
    let size = quotient.size();
    let size = if away {
        size.add(&Natural::from_u64(1))
    } else {
        size.clone()
    };
    Ok((Whole::new(negative, size), false))
}

impl Decimal {
    /// A number whose scale may not fit.
    pub(super) fn new(unscaled: Whole, scale: i64) -> Run<Self> {
        let scale = match i32::try_from(scale) {
            Ok(scale) => scale,
            Err(_) if unscaled.is_zero() => saturated(scale),
            Err(_) => return arithmetic(if scale > 0 { "Underflow" } else { "Overflow" }),
        };
        Ok(Self { unscaled, scale })
    }

    pub(super) fn whole(n: i64) -> Self {
        Self {
            unscaled: Whole::from_i64(n),
            scale: 0,
        }
    }

    fn zero(scale: i64) -> Self {
        Self {
            unscaled: Whole::default(),
            scale: saturated(scale),
        }
    }

    pub(super) fn is_zero(&self) -> bool {
        self.unscaled.is_zero()
    }

    pub(super) fn precision(&self) -> usize {
        self.unscaled.size().precision()
    }

    fn digits(&self) -> i64 {
        i64::try_from(self.precision()).unwrap_or(i64::MAX)
    }

    pub(super) fn negate(&self) -> Self {
        Self {
            unscaled: self.unscaled.negate(),
            scale: self.scale,
        }
    }

    pub(super) fn absolute(&self) -> Self {
        Self {
            unscaled: self.unscaled.absolute(),
            scale: self.scale,
        }
    }

    /// Both unscaled numbers at the larger of the scales.
    fn aligned(&self, other: &Self) -> Run<(Whole, Whole, i32)> {
        let scale = self.scale.max(other.scale);
        let at =
            |number: &Self| raised(&number.unscaled, i64::from(scale) - i64::from(number.scale));
        Ok((at(self)?, at(other)?, scale))
    }

    pub(super) fn add(&self, other: &Self) -> Run<Self> {
        let (left, right, scale) = self.aligned(other)?;
        Self::new(left.add(&right), scale.into())
    }

    /// The sum rounded; where one is zero, the other decides the scale.
    pub(super) fn add_within(&self, other: &Self, context: Context) -> Run<Self> {
        if !context.bounded() || !self.is_zero() && !other.is_zero() {
            return self.add(other)?.round(context);
        }
        let preferred = self.scale.max(other.scale);
        if self.is_zero() && other.is_zero() {
            return Ok(Self::zero(preferred.into()));
        }
        let sum = if self.is_zero() { other } else { self }.round(context)?;
        match sum.scale.cmp(&preferred) {
            Ordering::Equal => Ok(sum),
            Ordering::Greater => Ok(sum.stripped(preferred.into())),
            Ordering::Less => {
                let room = i64::from(context.precision) - sum.digits();
                let wanted = i64::from(preferred) - i64::from(sum.scale);
                sum.set_scale(
                    i64::from(sum.scale) + room.min(wanted),
                    Rounding::Unnecessary,
                )
            }
        }
    }

    pub(super) fn subtract(&self, other: &Self) -> Run<Self> {
        self.add(&other.negate())
    }

    pub(super) fn multiply(&self, other: &Self) -> Run<Self> {
        if self.unscaled.size().bits() + other.unscaled.size().bits() > MOST_BITS {
            return too_large();
        }
        let scale = i64::from(self.scale) + i64::from(other.scale);
        Self::new(self.unscaled.multiply(&other.unscaled), scale)
    }

    /// The number with at most as many digits as the context has.
    pub(super) fn round(&self, context: Context) -> Run<Self> {
        let mut number = self.clone();
        while context.bounded() && number.digits() > i64::from(context.precision) {
            let drop = number.digits() - i64::from(context.precision);
            let by = power_of_ten(drop)?;
            let (unscaled, _) = rounded(&number.unscaled, &by, context.rounding)?;
            number = Self::new(unscaled, i64::from(number.scale) - drop)?;
        }
        Ok(number)
    }

    pub(super) fn set_scale(&self, scale: i64, rounding: Rounding) -> Run<Self> {
        let raise = scale - i64::from(self.scale);
        if raise >= 0 {
            return Self::new(raised(&self.unscaled, raise)?, scale);
        }
        if self.is_zero() {
            return Self::new(Whole::default(), scale);
        }
        // what lies below all digits is cut off or rounded up all the same
        let drop = (-raise).min(self.digits() + 1);
        let (unscaled, _) = rounded(&self.unscaled, &power_of_ten(drop)?, rounding)?;
        Self::new(unscaled, scale)
    }

    /// Drops zeros at the end while the scale is above this one.
    fn stripped(&self, preferred: i64) -> Self {
        let ten = Whole::from_i64(10);
        let mut number = self.clone();
        while i64::from(number.scale) > preferred && number.unscaled.absolute() >= ten {
            match number.unscaled.divide(&ten) {
                Some((shorter, rest)) if rest.is_zero() => {
                    number.unscaled = shorter;
                    number.scale -= 1;
                }
                _ => break,
            }
        }
        number
    }

    pub(super) fn strip_trailing_zeros(&self) -> Self {
        if self.is_zero() {
            return Self::whole(0);
        }
        self.stripped(i32::MIN.into())
    }

    fn by_zero<T>(&self) -> Run<T> {
        arithmetic(if self.is_zero() {
            "Division undefined"
        } else {
            "Division by zero"
        })
    }

    /// The quotient at a scale.
    pub(super) fn divide_at(&self, by: &Self, scale: i64, rounding: Rounding) -> Run<Self> {
        let shift = scale + i64::from(by.scale) - i64::from(self.scale);
        let dividend = raised(&self.unscaled, shift.max(0))?;
        let divisor = raised(&by.unscaled, (-shift).max(0))?;
        let (unscaled, _) = rounded(&dividend, &divisor, rounding)?;
        Self::new(unscaled, scale)
    }

    /// The quotient with as many digits as the context has; zeros at its end go
    /// where it is exact. A context without bound asks for the exact quotient.
    pub(super) fn divide(&self, by: &Self, context: Context) -> Run<Self> {
        let preferred = i64::from(self.scale) - i64::from(by.scale);
        if by.is_zero() {
            return self.by_zero();
        }
        if self.is_zero() {
            return Ok(Self::zero(preferred));
        }
        if !context.bounded() {
            return self.divide_exactly(by, preferred);
        }
        let (own, other) = (self.digits(), by.digits());
        // as if both lay between a tenth and one
        let larger = raised(&self.unscaled.absolute(), (other - own).max(0))?
            > raised(&by.unscaled.absolute(), (own - other).max(0))?;
        let other = other - i64::from(larger);
        let raise = i64::from(context.precision) + other - own;
        let dividend = raised(&self.unscaled, raise.max(0))?;
        let divisor = raised(&by.unscaled, (-raise).max(0))?;
        let (unscaled, exact) = rounded(&dividend, &divisor, context.rounding)?;
        let quotient = Self::new(unscaled, preferred + raise)?;
        let quotient = if exact {
            quotient.stripped(preferred)
        } else {
            quotient
        };
        quotient.round(context)
    }

    fn divide_exactly(&self, by: &Self, preferred: i64) -> Run<Self> {
        let digits = self.digits() + (by.digits() * 10 + 2) / 3;
        let context = Context {
            precision: i32::try_from(digits).unwrap_or(i32::MAX),
            rounding: Rounding::Down,
        };
        let quotient = self.divide(by, context)?;
        if quotient.multiply(by)?.order(self) != Ordering::Equal {
            return arithmetic(
                "Non-terminating decimal expansion; no exact representable decimal result.",
            );
        }
        if preferred > i64::from(quotient.scale) {
            return quotient.set_scale(preferred, Rounding::Unnecessary);
        }
        Ok(quotient)
    }

    /// The whole part of the quotient.
    pub(super) fn divide_whole(&self, by: &Self, context: Context) -> Run<Self> {
        let preferred = i64::from(self.scale) - i64::from(by.scale);
        if by.is_zero() {
            return self.by_zero();
        }
        if self.absolute().order(&by.absolute()) == Ordering::Less {
            return Ok(Self::zero(preferred));
        }
        let quotient = self.divide_at(by, 0, Rounding::Down)?;
        let mut quotient = quotient.stripped(preferred.min(0));
        if context.bounded() {
            let precision = i64::from(context.precision);
            quotient = quotient.strip_trailing_zeros().stripped(preferred.min(0));
            if quotient.digits() > precision {
                return arithmetic("Division impossible");
            }
            let room = precision - quotient.digits();
            let wanted = preferred - i64::from(quotient.scale);
            let more = room.min(wanted).max(0);
            return quotient.set_scale(i64::from(quotient.scale) + more, Rounding::Unnecessary);
        }
        if i64::from(quotient.scale) < preferred {
            return quotient.set_scale(preferred, Rounding::Unnecessary);
        }
        Ok(quotient)
    }

    /// What [`Self::divide_whole`] leaves.
    pub(super) fn remainder(&self, by: &Self, context: Context) -> Run<Self> {
        self.subtract(&self.divide_whole(by, context)?.multiply(by)?)
    }

    pub(super) fn power(&self, exponent: i32) -> Run<Self> {
        if !(0..=999_999_999).contains(&exponent) {
            return arithmetic("Invalid operation");
        }
        let times = usize::try_from(exponent).unwrap_or(usize::MAX);
        if self.unscaled.size().bits().saturating_mul(times) > MOST_BITS.saturating_add(times) {
            return too_large();
        }
        let size = self.unscaled.size().power(exponent.unsigned_abs());
        let negative = self.unscaled.is_negative() && exponent % 2 == 1;
        let scale = i64::from(self.scale) * i64::from(exponent);
        Self::new(Whole::new(negative, size), scale)
    }

    /// The power as ANSI X3.274 defines it: rounded at each step.
    pub(super) fn power_within(&self, exponent: i32, context: Context) -> Run<Self> {
        if !context.bounded() {
            return self.power(exponent);
        }
        let digits = i32::try_from(exponent.unsigned_abs().to_string().len()).unwrap_or(10);
        if exponent.unsigned_abs() > 999_999_999 || digits > context.precision {
            return arithmetic("Invalid operation");
        }
        let working = Context {
            precision: context.precision + digits + 1,
            ..context
        };
        let mut power = Self::whole(1);
        let bits = 32 - exponent.unsigned_abs().leading_zeros();
        for at in (0..bits).rev() {
            if at + 1 < bits {
                power = power.multiply(&power)?.round(working)?;
            }
            if exponent.unsigned_abs() >> at & 1 == 1 {
                power = power.multiply(self)?.round(working)?;
            }
        }
        if exponent < 0 {
            power = Self::whole(1).divide(&power, working)?;
        }
        power.round(context)
    }

    /// The whole part, cut off.
    pub(super) fn to_whole(&self) -> Run<Whole> {
        Ok(self.set_scale(0, Rounding::Down)?.unscaled)
    }
}

fn saturated(scale: i64) -> i32 {
    i32::try_from(scale).unwrap_or(if scale > 0 { i32::MAX } else { i32::MIN })
}

impl Decimal {
    /// `compareTo`: 1.0 and 1.00 are equal.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let signs = self.unscaled.signum().cmp(&other.unscaled.signum());
        if signs != Ordering::Equal || self.is_zero() {
            return signs;
        }
        let top = |number: &Self| number.digits() - i64::from(number.scale);
        let sizes = top(self).cmp(&top(other)).then_with(|| {
            // digits of both, filled up to the same length
            let (left, right) = (
                self.unscaled.size().digits(10),
                other.unscaled.size().digits(10),
            );
            let length = left.len().max(right.len());
            format!("{left:0<length$}").cmp(&format!("{right:0<length$}"))
        });
        if self.unscaled.is_negative() {
            sizes.reverse()
        } else {
            sizes
        }
    }
}
