//! The values of variables for one ticket.

use std::collections::HashMap;

use base::Result;
use db::Tx;
use serde_json::Value;
use trust::Cx;
use trust::accounts::workspace_name;

use crate::tickets::{Ticket, field_facts};

/// Values by variable; what is not there has none.
pub(super) type Values = HashMap<String, String>;

/// The values for a ticket and whoever acts.
pub(super) fn values(tx: &mut Tx<'_>, cx: &Cx, ticket: &Ticket) -> Result<Values> {
    let workspace = cx.workspace();
    let mut found = Values::new();
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
            found.insert(name.to_owned(), value);
        }
    };
    let customer = people::customers::refs(tx, workspace, &[ticket.customer])?.remove(&ticket.customer);
    let name = customer.as_ref().and_then(|customer| customer.name.clone());
    put("customer.first_name", name.as_deref().map(first_name));
    put("customer.name", name);
    put("customer.email", customer.and_then(|customer| customer.email));
    if let Some(id) = ticket.company {
        let company = people::companies::refs(tx, workspace, &[id])?.remove(&id);
        put("company.plan", company.as_ref().and_then(|company| company.plan.clone()));
        put("company.name", company.map(|company| company.name));
    }
    put("ticket.number", Some(ticket.number.to_string()));
    put("ticket.subject", Some(ticket.subject.reveal().clone()));
    put("ticket.status", Some(ticket.status.word().replace('_', " ")));
    put("ticket.priority", Some(ticket.priority.word().to_owned()));
    if let Some(category) = ticket.category {
        let sql = "SELECT name FROM category WHERE workspace_id = $1 AND id = $2";
        put("ticket.category", tx.first(sql, &[&workspace, &category], |row| row.get(0))?);
    }
    if let Some(member) = cx.actor.member() {
        let sql = "SELECT name FROM member WHERE workspace_id = $1 AND id = $2";
        let name: Option<String> = tx.first(sql, &[&workspace, &member.id], |row| row.get(0))?;
        put("agent.first_name", name.as_deref().map(first_name));
        put("agent.name", name);
    }
    put("workspace.name", workspace_name(tx, workspace)?);
    for (key, value) in field_facts(tx, workspace, ticket.id)? {
        put(&format!("field.{key}"), Some(shown(&value)));
    }
    Ok(found)
}

/// What people call somebody: the first word of a name.
fn first_name(name: &str) -> String {
    name.split_whitespace().next().unwrap_or_default().to_owned()
}

/// The value of a field as words.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(shown).collect::<Vec<_>>().join(", "),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
