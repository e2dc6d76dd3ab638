//! Finding by the value of a custom field: every value has a short key, so that one index serves texts of any length,
//! numbers, days and options alike.
//! Rule: the key of what is stored and the key of what is asked for are made by the same function.

use std::collections::BTreeMap;

use base::Result;
use base::text::fold;
use db::Tx;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use trust::nouns::WorkspaceId;

use super::checking::{FieldValue, typed};
use super::field::{FieldKind, by_keys};
use crate::nouns::FieldId;

/// The most fields that one list asks for.
const MOST: usize = 5;

/// The value that a list asks of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldMatch {
    /// The field.
    pub field: FieldId,
    /// The key of the value.
    pub key: [u8; 16],
}

impl FieldValue {
    /// The key under which the value is found; case and spacing of a text do not matter. `None` when there is no value.
    pub fn match_key(&self) -> Option<[u8; 16]> {
        let hash = Sha256::new();
        let hash = match (&self.text, self.number, self.time, self.option) {
            (Some(text), ..) => hash.chain_update(b"text").chain_update(fold(text)),
            // Minus zero is zero.
            (_, Some(number), ..) => hash.chain_update(b"number").chain_update((number + 0.0).to_be_bytes()),
            (_, _, Some(time), _) => hash.chain_update(b"time").chain_update(time.micros().to_be_bytes()),
            (.., Some(option)) => hash.chain_update(b"option").chain_update(option.uuid().as_bytes()),
            _ => return None,
        };
        hash.finalize().first_chunk().copied()
    }
}

/// What a list asks of fields, by key and text, as rows are looked for.
pub fn match_fields(
    tx: &mut Tx<'_>,
    workspace: WorkspaceId,
    asked: &BTreeMap<String, String>,
) -> Result<Vec<FieldMatch>> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    if asked.len() > MOST {
        return Err(web::INVALID_QUERY.because(format!("A list takes at most {MOST} fields.")));
    }
    let definitions = by_keys(tx, workspace, asked.keys())?;
    let mut matches = Vec::with_capacity(asked.len());
    for (key, text) in asked {
        let wrong = |what: &str| web::INVALID_QUERY.because(format!("`field[{key}]` {what}."));
        let definition = definitions.iter().find(|definition| definition.key == *key);
        let definition = definition.ok_or_else(|| wrong("is no field of this workspace"))?;
        let value = value_of(definition.kind, text).ok_or_else(|| wrong("takes a value of its type"))?;
        let values = typed(definition, &value).map_err(|takes| wrong(&takes))?;
        let key = values.first().and_then(FieldValue::match_key).ok_or_else(|| wrong("takes a value"))?;
        matches.push(FieldMatch { field: definition.id, key });
    }
    Ok(matches)
}

/// The JSON of a value that was written as text.
fn value_of(kind: FieldKind, text: &str) -> Option<Value> {
    match kind {
        FieldKind::Text | FieldKind::Date | FieldKind::Select => Some(json!(text)),
        FieldKind::Number => text.parse::<f64>().ok().map(|number| json!(number)),
        FieldKind::Boolean => text.parse::<bool>().ok().map(|flag| json!(flag)),
        FieldKind::MultiSelect => Some(json!([text])),
    }
}
