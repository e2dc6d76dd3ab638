//! The words of promises: what is measured, by which time, and which parts of a target are announced.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::calendars::CalendarId;
use crate::tickets::Priority;

base::noun! {
    /// A policy.
    PolicyNoun, PolicyId, "sla"
}

base::words! {
    /// What a clock measures.
    pub enum Metric {
        /// From arrival to the first public reply of a member.
        FirstResponse = "first_response",
        /// From the oldest unanswered message of the customer to a public reply of a member.
        NextResponse = "next_response",
        /// From one public reply of a member to the next, while work is left.
        PeriodicUpdate = "periodic_update",
        /// The same, without the time in which the ticket is pending.
        PausableUpdate = "pausable_update",
        /// The time the requester waits: open, at work, or pending for somebody other than the customer.
        RequesterWait = "requester_wait",
        /// The time the ticket is open or at work.
        AgentWork = "agent_work",
        /// From arrival to the solution, without the pauses of the policy.
        Resolution = "resolution",
        /// From hand-off to a team until hand-off to another, with the pauses of the policy.
        TeamTime = "team_time",
    }
}

base::words! {
    /// By which time a target is measured.
    pub enum Measure {
        /// Working time of the policy's calendar.
        Business = "business",
        /// Around the clock.
        Calendar = "calendar",
    }
}

/// A part of a target that is announced when it is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Threshold {
    /// So many per cent of it; 100 is the breach.
    Percent(u8),
    /// The whole of it and so many minutes.
    Minutes(u32),
}

/// The breach.
pub const BREACH: Threshold = Threshold::Percent(100);

impl Threshold {
    /// How much of a target has to be used up, in microseconds.
    pub fn of(self, target: i64) -> i64 {
        match self {
            Threshold::Percent(part) => {
                let exact = i128::from(target) * i128::from(part);
                i64::try_from((exact + 99) / 100).unwrap_or(i64::MAX)
            }
            Threshold::Minutes(more) => target.saturating_add(i64::from(more) * 60_000_000),
        }
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Threshold::Percent(part) => write!(f, "{part}%"),
            Threshold::Minutes(more) => write!(f, "+{more}m"),
        }
    }
}

impl FromStr for Threshold {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Threshold, &'static str> {
        let wrong = "a threshold as in `75%` (1 to 100) or `+60m` (1 to 43200 minutes)";
        let found = match (text.strip_suffix('%'), text.strip_prefix('+').and_then(|rest| rest.strip_suffix('m'))) {
            (Some(part), _) => part.parse().ok().filter(|part| (1..=100).contains(part)).map(Threshold::Percent),
            (_, Some(more)) => more.parse().ok().filter(|more| (1..=43_200).contains(more)).map(Threshold::Minutes),
            _ => None,
        };
        found.ok_or(wrong)
    }
}

impl Serialize for Threshold {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Threshold {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Threshold, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(|expected| serde::de::Error::custom(format_args!("expected {expected}")))
    }
}

impl utoipa::PartialSchema for Threshold {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^([1-9][0-9]?|100)%$|^\\+[1-9][0-9]{0,4}m$"))
            .description(Some("A part of a target: `75%`, or `+60m` after its end."))
            .into()
    }
}

impl utoipa::ToSchema for Threshold {}

/// One promise: so many minutes for tickets of a priority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// What is measured.
    pub metric: Metric,
    /// For which tickets.
    pub priority: Priority,
    /// How long it may take.
    #[schema(minimum = 1, maximum = 525_600)]
    pub minutes: i64,
    /// By which time.
    pub hours: Measure,
}

/// What a policy version promises.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Promise {
    /// For which tickets, as a condition over what is known when they are opened; all when absent.
    #[serde(default)]
    #[schema(max_length = 2_048)]
    pub condition: Option<String>,
    /// The calendar of targets in business hours.
    #[serde(default)]
    pub calendar_id: Option<CalendarId>,
    /// The promises, one for each metric and priority at most.
    pub targets: Vec<Target>,
    /// What is announced; the breach always is.
    #[serde(default)]
    pub thresholds: Vec<Threshold>,
    /// Whether waiting for somebody outside pauses the clocks for resolution and team time.
    #[serde(default)]
    pub pauses_on_third_party: bool,
    /// Whether waiting for somebody of ours pauses them.
    #[serde(default)]
    pub pauses_on_internal: bool,
}
