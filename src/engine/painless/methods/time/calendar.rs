//! `Period`, `Year`, `YearMonth`.

use super::arithmetic::{moment, part, whole, wrong};
use super::civil::{DAY, date_of, days_of, month_length};
use super::moment::{Moment, unparsed};
use super::scan::{Wanted, parse};
use crate::engine::painless::interpret::{Run, Vm, throw};
use crate::engine::painless::methods::Row;
use crate::engine::painless::methods::arguments::{at, int, long, sequence};
use crate::engine::value::Value;

/// A period, whose parts are an `int` each.
fn period(years: i64, months: i64, days: i64) -> Run<Value> {
    if [years, months, days]
        .iter()
        .any(|n| i32::try_from(*n).is_err())
    {
        return throw("java.lang.ArithmeticException", "integer overflow");
    }
    Ok(Moment::Period(years, months, days).value())
}

fn fields(a: &[Value]) -> Run<(i64, i64, i64)> {
    match moment(a, 0)? {
        Moment::Period(years, months, days) => Ok((*years, *months, *days)),
        _ => wrong("a period is needed"),
    }
}

/// Years, months and days from one date to another.
pub(super) fn until(from: &Moment, to: &Moment) -> Run<Value> {
    let (start, end) = (from.local().0.div_euclid(DAY), to.local().0.div_euclid(DAY));
    let ((year, month, day), (next_year, next_month, next_day)) = (date_of(start), date_of(end));
    let mut months = (next_year * 12 + next_month) - (year * 12 + month);
    let mut days = next_day - day;
    if months > 0 && days < 0 {
        months -= 1;
        days = end - super::civil::plus_months(start, months);
    } else if months < 0 && days > 0 {
        months += 1;
        days -= month_length(next_year, next_month);
    }
    period(months / 12, months % 12, days)
}

fn parse_period(vm: &mut Vm<'_>, a: &[Value]) -> Run<Value> {
    let text = sequence(vm, a, 0)?.to_string();
    let upper = text.to_uppercase();
    let (sign, body) = match upper.strip_prefix('-') {
        Some(body) => (-1, body),
        None => (1, upper.strip_prefix('+').unwrap_or(&upper)),
    };
    let Some(mut body) = body.strip_prefix('P').filter(|body| !body.is_empty()) else {
        return unparsed(&text, 0);
    };
    let mut found = [0_i64; 4];
    for (index, unit) in ['Y', 'M', 'W', 'D'].into_iter().enumerate() {
        if let Some((number, rest)) = body.split_once(unit)
            && let Ok(number) = number.parse::<i32>()
        {
            if let Some(place) = found.get_mut(index) {
                *place = i64::from(number) * sign;
            }
            body = rest;
        }
    }
    if !body.is_empty() {
        return unparsed(&text, 0);
    }
    let [years, months, weeks, days] = found;
    period(years, months, weeks * 7 + days)
}

fn field(a: &[Value], read: impl Fn((i64, i64, i64)) -> i64) -> Run<Value> {
    fields(a).map(|fields| whole(read(fields)))
}

fn changed(a: &[Value], change: impl Fn((i64, i64, i64), i64) -> (i64, i64, i64)) -> Run<Value> {
    let (years, months, days) = change(fields(a)?, long(a, 1));
    period(years, months, days)
}

/// One of the fields, changed by the argument.
fn moved(
    a: &[Value],
    field: impl Fn(&mut (i64, i64, i64)) -> &mut i64,
    by: impl Fn(i64, i64) -> i64,
) -> Run<Value> {
    changed(a, |mut fields, n| {
        let place = field(&mut fields);
        *place = by(*place, n);
        fields
    })
}

pub(super) const PERIOD: &[Row] = &[
    ("const Period ZERO", |_, _| period(0, 0, 0)),
    ("static Period between(LocalDate,LocalDate)", |_, a| {
        until(moment(a, 0)?, moment(a, 1)?)
    }),
    ("static Period of(int,int,int)", |_, a| {
        period(int(a, 0).into(), int(a, 1).into(), int(a, 2).into())
    }),
    ("static Period ofYears(int)", |_, a| {
        period(int(a, 0).into(), 0, 0)
    }),
    ("static Period ofMonths(int)", |_, a| {
        period(0, int(a, 0).into(), 0)
    }),
    ("static Period ofWeeks(int)", |_, a| {
        period(0, 0, i64::from(int(a, 0)) * 7)
    }),
    ("static Period ofDays(int)", |_, a| {
        period(0, 0, int(a, 0).into())
    }),
    ("static Period parse(CharSequence)", parse_period),
    ("int getYears()", |_, a| field(a, |fields| fields.0)),
    ("int getMonths()", |_, a| field(a, |fields| fields.1)),
    ("int getDays()", |_, a| field(a, |fields| fields.2)),
    ("boolean isNegative()", |_, a| {
        let (years, months, days) = fields(a)?;
        Ok(Value::Bool(years < 0 || months < 0 || days < 0))
    }),
    ("boolean isZero()", |_, a| {
        Ok(Value::Bool(fields(a)? == (0, 0, 0)))
    }),
    ("Period negated()", |_, a| {
        let (years, months, days) = fields(a)?;
        period(-years, -months, -days)
    }),
    ("Period normalized()", |_, a| {
        let (years, months, days) = fields(a)?;
        let total = years * 12 + months;
        period(total / 12, total % 12, days)
    }),
    ("Period multipliedBy(int)", |_, a| {
        changed(a, |(years, months, days), n| {
            (years * n, months * n, days * n)
        })
    }),
    ("Period plusYears(long)", |_, a| {
        moved(a, |fields| &mut fields.0, i64::saturating_add)
    }),
    ("Period plusMonths(long)", |_, a| {
        moved(a, |fields| &mut fields.1, i64::saturating_add)
    }),
    ("Period plusDays(long)", |_, a| {
        moved(a, |fields| &mut fields.2, i64::saturating_add)
    }),
    ("Period minusYears(long)", |_, a| {
        moved(a, |fields| &mut fields.0, i64::saturating_sub)
    }),
    ("Period minusMonths(long)", |_, a| {
        moved(a, |fields| &mut fields.1, i64::saturating_sub)
    }),
    ("Period minusDays(long)", |_, a| {
        moved(a, |fields| &mut fields.2, i64::saturating_sub)
    }),
    ("Period withYears(int)", |_, a| {
        changed(a, |fields, n| (n, fields.1, fields.2))
    }),
    ("Period withMonths(int)", |_, a| {
        changed(a, |fields, n| (fields.0, n, fields.2))
    }),
    ("Period withDays(int)", |_, a| {
        changed(a, |fields, n| (fields.0, fields.1, n))
    }),
    ("long toTotalMonths()", |_, a| {
        let (years, months, _) = fields(a)?;
        Ok(Value::Long(years * 12 + months))
    }),
];

fn year(a: &[Value]) -> Run<i64> {
    match moment(a, 0)? {
        Moment::Year(year) => Ok(*year),
        Moment::YearMonth(months) => Ok(months.div_euclid(12)),
        other => Ok(part(other, 'y')),
    }
}

fn year_value(year: i64) -> Run<Value> {
    if !(-999_999_999..=999_999_999).contains(&year) {
        return wrong(format!(
            "Invalid value for Year (valid values -999999999 - 999999999): {year}"
        ));
    }
    Ok(Moment::Year(year).value())
}

/// How many days a year has.
pub(super) fn year_length(year: i64) -> i64 {
    337 + month_length(year, 2)
}

/// A date by its day of the year.
pub(super) fn day_of_year(year: i64, day: i64) -> Run<Value> {
    if !(1..=year_length(year)).contains(&day) {
        return wrong(format!("Invalid date 'DayOfYear {day}' of the year {year}"));
    }
    Ok(Moment::Date(days_of(year, 1, 1) + day - 1).value())
}

/// A month of a year.
fn month_of(year: i64, month: i64) -> Run<Value> {
    if !(1..=12).contains(&month) {
        return wrong(format!(
            "Invalid value for MonthOfYear (valid values 1 - 12): {month}"
        ));
    }
    year_month(year * 12 + month - 1)
}

pub(super) const YEAR: &[Row] = &[
    ("const int MAX_VALUE", |_, _| Ok(Value::Int(999_999_999))),
    ("const int MIN_VALUE", |_, _| Ok(Value::Int(-999_999_999))),
    ("static Year of(int)", |_, a| year_value(int(a, 0).into())),
    ("static Year from(TemporalAccessor)", |_, a| {
        year_value(year(a)?)
    }),
    ("static Year parse(CharSequence)", |vm, a| {
        let text = sequence(vm, a, 0)?.to_string();
        match text.parse::<i32>() {
            Ok(year) if text.len() >= 4 => year_value(year.into()),
            _ => unparsed(&text, 0),
        }
    }),
    ("static boolean isLeap(long)", |_, a| {
        Ok(Value::Bool(month_length(long(a, 0) % 400, 2) == 29))
    }),
    ("boolean isLeap()", |_, a| {
        Ok(Value::Bool(month_length(year(a)?, 2) == 29))
    }),
    ("int getValue()", |_, a| year(a).map(whole)),
    ("int length()", |_, a| Ok(whole(year_length(year(a)?)))),
    ("boolean isAfter(Year)", |_, a| {
        Ok(Value::Bool(
            year(a)? > year(a.get(1..).unwrap_or_default())?,
        ))
    }),
    ("LocalDate atDay(int)", |_, a| {
        day_of_year(year(a)?, int(a, 1).into())
    }),
    ("YearMonth atMonth(int)", |_, a| {
        month_of(year(a)?, int(a, 1).into())
    }),
    ("Year plusYears(long)", |_, a| {
        year_value(year(a)?.saturating_add(long(a, 1)))
    }),
    ("Year minusYears(long)", |_, a| {
        year_value(year(a)?.saturating_sub(long(a, 1)))
    }),
];

fn months(a: &[Value]) -> Run<i64> {
    match moment(a, 0)? {
        Moment::YearMonth(months) => Ok(*months),
        other => Ok(part(other, 'y') * 12 + part(other, 'M') - 1),
    }
}

fn year_month(months: i64) -> Run<Value> {
    match year_value(months.div_euclid(12)) {
        Ok(_) => Ok(Moment::YearMonth(months).value()),
        Err(thrown) => Err(thrown),
    }
}

fn month_days(a: &[Value]) -> Run<i64> {
    let months = months(a)?;
    Ok(month_length(
        months.div_euclid(12),
        months.rem_euclid(12) + 1,
    ))
}

fn day(a: &[Value], day: i64) -> Run<Value> {
    let months = months(a)?;
    if !(1..=month_days(a)?).contains(&day) {
        return wrong(format!("Invalid date: day {day}"));
    }
    let first = days_of(months.div_euclid(12), months.rem_euclid(12) + 1, 1);
    Ok(Moment::Date(first + day - 1).value())
}

pub(super) const YEAR_MONTH: &[Row] = &[
    ("static YearMonth of(int,int)", |_, a| {
        month_of(int(a, 0).into(), int(a, 1).into())
    }),
    ("static YearMonth from(TemporalAccessor)", |_, a| {
        year_month(months(a)?)
    }),
    ("static YearMonth parse(CharSequence)", |vm, a| {
        let pattern = Moment::Format("yyyy-MM".to_owned(), None).value();
        parse(vm, &[at(a, 0).clone(), pattern], Wanted::YearMonth)
    }),
    (
        "static YearMonth parse(CharSequence,DateTimeFormatter)",
        |vm, a| parse(vm, a, Wanted::YearMonth),
    ),
    ("int getYear()", |_, a| year(a).map(whole)),
    ("int getMonthValue()", |_, a| {
        Ok(whole(months(a)?.rem_euclid(12) + 1))
    }),
    ("Month getMonth()", |_, a| {
        Ok(Moment::Month(months(a)?.rem_euclid(12) + 1).value())
    }),
    ("boolean isLeapYear()", |_, a| {
        Ok(Value::Bool(month_length(year(a)?, 2) == 29))
    }),
    ("int lengthOfMonth()", |_, a| month_days(a).map(whole)),
    ("int lengthOfYear()", |_, a| {
        Ok(whole(year_length(year(a)?)))
    }),
    ("boolean isValidDay(int)", |_, a| {
        Ok(Value::Bool(
            (1..=month_days(a)?).contains(&int(a, 1).into()),
        ))
    }),
    ("LocalDate atDay(int)", |_, a| day(a, int(a, 1).into())),
    ("LocalDate atEndOfMonth()", |_, a| day(a, month_days(a)?)),
    ("boolean isAfter(YearMonth)", |_, a| {
        Ok(Value::Bool(
            months(a)? > months(a.get(1..).unwrap_or_default())?,
        ))
    }),
    ("boolean isBefore(YearMonth)", |_, a| {
        Ok(Value::Bool(
            months(a)? < months(a.get(1..).unwrap_or_default())?,
        ))
    }),
    ("YearMonth plusMonths(long)", |_, a| {
        year_month(months(a)?.saturating_add(long(a, 1)))
    }),
    ("YearMonth minusMonths(long)", |_, a| {
        year_month(months(a)?.saturating_sub(long(a, 1)))
    }),
    ("YearMonth plusYears(long)", |_, a| {
        year_month(months(a)?.saturating_add(long(a, 1).saturating_mul(12)))
    }),
    ("YearMonth minusYears(long)", |_, a| {
        year_month(months(a)?.saturating_sub(long(a, 1).saturating_mul(12)))
    }),
];
