//! Is the release named and numbered as releases are?

use crate::model::catalog::naming;
use crate::model::release::ReleaseTag;
use crate::model::time::Timestamp;

use super::{Published, Remark};

/// `ML-FAMILY-YYYYMMDD-N`, the family one that was published before, N one above
/// its last.
pub(super) fn check(
    tag: &ReleaseTag,
    published: Option<&Published>,
    new_family: bool,
) -> Vec<Remark> {
    let error = |check, message: String| vec![Remark::error(check, tag.as_str(), message)];
    let parts = tag.parts().filter(|(family, _, _)| {
        let name = family.strip_prefix("ML-");
        name.is_some_and(|name| !name.is_empty())
    });
    let Some((family, date, number)) = parts else {
        let message = "the folder is not named ML-FAMILY-YYYYMMDD-N, such as ML-DGA-20210604-2";
        return error("release/name", message.to_owned());
    };
    if !is_date(date) {
        return error("release/date", format!("there is no day {date}"));
    }
    let is_known = new_family
        || naming::FAMILIES.contains(&family)
        || published.is_some_and(|published| published.last(family).is_some());
    if !is_known {
        let message =
            format!("{family} is no family that was published before; --new-family makes it one");
        return error("release/family", message);
    }
    let Some(published) = published else {
        let message = "its number was not held against the publisher's last one";
        return vec![Remark::warning("release/number", tag.as_str(), message)];
    };
    let expected = published
        .last(family)
        .map_or(1, |last| last.saturating_add(1));
    if number == expected {
        return Vec::new();
    }
    let message = match published.last(family) {
        Some(last) => {
            format!("the last release of {family} is number {last}; the next is {expected}")
        }
        None => format!("it is the first release of {family}; its number is 1"),
    };
    error("release/number", message)
}

fn is_date(digits: &str) -> bool {
    let (Some(year), Some(month), Some(day)) = (digits.get(..4), digits.get(4..6), digits.get(6..))
    else {
        return false;
    };
    Timestamp::parse(&format!("{year}-{month}-{day}T00:00:00Z")).is_ok()
}
