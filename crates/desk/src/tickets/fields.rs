//! Tags and custom fields of a ticket, in rows so that lists can filter by them.

use std::collections::HashMap;

use base::text::Line;
use base::{Result, Time};
use db::{Query, Tx};
use taxonomy::FieldValue;
use taxonomy::nouns::{OptionId, TagId};
use trust::Cx;
use trust::nouns::{TicketId, WorkspaceId};

use super::ticket::Ticket;

/// Adds tags by name and says which they are; new names become tags of the workspace.
pub(crate) fn tag(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket, names: &[Line<60>]) -> Result<Vec<TagId>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let tags = taxonomy::tag_ids(tx, cx, names)?;
    for tag in &tags {
        tx.exec(
            "INSERT INTO ticket_tag (workspace_id, ticket_id, tag_id, opened_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT DO NOTHING",
            &[&cx.workspace(), &ticket.id, tag, &ticket.opened_at],
        )?;
    }
    Ok(tags)
}

/// Replaces the tags and says which they are now.
pub(crate) fn retag(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket, names: &[Line<60>]) -> Result<Vec<TagId>> {
    tx.exec("DELETE FROM ticket_tag WHERE workspace_id = $1 AND ticket_id = $2", &[&cx.workspace(), &ticket.id])?;
    tag(tx, cx, ticket, names)
}

/// Sets custom fields; a field's earlier values go.
pub(crate) fn set(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket, values: &[FieldValue]) -> Result<()> {
    for value in values {
        tx.exec(
            "DELETE FROM ticket_field WHERE workspace_id = $1 AND ticket_id = $2 AND field_id = $3",
            &[&cx.workspace(), &ticket.id, &value.field],
        )?;
    }
    let mut place = 0_i64;
    for value in values {
        let Some(key) = value.match_key() else { continue };
        place += 1;
        tx.exec(
            "INSERT INTO ticket_field (workspace_id, ticket_id, field_id, place, text_value, number_value, time_value, option_id, \
             match_key, opened_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            &[
                &cx.workspace(), &ticket.id, &value.field, &place, &value.text, &value.number, &value.time, &value.option,
                &key, &ticket.opened_at,
            ],
        )?;
    }
    Ok(())
}

/// Takes away the tags, fields and participants of a ticket that goes for good.
pub(crate) fn clear(tx: &mut Tx<'_>, workspace: WorkspaceId, ticket: TicketId) -> Result<()> {
    tx.exec("DELETE FROM ticket_tag WHERE workspace_id = $1 AND ticket_id = $2", &[&workspace, &ticket])?;
    tx.exec("DELETE FROM ticket_field WHERE workspace_id = $1 AND ticket_id = $2", &[&workspace, &ticket])?;
    tx.exec("DELETE FROM ticket_participant WHERE workspace_id = $1 AND ticket_id = $2", &[&workspace, &ticket])?;
    Ok(())
}

/// The tags of tickets, by name, in one query.
pub(crate) fn tags_of(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    tickets: &[TicketId],
) -> Result<HashMap<TicketId, Vec<String>>> {
    let mut query = Query::new("SELECT ticket_id, tag_id FROM ticket_tag WHERE workspace_id = ");
    query.bind(workspace).push(" AND ticket_id IN (").bind_list(tickets.iter()).push(")");
    let rows: Vec<(TicketId, TagId)> = tx.all_of(&query, |row| Ok((row.get(0)?, row.get(1)?)))?;
    if rows.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<TagId> = rows.iter().map(|(_, tag)| *tag).collect();
    let names = taxonomy::tag_names(tx, workspace, &ids)?;
    let mut tags: HashMap<TicketId, Vec<String>> = HashMap::new();
    for (ticket, tag) in rows {
        tags.entry(ticket).or_default().extend(names.get(&tag).cloned());
    }
    tags.values_mut().for_each(|names| names.sort_unstable());
    Ok(tags)
}

/// The custom fields of tickets as JSON by key, in one query.
pub fn fields_of(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    tickets: &[TicketId],
) -> Result<HashMap<TicketId, serde_json::Map<String, serde_json::Value>>> {
    let mut query = Query::new(
        "SELECT v.ticket_id, f.field_key, f.kind, v.text_value, v.number_value, v.time_value, v.option_id \
         FROM ticket_field v JOIN custom_field f ON f.workspace_id = v.workspace_id AND f.id = v.field_id \
         WHERE v.workspace_id = ",
    );
    query.bind(workspace).push(" AND v.ticket_id IN (").bind_list(tickets.iter()).push(") ORDER BY v.place");
    let mut found: HashMap<TicketId, serde_json::Map<String, serde_json::Value>> = HashMap::new();
    for (ticket, key, kind, value) in tx.all_of(&query, |row| {
        let text: Option<String> = row.get(3)?;
        let number: Option<f64> = row.get(4)?;
        let time: Option<Time> = row.get(5)?;
        let option: Option<OptionId> = row.get(6)?;
        let value = match (text, number, time, option) {
            (Some(text), ..) => serde_json::json!(text),
            (_, Some(number), ..) => serde_json::json!(number),
            (_, _, Some(time), _) => serde_json::json!(time),
            (.., Some(option)) => serde_json::json!(option),
            _ => serde_json::Value::Null,
        };
        Ok((row.get::<TicketId>(0)?, row.get::<String>(1)?, row.get::<String>(2)?, value))
    })? {
        put(found.entry(ticket).or_default(), key, &kind, value);
    }
    Ok(found)
}

/// The fields of a ticket by key as rules compare them: an option by its label.
pub fn field_facts(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    ticket: TicketId,
) -> Result<serde_json::Map<String, serde_json::Value>> {
    let mut facts = fields_of(tx, workspace, &[ticket])?.remove(&ticket).unwrap_or_default();
    let labels: Vec<(OptionId, String)> = tx.all(
        "SELECT o.id, o.label FROM ticket_field v JOIN field_option o ON o.workspace_id = v.workspace_id \
         AND o.field_id = v.field_id AND o.id = v.option_id WHERE v.workspace_id = $1 AND v.ticket_id = $2",
        &[&workspace, &ticket],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let labels: HashMap<String, String> = labels.into_iter().map(|(id, label)| (id.to_string(), label)).collect();
    let name = |value: &mut serde_json::Value| {
        if let Some(label) = value.as_str().and_then(|id| labels.get(id)) {
            *value = label.clone().into();
        }
    };
    for value in facts.values_mut() {
        match value {
            serde_json::Value::Array(list) => list.iter_mut().for_each(name),
            value => name(value),
        }
    }
    Ok(facts)
}

/// Puts a value under its key; a field that takes several gives a list, a switch gives true or false.
fn put(fields: &mut serde_json::Map<String, serde_json::Value>, key: String, kind: &str, value: serde_json::Value) {
    match kind {
        "multi_select" => {
            let list = fields.entry(key).or_insert_with(|| serde_json::json!([]));
            if let Some(list) = list.as_array_mut() {
                list.push(value);
            }
        }
        "boolean" => drop(fields.insert(key, serde_json::json!(value.as_f64() == Some(1.0)))),
        _ => drop(fields.insert(key, value)),
    }
}
