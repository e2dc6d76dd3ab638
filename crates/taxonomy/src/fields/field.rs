//! The definition of a field and its options, read for checking and showing values.

use base::Result;
use db::{Query, Tx};
use trust::nouns::WorkspaceId;

use crate::nouns::{FieldId, OptionId};

base::words! {
    /// What a field holds.
    pub enum FieldKind {
        /// A text of up to 2,000 characters.
        Text = "text",
        /// A number.
        Number = "number",
        /// Yes or no.
        Boolean = "boolean",
        /// A day or an instant.
        Date = "date",
        /// One of its options.
        Select = "select",
        /// Any number of its options.
        MultiSelect = "multi_select",
    }
}

/// A field with what checking its values needs.
#[derive(Clone, Debug)]
pub(super) struct Definition {
    pub(super) id: FieldId,
    pub(super) key: String,
    pub(super) kind: FieldKind,
    pub(super) options: Vec<Choice>,
}

/// An option that can be chosen.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub(super) id: OptionId,
    pub(super) folded: String,
}

/// The fields of these keys that take values, with their options, in one query.
pub(super) fn by_keys<'k>(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    keys: impl Iterator<Item = &'k String>,
) -> Result<Vec<Definition>> {
    let mut query = Query::new(
        "SELECT f.id, f.field_key, f.kind, o.id, o.label_folded FROM custom_field f LEFT JOIN field_option o \
         ON o.workspace_id = f.workspace_id AND o.field_id = f.id AND o.is_archived = 0 WHERE f.workspace_id = ",
    );
    query
        .bind(workspace)
        .push(" AND f.is_archived = 0 AND f.field_key IN (")
        // No key has one, and not every engine takes a text that does.
        .bind_list(keys.filter(|key| !key.contains('\0')))
        .push(") ORDER BY f.id, o.place");
    let mut found: Vec<Definition> = Vec::new();
    let rows = tx.all_of(&query, |row| {
        let choice = match row.get::<Option<OptionId>>(3)? {
            Some(id) => Some(Choice { id, folded: row.get(4)? }),
            None => None,
        };
        Ok((Definition { id: row.get(0)?, key: row.get(1)?, kind: row.get(2)?, options: Vec::new() }, choice))
    })?;
    for (definition, choice) in rows {
        if found.last().is_none_or(|last| last.id != definition.id) {
            found.push(definition);
        }
        if let Some(last) = found.last_mut() {
            last.options.extend(choice);
        }
    }
    Ok(found)
}
