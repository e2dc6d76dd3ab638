//! Running a macro on a ticket: every step in one transaction, and one event that names the macro and its version.
//! Rule: steps run in their order; the first that is refused undoes them all.

use base::text::Line;
use base::{Patch, Result};
use db::Tx;
use serde::Serialize;
use trust::Cx;
use trust::access::{Right, Who};
use trust::nouns::TicketId;
use web::IfMatch;

use super::action::Action;
use super::faring;
use super::filling::{choose, fill};
use super::kept::{self, Macro};
use super::seen::language;
use super::values::{Values, values};
use super::{MACRO_ARCHIVED, MACRO_CHANGED, MacroId};
use crate::spam::check_automatic_reply;
use crate::tickets::{
    Added, Changes, MessageId, MessageKind, NewReply, NewStatus, Prepared, Target, Ticket, add, assign, check_seen,
    overtaken, patch, set_status, snooze, tags_of, tell_next, unassign,
};
use crate::uploads::UploadId;

/// What whoever runs a macro says beside it.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The version of the ticket they saw.
    pub seen: Option<IfMatch>,
    /// The version of the macro they saw.
    pub version: Option<i64>,
    /// The reply as they changed it.
    pub reply: Option<String>,
    /// The newest message they saw.
    pub last_seen: Option<MessageId>,
    /// Their own id for the reply.
    pub client_id: Option<String>,
    /// Uploads that go with the reply.
    pub attachments: Vec<UploadId>,
}

/// What a run did.
pub struct Ran {
    /// The ticket as it is now.
    pub ticket: Ticket,
    /// The macro.
    pub id: MacroId,
    /// The version that ran.
    pub version: i64,
}

/// The facts of a run.
#[derive(Serialize)]
struct MacroRan {
    number: i64,
    macro_id: MacroId,
    macro_version: i64,
    actions: Vec<&'static str>,
}

/// Runs a macro on a ticket.
pub fn run(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId, id: MacroId, asked: &Asked) -> Result<Ran> {
    cx.require(Right::TicketsWrite)?;
    let found = kept::find(tx, cx, id)?;
    if found.is_archived {
        return Err(MACRO_ARCHIVED.error());
    }
    if asked.version.is_some_and(|version| version != found.version) {
        return Err(MACRO_CHANGED.error().with("current_version", found.version.into()));
    }
    let ticket = Ticket::find_locked(tx, &cx.reach, ticket)?;
    if let Some(seen) = asked.seen {
        check_seen(tx, cx, &ticket, seen)?;
    }
    ticket.check_not_closed()?;
    let values = values(tx, cx, &ticket)?;
    let mut run = Run { cx, asked, values, ticket, waiting: Changes::default() };
    for (at, action) in found.actions.iter().enumerate() {
        run.step(tx, at, action)?;
    }
    run.flush(tx)?;
    let actions = found.actions.iter().map(Action::word).collect();
    let ran = MacroRan { number: run.ticket.number, macro_id: id, macro_version: found.version, actions };
    let mut ticket = run.ticket;
    tell_next(tx, cx, &mut ticket, "ticket.macro_ran", &ran)?;
    faring::count(tx, cx, &found, ticket.id)?;
    Ok(Ran { ticket, id, version: found.version })
}

/// The reply of a macro filled for a ticket, for automatic replies.
pub fn filled_reply(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId, id: MacroId) -> Result<Option<String>> {
    let found: Macro = kept::find(tx, cx, id)?;
    let ticket = Ticket::find(tx, &cx.reach, ticket)?;
    let values = values(tx, cx, &ticket)?;
    let texts = found.actions.iter().find_map(|action| match action {
        Action::Reply { texts } => Some(texts),
        _ => None,
    });
    let (wanted, own) = language(tx, cx, &ticket)?;
    let chosen = texts.and_then(|texts| choose(texts, wanted.as_deref(), &own));
    chosen.map(|text| fill(&text.text, &values).whole("/texts")).transpose()
}

/// A run on its way.
struct Run<'r> {
    cx: &'r Cx,
    asked: &'r Asked,
    values: Values,
    ticket: Ticket,
    /// Changes of fields that were not written yet: steps beside each other are one change.
    waiting: Changes,
}

impl Run<'_> {
    fn step(&mut self, tx: &mut Tx<'_>, at: usize, action: &Action) -> Result<()> {
        match action {
            Action::SetPriority { priority } => self.waiting.priority = Some(*priority),
            Action::SetCategory { category_id } => self.waiting.category = Patch::Set(*category_id),
            Action::SetFields { fields } => {
                self.waiting.fields.get_or_insert_default().extend(fields.clone());
            }
            Action::AddTags { tags } => self.retag(tx, tags, true)?,
            Action::RemoveTags { tags } => self.retag(tx, tags, false)?,
            _ => {
                self.flush(tx)?;
                self.do_now(tx, at, action)?;
            }
        }
        Ok(())
    }

    /// What is not a change of fields.
    fn do_now(&mut self, tx: &mut Tx<'_>, at: usize, action: &Action) -> Result<()> {
        let (cx, id, seen) = (self.cx, self.ticket.id, IfMatch(self.ticket.version));
        match action {
            Action::Reply { texts } => {
                let (wanted, own) = language(tx, cx, &self.ticket)?;
                let chosen = choose(texts, wanted.as_deref(), &own).map(|text| text.text.to_string());
                let text = self.asked.reply.clone().or(chosen).unwrap_or_default();
                let pointer = if self.asked.reply.is_some() { "/reply".to_owned() } else { format!("/actions/{at}") };
                let text = fill(&text, &self.values).whole(&pointer)?;
                self.write(tx, MessageKind::Reply, text)
            }
            Action::Note { text } => {
                let text = fill(text, &self.values).whole(&format!("/actions/{at}"))?;
                self.write(tx, MessageKind::Note, text)
            }
            Action::SetStatus { status, waiting_on, status_id } => {
                let new = NewStatus { status: *status, waiting_on: *waiting_on, name: *status_id };
                self.ticket = set_status(tx, cx, id, seen, new)?;
                Ok(())
            }
            Action::Assign { team_id, assignee_id, to_me } => {
                let me = cx.actor.member().map(|member| member.id).filter(|_| *to_me);
                self.ticket = assign(tx, cx, id, seen, Target { team: *team_id, assignee: assignee_id.or(me) })?;
                Ok(())
            }
            Action::Snooze { minutes } => {
                self.ticket = snooze(tx, cx, id, cx.env().now().plus_seconds(minutes.saturating_mul(60)))?;
                Ok(())
            }
            _ => {
                self.ticket = unassign(tx, cx, id, seen)?;
                Ok(())
            }
        }
    }

    fn write(&mut self, tx: &mut Tx<'_>, kind: MessageKind, text: String) -> Result<()> {
        let is_reply = kind == MessageKind::Reply;
        let reply = NewReply {
            kind,
            body: Prepared::text(text),
            last_seen: self.asked.last_seen.filter(|_| is_reply),
            client_id: self.asked.client_id.clone().filter(|_| is_reply),
            attachments: if is_reply { self.asked.attachments.clone() } else { Vec::new() },
        };
        if is_reply && matches!(self.cx.actor.who, Who::House) {
            check_automatic_reply(tx, self.cx, self.ticket.id, self.ticket.customer)?;
        }
        match add(tx, self.cx, self.ticket.id, &reply)? {
            Added::Written(_) => {
                self.ticket = Ticket::find_locked(tx, &self.cx.reach, self.ticket.id)?;
                Ok(())
            }
            Added::Overtaken(newer) => Err(overtaken(tx, self.cx, &self.ticket, newer)?),
        }
    }

    /// Adds tags to what is there, or takes them away.
    fn retag(&mut self, tx: &mut Tx<'_>, tags: &[Line<60>], is_added: bool) -> Result<()> {
        let mut all = match self.waiting.tags.take() {
            Some(all) => all,
            None => {
                let there = tags_of(tx, self.cx.workspace(), &[self.ticket.id])?.remove(&self.ticket.id);
                there.unwrap_or_default().iter().filter_map(|name| Line::new(name).ok()).collect()
            }
        };
        let is_same = |one: &Line<60>, other: &Line<60>| base::text::fold(one) == base::text::fold(other);
        all.retain(|known| !tags.iter().any(|tag| is_same(known, tag)));
        if is_added {
            all.extend(tags.iter().cloned());
        }
        self.waiting.tags = Some(all);
        Ok(())
    }

    /// Writes the changes that wait.
    fn flush(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        let changes = std::mem::take(&mut self.waiting);
        if changes.is_nothing() {
            return Ok(());
        }
        self.ticket = patch(tx, self.cx, self.ticket.id, IfMatch(self.ticket.version), &changes)?;
        Ok(())
    }
}
