//! The doors of lists and counts.
//! Rule: the counts of views and statuses are exact; a list with filters is counted to 1,000.

use std::collections::BTreeMap;

use base::Page;
use base::text::Line;
use db::Tx;
use serde::{Deserialize, Serialize};
use taxonomy::statuses::status_names;
use taxonomy::{CategoryId, StatusNameId};
use trust::Cx;
use trust::log::EventCursor;
use trust::nouns::{CustomerId, MemberId, TeamId};
use utoipa::{IntoParams, ToSchema};
use web::{Access, DeepQuery, Method, Op, Reply};

use super::listing::{self, Filter, Named};
use super::place;
use super::routes::{cursor, limit};
use super::shapes::{TicketOut, ticket_outs};
use super::words::Status;

const READ: Access = Access::Member("tickets:read");

pub(crate) fn operations() -> Vec<Op> {
    vec![
        Op::new(Method::Get, "/api/v1/tickets", "listTickets", READ, list)
            .about("Lists tickets, newest opened first or due first. A page may be short and still have a next one.")
            .query::<ListQuery>()
            .query::<FieldsQuery>()
            .query::<ListPage>()
            .gives::<Page<TicketOut>>(200),
        Op::new(Method::Get, "/api/v1/tickets/total", "totalTickets", READ, total)
            .about("Counts a list with any filters, to 1,000.")
            .query::<ListQuery>()
            .query::<FieldsQuery>()
            .gives::<TotalOut>(200),
        Op::new(Method::Get, "/api/v1/tickets/counts", "countTickets", READ, counts)
            .about("Counts tickets per view and status, exactly.")
            .gives::<CountsOut>(200),
    ]
}

/// Which tickets.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    /// mine, unassigned, open or all.
    #[param(inline)]
    view: Option<listing::View>,
    /// The status.
    #[param(inline)]
    status: Option<Status>,
    /// The workspace's own name of a status.
    #[param(value_type = Option<String>)]
    status_id: Option<StatusNameId>,
    /// The category; those below it are not counted in.
    #[param(value_type = Option<String>)]
    category: Option<CategoryId>,
    /// The team.
    #[param(value_type = Option<String>)]
    team: Option<TeamId>,
    /// The assignee.
    #[param(value_type = Option<String>)]
    assignee: Option<MemberId>,
    /// The customer, with everybody who is one person with them.
    #[param(value_type = Option<String>)]
    customer: Option<CustomerId>,
    /// The name of a tag, in any case.
    #[param(value_type = Option<String>, min_length = 1, max_length = 60)]
    tag: Option<Line<60>>,
}

/// Values of custom fields.
#[derive(IntoParams)]
#[expect(dead_code, reason = "it describes parameters that are read apart, by their keys")]
struct FieldsQuery {
    /// Custom fields by key, as in `field[plan]=gold`: a text in any case, a number, true or false, a day or time, an
    /// option's id or label. At most 5, each of which a ticket has.
    #[param(style = DeepObject, explode, value_type = Option<BTreeMap<String, String>>)]
    field: (),
}

/// Which page of them.
#[derive(IntoParams)]
#[expect(dead_code, reason = "it describes parameters that `PagedQuery` reads")]
struct ListPage {
    /// In which order: opened (newest first) or due (broken promises first, then what breaks next; tickets without a
    /// running promise are left out).
    #[param(inline)]
    sort: Option<listing::Sort>,
    /// How many, 1 to 100; 50 when absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// The `next` of the page before.
    after: Option<String>,
}

/// Which tickets, and which page of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PagedQuery {
    view: Option<listing::View>,
    status: Option<Status>,
    status_id: Option<StatusNameId>,
    category: Option<CategoryId>,
    team: Option<TeamId>,
    assignee: Option<MemberId>,
    customer: Option<CustomerId>,
    tag: Option<Line<60>>,
    sort: Option<listing::Sort>,
    limit: Option<usize>,
    after: Option<String>,
}

/// How many tickets a list has.
#[derive(Serialize, ToSchema)]
struct TotalOut {
    /// How many were counted, 1,000 at most.
    count: usize,
    /// Whether there may be more: to be shown as `1,000+`.
    more: bool,
}

/// Exact counts within the reader's reach.
#[derive(Serialize, ToSchema)]
struct CountsOut {
    /// Per built-in view.
    views: BTreeMap<&'static str, i64>,
    /// Per status.
    statuses: BTreeMap<&'static str, i64>,
    /// The place in the event log up to which they count.
    as_of: String,
}

/// What a request asks of a list, before names are looked up.
struct Asked {
    query: ListQuery,
    fields: BTreeMap<String, String>,
}

impl Asked {
    /// The filter, or nothing when it names a tag or a status that is nowhere.
    fn filter(&self, tx: &mut Tx<'_>, cx: &Cx) -> base::Result<Option<Filter>> {
        let (asked, workspace) = (&self.query, cx.workspace());
        let tag = match &asked.tag {
            Some(name) => match taxonomy::tag_named(tx, workspace, name)? {
                Some(tag) => Some(tag),
                None => return Ok(None),
            },
            None => None,
        };
        let customers = match asked.customer {
            Some(customer) => people::customers::person_ids(tx, workspace, customer)?,
            None => Vec::new(),
        };
        let fields = taxonomy::match_fields(tx, workspace, &self.fields)?;
        let named = match asked.status_id {
            Some(id) => match status_names(tx, cx)?.find(id) {
                Some(name) => Some(Named { id, status: name.status, is_default: name.is_default }),
                None => return Ok(None),
            },
            None => None,
        };
        let (view, status, team, assignee) = (asked.view, asked.status, asked.team, asked.assignee);
        let category = asked.category;
        Ok(Some(Filter { view, status, team, assignee, customers, tag, category, named, fields, sort: None }))
    }
}

fn me(cx: &Cx) -> Option<MemberId> {
    cx.actor.member().map(|member| member.id)
}

async fn list(cx: Cx, asked: DeepQuery<PagedQuery>) -> web::Result<Reply<Page<TicketOut>>> {
    let fields = asked.deep("field")?;
    let PagedQuery { view, status, status_id, category, team, assignee, customer, tag, sort, limit: most, after } =
        asked.plain;
    let (limit, after) = (limit(most)?, cursor(after.as_deref())?);
    let asked = Asked { query: ListQuery { view, status, status_id, category, team, assignee, customer, tag }, fields };
    let page = cx.read(move |tx, cx| {
        let Some(filter) = asked.filter(tx, cx)? else { return Ok(Page { items: Vec::new(), next: None }) };
        let filter = Filter { sort, ..filter };
        let page = listing::list(tx, &cx.reach, &filter, me(cx), after, limit)?;
        Ok(Page { items: ticket_outs(tx, cx, page.items)?, next: page.next })
    });
    Ok(Reply::new(page.await?))
}

async fn total(cx: Cx, asked: DeepQuery<ListQuery>) -> web::Result<Reply<TotalOut>> {
    let asked = Asked { fields: asked.deep("field")?, query: asked.plain };
    let total = cx.read(move |tx, cx| {
        let Some(filter) = asked.filter(tx, cx)? else { return Ok(TotalOut { count: 0, more: false }) };
        let counted = listing::count(tx, &cx.reach, &filter, me(cx))?;
        Ok(TotalOut { count: counted.count, more: counted.is_more })
    });
    Ok(Reply::new(total.await?))
}

async fn counts(cx: Cx) -> web::Result<Reply<CountsOut>> {
    let cell = i64::from(cx.cell().get());
    let counts = cx.read(move |tx, cx| place::counts(tx, &cx.reach, cell, me(cx))).await?;
    let views =
        [("mine", counts.mine), ("unassigned", counts.unassigned), ("open", counts.open()), ("all", counts.all())];
    let statuses = counts.statuses.iter().map(|(status, n)| (status.word(), *n)).collect();
    let as_of = EventCursor { cell, seq: counts.as_of }.encode();
    Ok(Reply::new(CountsOut { views: views.into(), statuses, as_of }))
}
