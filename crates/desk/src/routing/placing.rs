//! Finding who takes a ticket: looks at the team's members, chooses the next, and claims room in what they carry.
//! Rule: a claim that somebody else was quicker with is no answer: the members are looked at again, in the same transaction.

use base::{Result, Time};
use db::Tx;
use people::nouns::CompanyId;
use serde::{Deserialize, Serialize};
use trust::Cx;
use trust::nouns::{CustomerId, MemberId, TeamId, TicketId};
use utoipa::ToSchema;

use super::candidates::{self, Candidate, Wanted};
use super::choosing::{self, Able, Favourite};
use super::settings::{Queue, Settings};
use super::words::{RoutingCause, RoutingOutcome, RoutingReason, RoutingRuleId, Sticky, Strategy, TeamFrom, Verdict};
use crate::tickets::Also;

/// How often the members are looked at when others are quicker.
const LOOKS: usize = 64;
/// Candidates that an event names.
const NAMED: usize = 50;

/// A ticket, and whom it is from.
pub(crate) struct Ask<'a> {
    pub wanted: Wanted<'a>,
    pub ticket: Option<TicketId>,
    /// The customer, unless there can be no earlier ticket of theirs.
    pub customer: Option<CustomerId>,
    pub company: Option<CompanyId>,
}

/// What was said of one candidate.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Considered {
    /// The member.
    pub member_id: MemberId,
    /// What was said of them.
    pub verdict: Verdict,
    /// What they carried then, in weights.
    pub carried: i64,
    /// What they can carry.
    pub capacity: i64,
    /// Seconds since routing had last given them a ticket; null when it never had.
    #[serde(default)]
    pub idle_seconds: Option<i64>,
    /// How many of the skills wished for they lacked.
    #[serde(default)]
    pub lacking: usize,
}

/// What routing came to.
#[derive(Clone, Debug)]
pub(crate) struct Decision {
    pub queue: Queue,
    pub team: TeamId,
    pub chosen: Option<(MemberId, RoutingReason)>,
    pub candidates: Vec<Considered>,
}

impl Decision {
    /// Whether another ticket of the team could be given to somebody of those who were looked at.
    pub(crate) fn is_about_ticket(&self) -> bool {
        self.candidates.iter().any(|one| !one.verdict.is_about_member())
    }

    fn outcome(&self) -> RoutingOutcome {
        match self.chosen {
            Some(_) => RoutingOutcome::Assigned,
            None if self.queue.is_automatic() => RoutingOutcome::Waiting,
            None => RoutingOutcome::Left,
        }
    }

    /// What the timeline says of it.
    pub(crate) fn told(&self, number: i64, cause: RoutingCause, rule: Option<RoutingRuleId>) -> Also {
        Also::internal("ticket.routed", &self.routed(number, cause, rule))
    }

    /// The facts of it.
    pub(crate) fn routed(&self, number: i64, cause: RoutingCause, rule: Option<RoutingRuleId>) -> Routed {
        let mut candidates = self.candidates.clone();
        candidates.sort_by_key(|one| one.verdict);
        candidates.truncate(NAMED);
        Routed {
            number,
            outcome: self.outcome(),
            cause,
            team_id: Some(self.team),
            team_from: None,
            strategy: self.queue.strategy,
            rule_id: rule,
            reason: self.chosen.map(|(_, reason)| reason),
            assignee_id: self.chosen.map(|(member, _)| member),
            looked_at: self.candidates.len(),
            candidates,
        }
    }
}

/// The facts of a routing.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct Routed {
    pub number: i64,
    pub outcome: RoutingOutcome,
    pub cause: RoutingCause,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub team_id: Option<TeamId>,
    pub strategy: Strategy,
    /// Who said so, as it arrived.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub team_from: Option<TeamFrom>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rule_id: Option<RoutingRuleId>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<RoutingReason>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub assignee_id: Option<MemberId>,
    /// How many members the team had.
    pub looked_at: usize,
    pub candidates: Vec<Considered>,
}

/// Finds who takes a ticket, and claims room for it.
pub(crate) fn place(tx: &mut Tx<'_>, cx: &Cx, settings: &Settings, ask: &Ask<'_>) -> Result<Decision> {
    let queue = settings.queue(ask.wanted.team);
    if !queue.is_automatic() {
        return Ok(Decision { queue, team: ask.wanted.team, chosen: None, candidates: Vec::new() });
    }
    let favourites = favourites(tx, cx, queue.sticky, ask)?;
    let mut decision = look(tx, cx, settings, ask, &favourites)?;
    for _ in 0..LOOKS {
        let Some((candidate, taken_at)) = &decision.1 else { return Ok(decision.0) };
        if candidates::claim(tx, cx, settings, candidate, (ask.wanted.weight, *taken_at))? {
            return Ok(decision.0);
        }
        decision = look(tx, cx, settings, ask, &favourites)?;
    }
    Ok(Decision { chosen: None, ..decision.0 })
}

/// Says who would take a ticket, and claims nothing.
pub(crate) fn preview(tx: &mut Tx<'_>, cx: &Cx, settings: &Settings, ask: &Ask<'_>) -> Result<Decision> {
    let favourites = favourites(tx, cx, settings.queue(ask.wanted.team).sticky, ask)?;
    Ok(look(tx, cx, settings, ask, &favourites)?.0)
}

fn look(
    tx: &mut Tx<'_>,
    cx: &Cx,
    settings: &Settings,
    ask: &Ask<'_>,
    favourites: &[Favourite],
) -> Result<(Decision, Option<(Candidate, Time)>)> {
    let queue = settings.queue(ask.wanted.team);
    let found = candidates::of_team(tx, cx, settings, &ask.wanted)?;
    let verdicts: Vec<Verdict> = found.iter().map(|one| one.verdict(cx, settings, &ask.wanted)).collect();
    let lacking = |one: &Candidate| ask.wanted.needs.lacking(settings.skills_of(one.member));
    let able: Vec<Able<'_>> = found
        .iter()
        .zip(&verdicts)
        .filter(|(_, verdict)| **verdict == Verdict::Able)
        .map(|(candidate, _)| Able { candidate, lacking: lacking(candidate) })
        .collect();
    let chosen = if queue.is_automatic() { choosing::next(queue.strategy, favourites, &able) } else { None };
    let considered = found.iter().zip(&verdicts).map(|(one, verdict)| {
        let is_chosen = chosen.is_some_and(|(winner, _)| winner.member == one.member);
        let idle = (one.turns > 0).then(|| ask.wanted.needs.now.micros_since(one.taken_at) / 1_000_000);
        Considered {
            member_id: one.member,
            verdict: if is_chosen { Verdict::Chosen } else { *verdict },
            carried: one.carried,
            capacity: one.capacity,
            idle_seconds: idle,
            lacking: lacking(one),
        }
    });
    let candidates = considered.collect();
    let named = chosen.map(|(candidate, reason)| (candidate.member, reason));
    // Later than whatever was given so far, whichever process gave it: their clocks may differ.
    let last = found.iter().map(|one| one.taken_at).max().unwrap_or_default();
    let taken_at = ask.wanted.needs.now.max(Time::from_micros(last.micros() + 1));
    let claimed = chosen.map(|(candidate, _)| (candidate.clone(), taken_at));
    Ok((Decision { queue, team: ask.wanted.team, chosen: named, candidates }, claimed))
}

/// Whom the ticket goes to before the strategy is asked.
fn favourites(tx: &mut Tx<'_>, cx: &Cx, sticky: Sticky, ask: &Ask<'_>) -> Result<Vec<Favourite>> {
    let mut found = Vec::new();
    if let (Sticky::LastAgent | Sticky::LastAgentThenOwner, Some(customer)) = (sticky, ask.customer) {
        let last = candidates::last_agent(tx, cx, customer, ask.ticket)?;
        found.extend(last.map(|member| (member, RoutingReason::LastAgent)));
    }
    if let (Sticky::Owner | Sticky::LastAgentThenOwner, Some(company)) = (sticky, ask.company) {
        found.extend(candidates::owner(tx, cx, company)?.map(|member| (member, RoutingReason::Owner)));
    }
    Ok(found)
}
