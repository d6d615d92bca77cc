//! Whether a bundle that is rightly signed is meant for here and now.

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};
use crate::model::label::Label;
use crate::model::signed_list::ListHeader;
use crate::model::time::Timestamp;
use crate::model::trust::TrustPolicy;

/// A clock on the connected side may be this far ahead, in seconds.
const CLOCK_SKEW: i64 = 86_400;
const DAY: i64 = 86_400;

/// A rule of the policy that an operator may set aside. Signatures and digests
/// are not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rule {
    /// The bundle must not be expired.
    Expiry,
    /// The bundle must not come from the future.
    Created,
    /// The bundle must belong to a channel that is taken here.
    Channel,
    /// The bundle must not be older than what was installed before.
    Sequence,
    /// The clock must not have moved back.
    Clock,
}

impl Rule {
    /// The rule in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Expiry => "expiry",
            Self::Created => "created",
            Self::Channel => "channel",
            Self::Sequence => "sequence",
            Self::Clock => "clock",
        }
    }
}

/// A rule that the operator sets aside, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// The rule.
    pub rule: Rule,
    /// The operator's reason.
    pub reason: String,
}

/// What admitting a bundle took.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Admission {
    /// The overrides that were needed.
    pub overrides: Vec<Override>,
    /// What the operator should know.
    pub notes: Vec<String>,
}

impl Admission {
    /// Counts a broken `rule` as forgiven, if one of `overrides` does.
    ///
    /// # Errors
    /// `refusal` when none does.
    pub fn forgive(&mut self, rule: Rule, overrides: &[Override], refusal: Error) -> Result<()> {
        match overrides.iter().find(|given| given.rule == rule) {
            Some(given) => {
                self.notes
                    .push(format!("{refusal}; set aside: {}", given.reason));
                self.overrides.push(given.clone());
                Ok(())
            }
            None => Err(refusal),
        }
    }
}

impl TrustPolicy {
    /// Whether the bundle that `header` describes may be used at `now`.
    ///
    /// # Errors
    /// [`ErrorKind::Policy`] for a bundle that is expired, comes from the future
    /// or is of another channel, or an expired trust root, and no override for
    /// that; [`ErrorKind::Trust`] for a bundle of a newer trust root.
    pub fn admit(
        &self,
        header: &ListHeader,
        now: Timestamp,
        overrides: &[Override],
    ) -> Result<Admission> {
        let mut admission = Admission::default();
        if let Some((version, expires)) = self.root {
            if header.trust > version {
                return Err(Error::new(
                    ErrorKind::Trust,
                    format!(
                        "the bundle was signed under trust root {}, this machine knows root {version}",
                        header.trust
                    ),
                )
                .hint("take over the newer root first: sealift trust update DIR --from BUNDLE"));
            }
            if expires <= now {
                let message = format!("trust root {version} expired at {expires}");
                let hint = "ask for the next root, or give a reason with --allow-expired";
                let refusal = Error::new(ErrorKind::Policy, message).hint(hint);
                admission.forgive(Rule::Expiry, overrides, refusal)?;
            }
        }
        let refusal = |message: String, hint: &str| {
            Error::new(ErrorKind::Policy, message).hint(hint.to_owned())
        };
        if !self.channels.is_empty() && !self.channels.contains(&header.channel) {
            let taken: Vec<&str> = self.channels.iter().map(Label::as_str).collect();
            let message = format!(
                "the bundle belongs to channel {}, only {} is taken here",
                header.channel,
                taken.join(", ")
            );
            let hint = "ask for a bundle of the right channel";
            admission.forgive(Rule::Channel, overrides, refusal(message, hint))?;
        }
        if header.created.seconds() > now.seconds().saturating_add(CLOCK_SKEW) {
            let message = format!(
                "the bundle was created at {}, which is still to come",
                header.created
            );
            let hint = "check this machine's clock";
            admission.forgive(Rule::Created, overrides, refusal(message, hint))?;
        }
        let margin = i64::from(self.min_days_left).saturating_mul(DAY);
        let left = header.expires.seconds().saturating_sub(now.seconds());
        if left <= 0 {
            let message = format!("the bundle expired at {}", header.expires);
            let hint = "ask for a fresh bundle, or give a reason with --allow-expired";
            admission.forgive(Rule::Expiry, overrides, refusal(message, hint))?;
        } else if left < margin {
            let message = format!(
                "the bundle expires at {}, in less than the {} days asked for",
                header.expires, self.min_days_left
            );
            let hint = "ask for a fresh bundle, or give a reason with --allow-expired";
            admission.forgive(Rule::Expiry, overrides, refusal(message, hint))?;
        }
        Ok(admission)
    }
}
