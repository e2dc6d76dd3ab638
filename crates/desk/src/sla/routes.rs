//! The doors of policies and clocks.

use base::text::Line;
use base::{Page, Time};
use serde::{Deserialize, Serialize};
use trust::nouns::{MemberId, Ticket as TicketNoun, TicketId};
use trust::{Cx, PageQuery};
use utoipa::{IntoParams, ToSchema};
use web::{Access, Created, IfMatch, Json, Method, Op, PathId, Query, Reply};

use super::pinned::{Due, due_of};
use super::policy::{self, Changes, Policy, PolicyVersion};
use super::reapplying::{self, ReappliedOut};
use super::why::{self, TicketClocksOut};
use super::words::{Metric, PolicyId, PolicyNoun, Promise};
use crate::tickets::Ticket;

const POLICIES: &str = "/api/v1/sla/policies";
const READ: Access = Access::Member("settings:read");
const WRITE: Access = Access::Member("settings:write");
const TICKETS: Access = Access::Member("tickets:read");

pub(crate) fn operations() -> Vec<Op> {
    let mut ops = super::opening::operations();
    ops.extend(settings());
    ops
}

fn settings() -> Vec<Op> {
    vec![
        Op::new(Method::Get, POLICIES, "listSlaPolicies", READ, list)
            .about("The policies in the order in which they are asked.")
            .gives::<Page<SlaPolicyOut>>(200),
        Op::new(Method::Post, POLICIES, "createSlaPolicy", WRITE, create)
            .about("Makes a policy, the last in the order.")
            .takes::<NewSlaPolicy>()
            .gives::<SlaPolicyOut>(201),
        Op::new(Method::Patch, "/api/v1/sla/policies/{id}", "changeSlaPolicy", WRITE, change)
            .about("Renames a policy, switches it, or gives it a new version; open tickets keep the version they have.")
            .takes::<SlaPolicyPatch>()
            .versioned()
            .gives::<SlaPolicyOut>(200),
        Op::new(Method::Get, "/api/v1/sla/policies/{id}/versions", "listSlaPolicyVersions", READ, versions)
            .about("The versions of a policy, newest first, 100 at most.")
            .gives::<Page<SlaPolicyVersionOut>>(200),
        Op::new(Method::Put, "/api/v1/sla/order", "orderSlaPolicies", WRITE, order)
            .about("Puts the policies in order; the first whose condition holds is pinned.")
            .takes::<PolicyOrder>()
            .gives::<Page<SlaPolicyOut>>(200),
        Op::new(Method::Get, "/api/v1/sla/template", "getSlaTemplate", READ, template)
            .about("The promises a workspace starts from.")
            .gives::<Promise>(200),
        Op::new(Method::Post, "/api/v1/sla/policies/preview", "previewSlaPolicy", READ, preview)
            .about("Looks a policy over, and shows what the clocks of a real ticket would be under it; stores nothing.")
            .takes::<PolicyPreview>()
            .gives::<TicketClocksOut>(200),
        Op::new(Method::Post, "/api/v1/sla/policies/{id}/reapplication", "reapplySlaPolicy", WRITE, reapply)
            .about("Pins open tickets of a policy to what is promised now, a page of 50 at a time, or shows what that would change.")
            .takes::<Reapplication>()
            .gives::<Page<ReappliedOut>>(200),
        Op::new(Method::Get, "/api/v1/tickets/{id}/clocks", "ticketClocks", TICKETS, clocks)
            .about("The clocks of a ticket, and why they stand so.")
            .gives::<TicketClocksOut>(200),
        Op::new(Method::Get, "/api/v1/tickets/clocks", "listTicketClocks", TICKETS, dues)
            .about("How several tickets stand to their promises; those without clocks are left out.")
            .query::<WhichTickets>()
            .gives::<Page<TicketDueOut>>(200),
    ]
}

/// A policy to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSlaPolicy {
    /// Its name.
    name: Line<120>,
    /// What it promises.
    promise: Promise,
    /// Whether new tickets are pinned to it; yes when absent.
    is_active: Option<bool>,
}

/// Changes to a policy; absent fields stay.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SlaPolicyPatch {
    /// A new name.
    name: Option<Line<120>>,
    /// What its next version promises.
    promise: Option<Promise>,
    /// Whether new tickets are pinned to it.
    is_active: Option<bool>,
}

/// An order of policies.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PolicyOrder {
    /// Every policy once.
    ids: Vec<PolicyId>,
}

/// A policy to be tried on a real ticket.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PolicyPreview {
    /// The ticket; without one the policy is only looked over.
    ticket_id: Option<TicketId>,
    /// The policy it would replace; when absent it would be the first.
    policy_id: Option<PolicyId>,
    /// What it promises.
    promise: Promise,
}

/// How to re-apply.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Reapplication {
    /// Whether to show only what would change.
    preview: bool,
    /// The `next` of the page before.
    after: Option<String>,
}

/// Some tickets.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct WhichTickets {
    /// Ids of tickets, separated by commas; 100 at most.
    #[param(max_length = 3_100)]
    ids: String,
}

/// A policy with its newest version.
#[derive(Serialize, ToSchema)]
struct SlaPolicyOut {
    /// The id.
    id: PolicyId,
    /// The name.
    name: String,
    /// Whether new tickets are pinned to it.
    is_active: bool,
    /// Whether a policy before it is for every ticket, so that it is never reached.
    is_shadowed: bool,
    /// The number of the newest version.
    number: i64,
    /// What it promises.
    promise: Promise,
    /// The version of the row, for `If-Match`.
    version: i64,
}

/// A version of a policy.
#[derive(Serialize, ToSchema)]
struct SlaPolicyVersionOut {
    /// Its number.
    number: i64,
    /// What it promises.
    promise: Promise,
    /// When it was made.
    made_at: Time,
    /// By whom.
    made_by: Option<MemberId>,
}

/// How a ticket stands to its promises.
#[derive(Serialize, ToSchema)]
struct TicketDueOut {
    /// The ticket.
    ticket_id: TicketId,
    /// When its nearest promise breaks; absent when nothing runs, or all is broken.
    due_at: Option<Time>,
    /// Which promise that is.
    metric: Option<Metric>,
    /// Whether one that is still to be kept is broken.
    is_breached: bool,
    /// Whether all that have a target wait.
    is_paused: bool,
}

impl From<Policy> for SlaPolicyOut {
    fn from(policy: Policy) -> SlaPolicyOut {
        SlaPolicyOut {
            id: policy.id,
            name: policy.name,
            is_active: policy.is_active,
            is_shadowed: false,
            number: policy.number,
            promise: policy.promise,
            version: policy.version,
        }
    }
}

impl From<PolicyVersion> for SlaPolicyVersionOut {
    fn from(version: PolicyVersion) -> SlaPolicyVersionOut {
        let PolicyVersion { number, promise, made_at, made_by } = version;
        SlaPolicyVersionOut { number, promise, made_at, made_by }
    }
}

impl From<Due> for TicketDueOut {
    fn from(due: Due) -> TicketDueOut {
        let Due { ticket, due_at, metric, is_breached, is_paused } = due;
        TicketDueOut { ticket_id: ticket, due_at, metric, is_breached, is_paused }
    }
}

/// All policies on one page, those that are never reached marked.
fn in_order(policies: Vec<Policy>) -> Reply<Page<SlaPolicyOut>> {
    let mut is_for_all = false;
    let items = policies.into_iter().map(|policy| {
        let is_shadowed = is_for_all && policy.is_active;
        is_for_all |= policy.is_active && policy.promise.condition.is_none();
        SlaPolicyOut { is_shadowed, ..policy.into() }
    });
    Reply::new(Page { items: items.collect(), next: None })
}

async fn list(cx: Cx) -> web::Result<Reply<Page<SlaPolicyOut>>> {
    Ok(in_order(cx.read(|tx, cx| policy::list(tx, cx.workspace())).await?))
}

async fn create(cx: Cx, Json { value: new, .. }: Json<NewSlaPolicy>) -> web::Result<Created<SlaPolicyOut>> {
    let is_active = new.is_active.unwrap_or(true);
    let made = cx.write(move |tx, cx| policy::create(tx, cx, &new.name, new.promise.clone(), is_active)).await?;
    let version = made.version;
    Ok(Created(Reply::versioned(made.into(), version)))
}

async fn change(
    cx: Cx,
    PathId(id): PathId<PolicyNoun>,
    seen: IfMatch,
    Json { value: patch, .. }: Json<SlaPolicyPatch>,
) -> web::Result<Reply<SlaPolicyOut>> {
    let changes = Changes { name: patch.name, promise: patch.promise, is_active: patch.is_active };
    let changed = cx.write(move |tx, cx| policy::change(tx, cx, id, seen, &changes)).await?;
    let version = changed.version;
    Ok(Reply::versioned(changed.into(), version))
}

async fn versions(cx: Cx, PathId(id): PathId<PolicyNoun>) -> web::Result<Reply<Page<SlaPolicyVersionOut>>> {
    let found = cx.read(move |tx, cx| policy::versions(tx, cx.workspace(), id)).await?;
    Ok(Reply::new(Page { items: found.into_iter().map(SlaPolicyVersionOut::from).collect(), next: None }))
}

async fn order(cx: Cx, Json { value: new, .. }: Json<PolicyOrder>) -> web::Result<Reply<Page<SlaPolicyOut>>> {
    Ok(in_order(cx.write(move |tx, cx| policy::arrange(tx, cx, &new.ids)).await?))
}

async fn template(_: Cx) -> web::Result<Reply<Promise>> {
    Ok(Reply::new(policy::template()))
}

async fn preview(cx: Cx, Json { value: wanted, .. }: Json<PolicyPreview>) -> web::Result<Reply<TicketClocksOut>> {
    let policy = wanted.policy_id.unwrap_or_else(|| cx.new_id());
    let shown = cx.read(move |tx, cx| why::rehearse(tx, cx, wanted.ticket_id, policy, &wanted.promise));
    Ok(Reply::new(shown.await?))
}

async fn reapply(
    cx: Cx,
    PathId(id): PathId<PolicyNoun>,
    Json { value: how, .. }: Json<Reapplication>,
) -> web::Result<Reply<Page<ReappliedOut>>> {
    let after = PageQuery { limit: None, after: how.after }.cursor()?;
    let done = cx.write(move |tx, cx| reapplying::reapply(tx, cx, id, after, how.preview));
    Ok(Reply::new(done.await?))
}

async fn clocks(cx: Cx, PathId(id): PathId<TicketNoun>) -> web::Result<Reply<TicketClocksOut>> {
    Ok(Reply::new(cx.read(move |tx, cx| why::clocks_of(tx, cx, id)).await?))
}

async fn dues(cx: Cx, Query(which): Query<WhichTickets>) -> web::Result<Reply<Page<TicketDueOut>>> {
    let parse = |text: &str| text.parse::<TicketId>().ok();
    let ids: Option<Vec<TicketId>> = which.ids.split(',').map(parse).collect();
    let ids = ids.filter(|ids| ids.len() <= 100);
    let ids = ids.ok_or_else(|| web::INVALID_QUERY.because("`ids` takes 1 to 100 ids of tickets."))?;
    let found = cx.read(move |tx, cx| {
        let seen: Vec<TicketId> = Ticket::find_many(tx, &cx.reach, &ids)?.iter().map(Ticket::id).collect();
        due_of(tx, cx.workspace(), &seen)
    });
    Ok(Reply::new(Page { items: found.await?.into_iter().map(TicketDueOut::from).collect(), next: None }))
}
