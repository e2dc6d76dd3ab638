//! What resolving asks of a ticket, read once and kept for a moment.

use std::collections::HashMap;
use std::sync::Arc;

use base::{Error, Result};
use db::Tx;
use trust::Cx;

use super::{MISSING_TO_RESOLVE, rule};
use crate::categories::{Tree, required_fields};
use crate::nouns::{CategoryId, FieldId};

/// What the workspace asks for.
#[derive(Debug, Default)]
pub struct Requirements {
    needs_category: bool,
    fields: HashMap<CategoryId, Vec<(FieldId, String)>>,
    tree: Tree,
}

/// What a ticket lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// It has no category.
    pub category: bool,
    /// The keys of fields it has no value of.
    pub fields: Vec<String>,
}

/// What the workspace asks of tickets that are resolved.
pub fn requirements(tx: &mut Tx<'_>, cx: &Cx) -> Result<Arc<Requirements>> {
    cx.remembered(tx, |tx| load(tx, cx))
}

fn load(tx: &mut Tx<'_>, cx: &Cx) -> Result<Requirements> {
    let rule = rule::find(tx, cx)?;
    let found = tx.all(
        "SELECT r.category_id, r.field_id, f.field_key FROM required_field r JOIN custom_field f \
         ON f.workspace_id = r.workspace_id AND f.id = r.field_id WHERE r.workspace_id = $1 AND f.is_archived = 0 \
         ORDER BY f.field_key",
        &[&cx.workspace()],
        |row| Ok((row.get::<CategoryId>(0)?, row.get::<FieldId>(1)?, row.get::<String>(2)?)),
    )?;
    let mut fields: HashMap<CategoryId, Vec<(FieldId, String)>> = HashMap::new();
    for (category, field, key) in found {
        fields.entry(category).or_default().push((field, key));
    }
    let tree = if fields.is_empty() { Tree::default() } else { Tree::load(tx, cx)? };
    Ok(Requirements { needs_category: rule.needs_category, fields, tree })
}

impl Requirements {
    /// Whether nothing is asked for.
    pub fn is_nothing(&self) -> bool {
        !self.needs_category && self.fields.is_empty()
    }

    /// What a ticket of a category lacks, given the keys of the fields it has values of.
    pub fn missing(&self, category: Option<CategoryId>, has: impl Fn(&str) -> bool) -> Missing {
        let mut asking = vec![required_fields::every_category()];
        asking.extend(category.into_iter().flat_map(|category| self.tree.path(category)));
        let mut fields: Vec<String> = Vec::new();
        for (_, key) in asking.iter().filter_map(|category| self.fields.get(category)).flatten() {
            if !has(key) && !fields.contains(key) {
                fields.push(key.clone());
            }
        }
        Missing { category: self.needs_category && category.is_none(), fields }
    }
}

impl Missing {
    /// Refuses when something is missing, and names it.
    pub fn check(&self) -> Result<()> {
        if !self.category && self.fields.is_empty() {
            return Ok(());
        }
        let mut names: Vec<String> = self.category.then(|| "category_id".to_owned()).into_iter().collect();
        names.extend(self.fields.iter().map(|key| format!("fields.{key}")));
        let error = MISSING_TO_RESOLVE.error().with("missing", names.into());
        let error = if self.category { absent(error, "/category_id".to_owned()) } else { error };
        Err(self.fields.iter().fold(error, |error, key| absent(error, format!("/fields/{key}"))))
    }
}

fn absent(error: Error, pointer: String) -> Error {
    error.field(pointer, "missing", "is needed to resolve the ticket")
}
