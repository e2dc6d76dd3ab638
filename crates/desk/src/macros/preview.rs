//! What a macro would do to a ticket: its texts filled, and every value before and after, without doing it.

use base::Result;
use base::text::fold;
use db::Tx;
use serde::Serialize;
use taxonomy::statuses::status_names;
use trust::Cx;
use trust::nouns::TicketId;
use utoipa::ToSchema;

use super::MacroId;
use super::action::Action;
use super::filling::{Filled, choose, fill};
use super::kept;
use super::seen::language;
use super::values::{Values, values};
use crate::tickets::{MessageId, Ticket, WaitingOn, field_facts, names_of, tags_of};

/// What a macro would do.
#[derive(Serialize, ToSchema)]
pub(super) struct MacroPreview {
    /// The macro.
    macro_id: MacroId,
    /// Its version; send it with the run, so that nothing else runs than was shown.
    version: i64,
    /// The version of the ticket it was made for.
    ticket_version: i64,
    /// The newest message the preview knows of.
    last_message_id: MessageId,
    /// The reply.
    reply: Option<PreviewText>,
    /// The note.
    note: Option<PreviewText>,
    /// What changes on the ticket.
    changes: Vec<PreviewChange>,
}

/// A text with its variables filled.
#[derive(Serialize, ToSchema)]
pub(super) struct PreviewText {
    /// The text; variables without a value stand as they were written.
    text: String,
    /// The language it is in.
    locale: Option<String>,
    /// Variables without a value; a run is refused while there are any.
    missing: Vec<String>,
}

/// One value before and after.
#[derive(Serialize, ToSchema)]
pub(super) struct PreviewChange {
    /// What changes: status, waiting_on, status_name, priority, category, team, assignee, tags, snoozed_until, or `field.KEY`.
    field: String,
    /// The value now: a word, a name, or the id of a member or team.
    before: Option<String>,
    /// The value afterwards.
    after: Option<String>,
}

/// What a macro would do to a ticket.
pub(super) fn preview(tx: &mut Tx<'_>, cx: &Cx, ticket: TicketId, id: MacroId) -> Result<MacroPreview> {
    let found = kept::find(tx, cx, id)?;
    let ticket = Ticket::find(tx, &cx.reach, ticket)?;
    let values = values(tx, cx, &ticket)?;
    let mut shown = MacroPreview {
        macro_id: id,
        version: found.version,
        ticket_version: ticket.version,
        last_message_id: ticket.last_message,
        reply: None,
        note: None,
        changes: Vec::new(),
    };
    for action in &found.actions {
        show(tx, cx, &ticket, &values, action, &mut shown)?;
    }
    shown.changes.retain(|change| change.before != change.after);
    Ok(shown)
}

fn show(
    tx: &mut Tx<'_>,
    cx: &Cx,
    ticket: &Ticket,
    values: &Values,
    action: &Action,
    shown: &mut MacroPreview,
) -> Result<()> {
    let mut change = |field: &str, before: Option<String>, after: Option<String>| {
        // Of two steps on one value, the later one counts.
        shown.changes.retain(|known| known.field != field);
        shown.changes.push(PreviewChange { field: field.to_owned(), before, after });
    };
    match action {
        Action::Reply { texts } => {
            let (wanted, own) = language(tx, cx, ticket)?;
            let chosen = choose(texts, wanted.as_deref(), &own);
            shown.reply = chosen.map(|text| drawn(fill(&text.text, values), Some(text.locale.as_str())));
        }
        Action::Note { text } => shown.note = Some(drawn(fill(text, values), None)),
        Action::SetStatus { status, waiting_on, status_id } => {
            change("status", Some(ticket.status.word().to_owned()), Some(status.word().to_owned()));
            let waits = |on: Option<WaitingOn>| on.map(|on| on.word().to_owned());
            change("waiting_on", waits(ticket.waiting_on), waits(*waiting_on));
            let before = names_of(tx, cx, std::slice::from_ref(ticket))?.remove(&ticket.id).map(|name| name.name);
            let after = status_names(tx, cx)?.shown(*status, *status_id).map(|name| name.name.clone());
            change("status_name", before, after);
        }
        Action::SetPriority { priority } => {
            change("priority", Some(ticket.priority.word().to_owned()), Some(priority.word().to_owned()));
        }
        Action::SetCategory { category_id } => {
            let sql = "SELECT name FROM category WHERE workspace_id = $1 AND id = $2";
            let name = tx.first(sql, &[&cx.workspace(), category_id], |row| row.get(0))?;
            change("category", values.get("ticket.category").cloned(), name);
        }
        Action::SetFields { fields } => {
            let before = field_facts(tx, cx.workspace(), ticket.id)?;
            for (key, value) in fields {
                change(&format!("field.{key}"), before.get(key).and_then(words), words(value));
            }
        }
        Action::AddTags { tags } | Action::RemoveTags { tags } => {
            let now = tags_of(tx, cx.workspace(), &[ticket.id])?.remove(&ticket.id).unwrap_or_default();
            let known = shown.changes.iter().find(|known| known.field == "tags").and_then(|known| known.after.clone());
            let mut after: Vec<String> = match known {
                Some(tags) => tags.split(", ").filter(|tag| !tag.is_empty()).map(str::to_owned).collect(),
                None => now.clone(),
            };
            after.retain(|known| !tags.iter().any(|tag| fold(tag) == fold(known)));
            if matches!(action, Action::AddTags { .. }) {
                after.extend(tags.iter().map(|tag| tag.to_string()));
            }
            after.sort_unstable();
            shown.changes.retain(|known| known.field != "tags");
            let (before, after) = (Some(now.join(", ")), Some(after.join(", ")));
            shown.changes.push(PreviewChange { field: "tags".to_owned(), before, after });
        }
        Action::Assign { team_id, assignee_id, to_me } => {
            let me = cx.actor.member().map(|member| member.id).filter(|_| *to_me);
            let assignee = assignee_id.or(me);
            if let Some(team) = team_id {
                change("team", ticket.team.map(|id| id.to_string()), Some(team.to_string()));
            }
            // Another team takes the ticket from whoever had it.
            let leaves = team_id.is_some() && *team_id != ticket.team;
            if assignee.is_some() || leaves {
                change("assignee", ticket.assignee.map(|id| id.to_string()), assignee.map(|id| id.to_string()));
            }
        }
        Action::Snooze { minutes } => {
            let until = cx.env().now().plus_seconds(minutes.saturating_mul(60));
            change("snoozed_until", None, Some(until.to_string()));
        }
        Action::Unassign {} => change("assignee", ticket.assignee.map(|id| id.to_string()), None),
    }
    Ok(())
}

fn drawn(filled: Filled, locale: Option<&str>) -> PreviewText {
    PreviewText { text: filled.text, locale: locale.map(str::to_owned), missing: filled.missing }
}

fn words(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
