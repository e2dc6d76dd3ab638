//! Lists of tickets: newest opened first, by view or filter, a page at a time.
//! Rule: every list has an index that gives its order, so that a page costs the same at any size. Where no single index
//! does (the teams of an agent, the customers that are one person), the list is put together from ranges that have one,
//! each no longer than the page.

use base::{Cursor, Page, Result};
use db::{Query, Tx};
use taxonomy::{CategoryId, FieldMatch, StatusNameId, TagId};
use trust::access::Reach;
use trust::nouns::{CustomerId, MemberId, TeamId};

use super::ticket::{COLUMNS, Ticket};
use super::walking::{Trail, Walk};
use super::words::Status;

/// Tickets a filtered list is counted to.
const COUNTED: usize = 1000;
/// Ranges that one list is put together from; what has more is read as a whole.
const RANGES: usize = 64;

base::words! {
    /// A built-in view.
    pub enum View {
        /// Open ones assigned to the reader.
        Mine = "mine",
        /// Open ones assigned to nobody.
        Unassigned = "unassigned",
        /// Everything with work left.
        Open = "open",
        /// Everything.
        All = "all",
    }
}

base::words! {
    /// In which order a list comes.
    pub enum Sort {
        /// Newest opened first.
        Opened = "opened",
        /// Promises that are broken first, then those that break next; tickets without a running promise are left out.
        Due = "due",
    }
}

/// What a list shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The built-in view.
    pub view: Option<View>,
    /// The status.
    pub status: Option<Status>,
    /// The team.
    pub team: Option<TeamId>,
    /// The assignee.
    pub assignee: Option<MemberId>,
    /// The customers that are one person; empty for everybody's.
    pub customers: Vec<CustomerId>,
    /// The tag.
    pub tag: Option<TagId>,
    /// The category.
    pub category: Option<CategoryId>,
    /// The workspace's own name of the status.
    pub named: Option<Named>,
    /// Values of custom fields, each of which it has.
    pub fields: Vec<FieldMatch>,
    /// The order; newest opened first when absent.
    pub sort: Option<Sort>,
}

/// A name of a status that tickets show.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// The name.
    pub id: StatusNameId,
    /// The status it names.
    pub status: Status,
    /// Whether tickets that were given no name show it.
    pub is_default: bool,
}

impl Filter {
    /// Whether only tickets with work left are shown, only others, or both.
    fn openness(&self) -> Option<bool> {
        match self.view {
            None | Some(View::All) => self.status.map(Status::is_open),
            Some(_) => Some(true),
        }
    }
}

/// How many tickets a list has, as far as they were counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    pub count: usize,
    /// Whether there may be more.
    pub is_more: bool,
}

/// A page of a list after a place. It may be shorter than asked for and still have a next one.
pub(crate) fn list(
    tx: &mut Tx<'_>,
    reach: &Reach,
    filter: &Filter,
    me: Option<MemberId>,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Page<Ticket>> {
    if let Some(trail) = Trail::of(filter) {
        return Walk { trail, reach, filter, me }.page(tx, after, limit);
    }
    let found = tx.all_of(&query(reach, filter, me, after, limit), Ticket::read)?;
    Ok(Page::cut(found, limit, |ticket| place_after(ticket).encode()))
}

/// Counts a list, to 1,000.
pub(crate) fn count(tx: &mut Tx<'_>, reach: &Reach, filter: &Filter, me: Option<MemberId>) -> Result<Counted> {
    if let Some(trail) = Trail::of(filter) {
        return Walk { trail, reach, filter, me }.count(tx, COUNTED);
    }
    let found: Vec<i64> = tx.all_of(&count_query(reach, filter, me), |row| row.get(0))?;
    let found = usize::try_from(found.first().copied().unwrap_or(0)).unwrap_or(0);
    Ok(Counted { count: found.min(COUNTED), is_more: found > COUNTED })
}

/// The query of a list, for running and for explaining.
pub fn query(reach: &Reach, filter: &Filter, me: Option<MemberId>, after: Option<Cursor>, limit: usize) -> Query {
    let mut query = Query::new("");
    let list = List { reach, filter, me, after, columns: COLUMNS, most: limit + 1 };
    let ranges = ranges(reach, filter);
    match ranges.as_slice() {
        [] => list.push(&mut query, &Range::Whole),
        [range] => list.push(&mut query, range),
        ranges => {
            list.push_all(&mut query, ranges);
            // By number: the opening and the id, as they stand in the columns.
            query.push(" ORDER BY 20 DESC, 1 DESC LIMIT ").bind(list.limit());
        }
    }
    query
}

/// The query that counts a list, for running and for explaining.
pub fn count_query(reach: &Reach, filter: &Filter, me: Option<MemberId>) -> Query {
    let list = List { reach, filter, me, after: None, columns: "t.id", most: COUNTED + 1 };
    let mut query = Query::new("SELECT COUNT(*) FROM (");
    list.push_all(&mut query, &ranges(reach, filter));
    query.push(" LIMIT ").bind(list.limit()).push(") counted");
    query
}

/// A part of a list that an index gives in its order; the parts of a list share no ticket.
enum Range {
    Whole,
    Customer(CustomerId),
    Team(TeamId),
    NoTeam {
        is_open: bool,
    },
    /// What is the member's own in teams that are not.
    Elsewhere(MemberId, Vec<TeamId>),
}

/// The ranges a list is put together from.
fn ranges(reach: &Reach, filter: &Filter) -> Vec<Range> {
    let person = if filter.customers.is_empty() { reach.person() } else { &filter.customers };
    if !person.is_empty() && person.len() <= RANGES {
        return person.iter().copied().map(Range::Customer).collect();
    }
    let is_narrow = filter.team.is_some() || filter.assignee.is_some() || filter.view == Some(View::Mine);
    match reach.teams().filter(|(_, teams)| !is_narrow && person.is_empty() && teams.len() <= RANGES) {
        Some((member, teams)) => ranges_of_teams(member, teams, filter),
        None => vec![Range::Whole],
    }
}

fn ranges_of_teams(member: MemberId, teams: &[TeamId], filter: &Filter) -> Vec<Range> {
    let mut ranges: Vec<Range> = teams.iter().copied().map(Range::Team).collect();
    let openness = [true, false].into_iter().filter(|is_open| filter.openness().is_none_or(|only| only == *is_open));
    ranges.extend(openness.map(|is_open| Range::NoTeam { is_open }));
    if filter.view != Some(View::Unassigned) {
        ranges.push(Range::Elsewhere(member, teams.to_vec()));
    }
    ranges
}

impl Range {
    fn push(&self, query: &mut Query, filter: &Filter) {
        match self {
            Range::Whole => {}
            Range::Customer(customer) => drop(query.push(" AND t.customer_id = ").bind(customer)),
            Range::Team(team) => drop(query.push(" AND t.team_id = ").bind(team)),
            Range::NoTeam { is_open } => {
                query.push(&format!(" AND t.team_id IS NULL AND t.is_open = {}", u8::from(*is_open)));
            }
            Range::Elsewhere(member, teams) => {
                query.push(" AND t.team_id IS NOT NULL AND t.assignee_id = ").bind(member);
                if !teams.is_empty() {
                    query.push(" AND t.team_id NOT IN (").bind_list(teams).push(")");
                }
            }
        }
        // Said again, so that the range of open ones is taken for a status too.
        if matches!(self, Range::Team(_) | Range::Elsewhere(..)) && filter.openness() == Some(true) {
            query.push(" AND t.is_open = 1");
        }
    }
}

/// A list about to be written as a query.
struct List<'l> {
    reach: &'l Reach,
    filter: &'l Filter,
    me: Option<MemberId>,
    after: Option<Cursor>,
    columns: &'static str,
    most: usize,
}

impl List<'_> {
    fn limit(&self) -> i64 {
        i64::try_from(self.most).unwrap_or(101)
    }

    fn push_all(&self, query: &mut Query, ranges: &[Range]) {
        for (index, range) in ranges.iter().enumerate() {
            query.push(if index == 0 { "" } else { " UNION ALL " }).push("SELECT * FROM (");
            self.push(query, range);
            query.push(&format!(") r{index}"));
        }
    }

    fn push(&self, query: &mut Query, range: &Range) {
        query.push(&format!("SELECT {} FROM ticket t WHERE t.workspace_id = ", self.columns));
        query.bind(self.reach.workspace());
        range.push(query, self.filter);
        if matches!(range, Range::Whole) && !self.filter.customers.is_empty() {
            query.push(" AND t.customer_id IN (").bind_list(&self.filter.customers).push(")");
        }
        narrow(query, self.filter, self.me);
        // A range of the reader's own says all of their reach; said twice, an engine may read every range at once.
        if !matches!(range, Range::Customer(customer) if self.reach.person().contains(customer)) {
            self.reach.limit(query, "t");
        }
        query.after("(t.opened_at, t.id) <", self.after);
        query.push(" ORDER BY t.opened_at DESC, t.id DESC LIMIT ").bind(self.limit());
    }
}

/// Adds the conditions of a filter that are about the ticket's own columns, written as the indexes are.
pub(super) fn narrow(query: &mut Query, filter: &Filter, me: Option<MemberId>) {
    query.push(" AND t.deleted_at IS NULL");
    match filter.view {
        None | Some(View::All) => {}
        Some(View::Open) => drop(query.push(" AND t.is_open = 1")),
        Some(View::Unassigned) => drop(query.push(" AND t.is_open = 1 AND t.assignee_id IS NULL")),
        Some(View::Mine) => drop(query.push(" AND t.is_open = 1 AND t.assignee_id = ").bind(me)),
    }
    if let Some(status) = filter.status {
        query.push(" AND t.status = ").bind(status);
    }
    if let Some(team) = filter.team {
        query.push(" AND t.team_id = ").bind(team);
    }
    if let Some(assignee) = filter.assignee {
        query.push(" AND t.assignee_id = ").bind(assignee);
    }
}

/// The place after a ticket.
pub(crate) fn place_after(ticket: &Ticket) -> Cursor {
    Cursor { key: ticket.opened_at.micros(), id: ticket.id.uuid() }
}
