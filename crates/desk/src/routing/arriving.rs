//! Routing a ticket that arrives, in the transaction that opens it: which team, and who of it.
//! Rule: what the opener named stays; a workspace that has set nothing for routing pays a glance and nothing else.

use base::{Result, Time};
use db::Tx;
use people::customers::Account;
use trust::Cx;
use trust::access::Audience;
use trust::nouns::{MemberId, TeamId};

use super::candidates::Wanted;
use super::facts::{is_new, of_opening};
use super::needs::{NeededSkill, Needs};
use super::placing::{Ask, Decision, Routed, place};
use super::rule;
use super::settings::Settings;
use super::waiting::{Route, rank};
use super::waking;
use super::words::{RoutingCause, RoutingRuleId, Standing, TeamFrom};
use crate::tickets::{Also, Opening, Ticket};

/// Where a ticket goes that is about to be opened.
#[derive(Default)]
pub struct Arrived {
    /// Its team.
    pub team: Option<TeamId>,
    /// Its assignee.
    pub assignee: Option<MemberId>,
    /// What the timeline says of it.
    pub told: Option<Also>,
    follow: Option<Follow>,
}

/// What is written once the ticket has an id.
struct Follow {
    needs: Vec<NeededSkill>,
    accept_seconds: Option<i64>,
    is_automatic: bool,
    due_at: Option<Time>,
    /// When it came to the desk, if that is later than when it was sent.
    came_at: Option<Time>,
}

/// Finds the team and the member for a ticket that is about to be opened.
pub fn arrive(
    tx: &mut Tx<'_>,
    cx: &Cx,
    account: &Account,
    opening: &Opening,
    found_team: Option<TeamId>,
) -> Result<Arrived> {
    let named = Arrived { team: opening.team.or(found_team), assignee: opening.assignee, ..Arrived::default() };
    let settings = Settings::of(tx, cx)?;
    if !settings.is_on || opening.assignee.is_some() {
        return Ok(named);
    }
    let asks = opening.team.is_none() && !settings.rules.is_empty();
    let is_new = asks && rule::speaks_of(&settings.rules, "is_new") && is_new(tx, cx, account)?;
    let rule = if asks { rule::first(&settings.rules, || of_opening(account, opening, is_new)) } else { None };
    let team = opening.team.or(rule.map(|rule| rule.team)).or(found_team).or(settings.general.default_team);
    let Some(team) = team else { return Ok(named) };
    let needs = rule.map(|rule| rule.needs.clone()).unwrap_or_default();
    let from = match (opening.team, rule, found_team) {
        (Some(_), ..) => TeamFrom::Opener,
        (_, Some(_), _) => TeamFrom::Rule,
        (.., Some(_)) => TeamFrom::Triage,
        _ => TeamFrom::Default,
    };
    give(tx, cx, &settings, (account, opening), (team, needs, from, rule.map(|rule| rule.id)))
}

fn give(
    tx: &mut Tx<'_>,
    cx: &Cx,
    settings: &Settings,
    (account, opening): (&Account, &Opening),
    (team, needs, from, rule): (TeamId, Vec<NeededSkill>, TeamFrom, Option<RoutingRuleId>),
) -> Result<Arrived> {
    let now = cx.env().now();
    let audience = Audience {
        team: Some(team),
        customer: Some(account.customer),
        territory: account.territory,
        ..Audience::default()
    };
    let wanted = Wanted {
        team,
        weight: settings.general.weights.of(opening.channel),
        needs: Needs { skills: &needs, queued_at: now, now },
        audience,
        passed: &[],
    };
    let due_at = wanted.needs.next_relaxed();
    let customer = (!account.is_new).then_some(account.customer);
    let ask = Ask { wanted, ticket: None, customer, company: account.company };
    let decision: Decision = place(tx, cx, settings, &ask)?;
    let is_worth_telling = decision.queue.is_automatic() || opening.team.is_none();
    let follow = Follow {
        accept_seconds: decision.queue.accept_seconds,
        is_automatic: decision.queue.is_automatic(),
        due_at,
        needs,
        came_at: opening.again.map(|_| now),
    };
    Ok(Arrived {
        team: Some(team),
        assignee: decision.chosen.map(|(member, _)| member),
        told: is_worth_telling.then(|| {
            let routed = decision.routed(opening.number, RoutingCause::Arrival, rule);
            Also::internal("ticket.routed", &Routed { team_from: Some(from), ..routed })
        }),
        follow: Some(follow),
    })
}

impl Arrived {
    /// Writes that the opened ticket waits, or is offered, or what it needs; nothing for most.
    pub fn follow(self, tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket) -> Result<()> {
        let (Some(follow), Some(team)) = (self.follow, self.team) else { return Ok(()) };
        let now = follow.came_at.unwrap_or(ticket.opened_at);
        let route = Route {
            ticket: ticket.id,
            team,
            standing: Standing::Waiting,
            rank: rank(ticket.priority),
            needs: follow.needs,
            passed: Vec::new(),
            queued_at: now,
            due_at: follow.due_at,
            offered_to: None,
        };
        let route = route.decided(self.assignee, follow.accept_seconds, follow.is_automatic, now);
        let Some(route) = route else { return Ok(()) };
        route.write(tx, cx)?;
        if route.standing == Standing::Waiting { waking::look_again(tx, cx, team) } else { Ok(()) }
    }
}

/// Reads the workspace's settings ahead of the transaction, so that it finds them remembered.
pub async fn warm(cx: &Cx) -> Result<()> {
    if cx.remembers::<Settings>() { Ok(()) } else { cx.read(|tx, cx| Settings::of(tx, cx).map(drop)).await }
}
