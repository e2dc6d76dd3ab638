//! Changing fields of a ticket; absent fields stay, null empties.

use base::text::Line;
use base::{Patch, Personal, Result};
use db::Tx;
use taxonomy::nouns::{CategoryId, TagId};
use trust::Cx;
use trust::nouns::{TeamId, TicketId};
use web::IfMatch;

use super::assigning;
use super::events::{Updated, check_seen};
use super::fields;
use super::opening::UNKNOWN_CATEGORY;
use super::ticket::Ticket;
use super::words::{Priority, TicketType};

/// What a patch says of each field.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// The subject.
    pub subject: Option<String>,
    /// The priority.
    pub priority: Option<Priority>,
    /// The type.
    pub kind: Patch<TicketType>,
    /// The category.
    pub category: Patch<CategoryId>,
    /// All tags by name.
    pub tags: Option<Vec<Line<60>>>,
    /// Custom fields; null empties one.
    pub fields: Option<serde_json::Map<String, serde_json::Value>>,
    /// The team.
    pub team: Patch<TeamId>,
    /// Whether it is restricted.
    pub is_restricted: Option<bool>,
    /// The language.
    pub language: Patch<String>,
}

impl Changes {
    /// Whether nothing is said of any field.
    pub fn is_nothing(&self) -> bool {
        let options = [self.subject.is_some(), self.priority.is_some(), self.tags.is_some(), self.fields.is_some()];
        let patches = [self.kind.is_named(), self.category.is_named(), self.team.is_named(), self.language.is_named()];
        !options.into_iter().chain(patches).any(|is_said| is_said) && self.is_restricted.is_none()
    }
}

/// Changes a ticket.
pub fn patch(tx: &mut Tx<'_>, cx: &Cx, id: TicketId, seen: IfMatch, changes: &Changes) -> Result<Ticket> {
    let mut ticket = Ticket::find_locked(tx, &cx.reach, id)?;
    check_seen(tx, cx, &ticket, seen)?;
    ticket.check_not_closed()?;
    if changes.subject.is_some() || changes.fields.is_some() {
        people::customers::stays_for_staff(tx, cx, ticket.customer)?;
    }
    let before = ticket.clone();
    let tags = apply(tx, cx, &mut ticket, changes)?;
    let changed = changed(&before, &ticket, changes);
    if changed.is_empty() {
        return Ok(ticket);
    }
    ticket.version += 1;
    store(tx, cx, &ticket)?;
    tell(tx, cx, (&before, &ticket), changed, tags.as_deref())?;
    Ok(ticket)
}

/// Changes the row in hand, and the rows of tags and fields; gives the tags when they were named.
fn apply(tx: &mut Tx<'_>, cx: &Cx, ticket: &mut Ticket, changes: &Changes) -> Result<Option<Vec<TagId>>> {
    if let Some(subject) = &changes.subject {
        ticket.subject = Personal::new(subject.clone());
    }
    ticket.priority = changes.priority.unwrap_or(ticket.priority);
    ticket.kind = changes.kind.clone().over(ticket.kind);
    ticket.category = changes.category.clone().over(ticket.category);
    ticket.language = changes.language.clone().over(ticket.language.take());
    ticket.is_restricted = changes.is_restricted.unwrap_or(ticket.is_restricted);
    ticket.team = changes.team.clone().over(ticket.team);
    if let Patch::Set(category) = changes.category
        && !taxonomy::category_exists(tx, cx.workspace(), category)?
    {
        return Err(UNKNOWN_CATEGORY.error().field("/category_id", "unknown", "is no category of this workspace"));
    }
    if let Patch::Set(team) = changes.team {
        assigning::check_target(tx, cx, Some(team), None)?;
    }
    let tags = match &changes.tags {
        Some(tags) => Some(fields::retag(tx, cx, ticket, tags)?),
        None => None,
    };
    if let Some(values) = &changes.fields {
        let values = taxonomy::check_fields(tx, cx, values)?;
        fields::set(tx, cx, ticket, &values)?;
    }
    Ok(tags)
}

/// The names of what changed.
fn changed(before: &Ticket, after: &Ticket, changes: &Changes) -> Vec<&'static str> {
    let all = [
        ("subject", before.subject != after.subject),
        ("priority", before.priority != after.priority),
        ("type", before.kind != after.kind),
        ("category_id", before.category != after.category),
        ("language", before.language != after.language),
        ("restricted", before.is_restricted != after.is_restricted),
        ("team_id", before.team != after.team),
        ("tags", changes.tags.is_some()),
        ("fields", changes.fields.is_some()),
    ];
    all.into_iter().filter(|(_, is_changed)| *is_changed).map(|(name, _)| name).collect()
}

fn store(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket) -> Result<()> {
    tx.exec(
        "UPDATE ticket SET subject = $1, priority = $2, kind = $3, category_id = $4, language = $5, restricted = $6, \
         team_id = $7, version = $8 WHERE workspace_id = $9 AND id = $10",
        &[
            &ticket.subject,
            &ticket.priority,
            &ticket.kind,
            &ticket.category,
            &ticket.language,
            &ticket.is_restricted,
            &ticket.team,
            &ticket.version,
            &cx.workspace(),
            &ticket.id,
        ],
    )?;
    Ok(())
}

fn tell(
    tx: &mut Tx<'_>,
    cx: &Cx,
    (before, after): (&Ticket, &Ticket),
    changed: Vec<&'static str>,
    tag_ids: Option<&[TagId]>,
) -> Result<()> {
    let has_moved = before.place() != after.place();
    let has_new_subject = before.subject != after.subject;
    let data = Updated {
        number: after.number,
        changed,
        priority: after.priority,
        category_id: after.category,
        kind: (before.kind != after.kind).then_some(after.kind),
        language: (before.language != after.language).then_some(after.language.as_deref()),
        tag_ids,
        from: has_moved.then(|| before.place()),
        to: has_moved.then(|| after.place()),
    };
    let now = cx.env().now();
    let id = after.id.uuid();
    let mut event = trust::log::NewEvent::new("ticket.updated", id, after.version, now, after.audience(false), &data);
    if has_new_subject {
        event = event.details(&serde_json::json!({"subject_before": before.subject.reveal()}));
    }
    trust::log::record(tx, cx, &[event])
}
