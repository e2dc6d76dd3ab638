//! A notice: told to a member, listed newest first, and marked as read.
//! Rule: a thing has a key; telling it again changes nothing, or brings the same notice to the top, unread.

use base::{Cursor, Result, Time};
use db::{Query, Row, Tx};
use trust::Cx;
use trust::nouns::{MemberId, TicketId};

use super::NotificationId;

/// Notices that a number counts at most: beyond that it says "many".
const COUNTED: i64 = 100;
/// Notices that are marked as read in one step.
const MARKED: i64 = 1_000;

base::words! {
    /// What a member is told of.
    pub enum NoticeKind {
        /// A ticket became theirs.
        Assigned = "assigned",
        /// The customer wrote to a ticket of theirs.
        CustomerWrote = "customer_wrote",
        /// A ticket that slept is awake.
        Woke = "woke",
        /// A rule tells them.
        Rule = "rule",
        /// A promise is close to its end, or past it.
        Clock = "clock",
        /// A ticket was escalated to them.
        Escalated = "escalated",
    }
}

/// Whether the same thing may be told again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Once, however often it is said.
    Once,
    /// Again, as the same notice: it is unread and newest once more.
    Again,
}

/// Something to tell.
#[derive(Clone, Debug)]
pub struct Notice<'a> {
    /// Of what sort.
    pub kind: NoticeKind,
    /// About which ticket.
    pub ticket: TicketId,
    /// What makes it one thing, beside ticket and kind: an event, a rule.
    pub key: &'a str,
    /// Whether it may be told again.
    pub told: Told,
    /// What somebody wrote to go with it, such as a rule's own words.
    pub reason: Option<&'a str>,
}

/// Tells a member something; part of the transaction in which it happens.
pub fn notify(tx: &mut Tx<'_>, cx: &Cx, member: MemberId, notice: &Notice<'_>) -> Result<()> {
    let id: NotificationId = cx.new_id();
    let thing = format!("{}:{}:{}", notice.kind.word(), notice.ticket, notice.key);
    let again = match notice.told {
        Told::Once => "DO NOTHING",
        Told::Again => {
            "DO UPDATE SET told_at = excluded.told_at, read_at = NULL, reason = excluded.reason, \
             times = CASE WHEN notification.read_at IS NULL THEN notification.times + 1 ELSE 1 END"
        }
    };
    tx.exec(
        &format!(
            "INSERT INTO notification (workspace_id, member_id, id, thing, kind, ticket_id, reason, times, told_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8) ON CONFLICT (workspace_id, member_id, thing) {again}"
        ),
        &[&cx.workspace(), &member, &id, &thing, &notice.kind, &notice.ticket, &notice.reason, &cx.env().now()],
    )?;
    Ok(())
}

/// A notice as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub id: NotificationId,
    pub kind: NoticeKind,
    pub ticket: TicketId,
    pub reason: Option<String>,
    pub times: i64,
    pub told_at: Time,
    pub read_at: Option<Time>,
}

impl Kept {
    fn read(row: &Row<'_>) -> Result<Kept> {
        Ok(Kept {
            id: row.get(0)?,
            kind: row.get(1)?,
            ticket: row.get(2)?,
            reason: row.get(3)?,
            times: row.get(4)?,
            told_at: row.get(5)?,
            read_at: row.get(6)?,
        })
    }
}

/// The query of a member's notices, newest first, for running and for explaining.
pub fn list_query(cx: &Cx, member: MemberId, only_unread: bool, after: Option<Cursor>, limit: usize) -> Query {
    let mut query = Query::new(
        "SELECT id, kind, ticket_id, reason, times, told_at, read_at FROM notification WHERE workspace_id = ",
    );
    query.bind(cx.workspace()).push(" AND member_id = ").bind(member);
    if only_unread {
        query.push(" AND read_at IS NULL");
    }
    query.after("(told_at, id) <", after);
    query.push(" ORDER BY told_at DESC, id DESC LIMIT ").bind(i64::try_from(limit + 1).unwrap_or(101));
    query
}

/// Up to `limit` + 1 notices of a member.
pub(crate) fn list(
    tx: &mut Tx<'_>,
    cx: &Cx,
    member: MemberId,
    only_unread: bool,
    after: Option<Cursor>,
    limit: usize,
) -> Result<Vec<Kept>> {
    tx.all_of(&list_query(cx, member, only_unread, after, limit), Kept::read)
}

/// The query that counts a member's unread notices, up to a hundred.
pub fn unread_query(cx: &Cx, member: MemberId) -> Query {
    let mut query = Query::new("SELECT COUNT(*) FROM (SELECT 1 FROM notification WHERE workspace_id = ");
    query.bind(cx.workspace()).push(" AND member_id = ").bind(member);
    query.push(" AND read_at IS NULL LIMIT ").bind(COUNTED).push(") AS unread");
    query
}

/// How many notices a member has not read, up to a hundred.
pub(crate) fn unread(tx: &mut Tx<'_>, cx: &Cx, member: MemberId) -> Result<i64> {
    Ok(tx.all_of(&unread_query(cx, member), |row| row.get(0))?.pop().unwrap_or(0))
}

/// Marks one notice as read.
pub(crate) fn mark(tx: &mut Tx<'_>, cx: &Cx, member: MemberId, id: NotificationId) -> Result<()> {
    let marked = tx.exec(
        "UPDATE notification SET read_at = COALESCE(read_at, $1) WHERE workspace_id = $2 AND member_id = $3 AND id = $4",
        &[&cx.env().now(), &cx.workspace(), &member, &id],
    )?;
    if marked == 1 { Ok(()) } else { Err(web::NOT_FOUND.error()) }
}

/// Marks what was told up to a time as read, the oldest first and a bounded number; says how many it were.
pub(crate) fn mark_all(tx: &mut Tx<'_>, cx: &Cx, member: MemberId, upto: Time) -> Result<u64> {
    tx.exec(
        "UPDATE notification SET read_at = $1 WHERE workspace_id = $2 AND member_id = $3 AND id IN (SELECT id FROM \
         notification WHERE workspace_id = $2 AND member_id = $3 AND read_at IS NULL AND told_at <= $4 \
         ORDER BY told_at LIMIT $5)",
        &[&cx.env().now(), &cx.workspace(), &member, &upto, &MARKED],
    )
}

/// Marks what was told about a ticket as read: its reader has it before them.
pub(crate) fn mark_ticket(tx: &mut Tx<'_>, cx: &Cx, member: MemberId, ticket: TicketId) -> Result<u64> {
    tx.exec(
        "UPDATE notification SET read_at = $1 WHERE workspace_id = $2 AND member_id = $3 AND ticket_id = $4 \
         AND read_at IS NULL",
        &[&cx.env().now(), &cx.workspace(), &member, &ticket],
    )
}
