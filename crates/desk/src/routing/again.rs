//! Asking the rules again about a ticket of which more was found out than was known as it arrived.
//! Rule: whoever opened it, changed its team or took it since has said where it belongs, and that stays.

use base::Result;
use db::Tx;
use serde::Deserialize;
use trust::Cx;
use trust::nouns::TeamId;

use super::draining::{ask, is_at_work};
use super::facts::of_ticket;
use super::placing::place;
use super::rule;
use super::settings::Settings;
use super::waiting::{Route, rank};
use super::words::{RoutingCause, Standing, TeamFrom};
use crate::tickets::{self, Also, Place, Ticket};

/// Events of a ticket that are looked at: what was found out late is found out soon.
const LOOKED_AT: i64 = 200;

/// What a ticket's events say of its team.
#[derive(Deserialize)]
struct Said {
    from: Option<Place>,
    to: Option<Place>,
    #[serde(default)]
    changed: Vec<String>,
    team_from: Option<TeamFrom>,
}

/// Gives a locked ticket to the team of the first rule that holds now, or to the one that was found for its category.
pub(crate) fn ask_again(tx: &mut Tx<'_>, cx: &Cx, ticket: &mut Ticket, found: Option<TeamId>) -> Result<()> {
    let settings = Settings::of(tx, cx)?;
    if !is_at_work(ticket) {
        return Ok(());
    }
    if !settings.is_on {
        let assignee = ticket.assignee;
        return match found.filter(|_| ticket.team.is_none()) {
            Some(team) => tickets::give_along(tx, cx, ticket, Some(team), assignee, &[]),
            None => Ok(()),
        };
    }
    let route = Route::find(tx, cx, ticket.id)?;
    let is_offered = route.as_ref().is_some_and(|route| route.standing == Standing::Offered);
    if ticket.assignee.is_some() && !is_offered {
        return Ok(());
    }
    let Some(from) = since_arrival(tx, cx, ticket)? else { return Ok(()) };
    let rule = if settings.rules.is_empty() {
        None
    } else {
        let facts = of_ticket(tx, cx, ticket)?;
        rule::first(&settings.rules, || facts).cloned()
    };
    let found = found.filter(|_| matches!(from, TeamFrom::Default | TeamFrom::Triage));
    let Some(team) = rule.as_ref().map(|rule| rule.team).or(found) else { return Ok(()) };
    if ticket.team == Some(team) {
        return Ok(());
    }
    if is_offered {
        // What it weighs is theirs until it is taken back.
        let before = ticket.team;
        tickets::give_along(tx, cx, ticket, before, None, &[])?;
    }
    let now = cx.env().now();
    let mut route = Route {
        ticket: ticket.id,
        team,
        standing: Standing::Waiting,
        rank: rank(ticket.priority),
        needs: rule.as_ref().map(|rule| rule.needs.clone()).unwrap_or_default(),
        passed: Vec::new(),
        queued_at: route.map_or(ticket.opened_at, |route| route.queued_at),
        due_at: None,
        offered_to: None,
    };
    let ask = ask(&settings, ticket, &route, now);
    let due_at = ask.wanted.needs.next_relaxed().filter(|at| *at > now);
    let decision = place(tx, cx, &settings, &ask)?;
    route.due_at = due_at;
    let chosen = decision.chosen.map(|(member, _)| member);
    let routed = decision.routed(ticket.number, RoutingCause::Triage, rule.map(|rule| rule.id));
    let from = if routed.rule_id.is_some() { TeamFrom::Rule } else { TeamFrom::Triage };
    let told = Also::internal("ticket.routed", &super::placing::Routed { team_from: Some(from), ..routed });
    tickets::give_along(tx, cx, ticket, Some(team), chosen, &[told])?;
    // The queue may have it by now, without what the rule asks for.
    let queue = &decision.queue;
    match route.decided(chosen, queue.accept_seconds, queue.is_automatic(), now) {
        Some(route) => route.write(tx, cx),
        None => Ok(()),
    }
}

/// Who said its team as it arrived; nothing when its opener did, or when it has changed since.
fn since_arrival(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket) -> Result<Option<TeamFrom>> {
    let told: Vec<String> = tx.all(
        "SELECT data FROM event WHERE workspace_id = $1 AND subject_id = $2 \
         AND kind IN ('ticket.assigned', 'ticket.updated', 'ticket.routed') ORDER BY subject_seq LIMIT $3",
        &[&cx.workspace(), &ticket.id, &LOOKED_AT],
        |row| row.get(0),
    )?;
    if i64::try_from(told.len()).unwrap_or(LOOKED_AT) >= LOOKED_AT {
        return Ok(None);
    }
    let mut said = None;
    for one in told.iter().filter_map(|data| serde_json::from_str::<Said>(data).ok()) {
        let moved = one.from.and_then(|from| from.team) != one.to.and_then(|to| to.team);
        if moved || one.changed.iter().any(|name| name == "team_id") {
            return Ok(None);
        }
        said = said.or(one.team_from);
    }
    // Without a word of routing it came with the team that its opener named, or with none.
    let unsaid = ticket.team.is_none().then_some(TeamFrom::Default);
    Ok(said.or(unsaid).filter(|from| *from != TeamFrom::Opener))
}
