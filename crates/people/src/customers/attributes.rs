//! Attributes: what a workspace keeps about a customer or company in its own words; a JSON object of at most 16 KiB.
//! Rule: a patch of them is a merge patch (RFC 7396): null removes, objects merge, anything else replaces.

use base::Result;
use serde_json::{Map, Value};

/// The most bytes attributes take as JSON.
pub const ATTRIBUTES_LIMIT: usize = 16 * 1024;

/// Attributes as they were stored.
pub(crate) fn read(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).unwrap_or_default()
}

/// The attributes after a merge patch.
pub(crate) fn merged(mut before: Map<String, Value>, patch: &Map<String, Value>) -> Map<String, Value> {
    for (key, value) in patch {
        match value {
            Value::Null => drop(before.remove(key)),
            Value::Object(inner) => {
                let old = match before.remove(key) {
                    Some(Value::Object(old)) => old,
                    _ => Map::new(),
                };
                before.insert(key.clone(), Value::Object(merged(old, inner)));
            }
            other => drop(before.insert(key.clone(), other.clone())),
        }
    }
    before
}

/// The text to store, when it is small enough.
pub(crate) fn stored(attributes: &Map<String, Value>) -> Result<String> {
    let text = serde_json::to_string(attributes).map_err(|error| web::INTERNAL.error().caused_by(error))?;
    if text.len() <= ATTRIBUTES_LIMIT {
        return Ok(text);
    }
    let words = format!("have {} bytes; at most {ATTRIBUTES_LIMIT} are allowed", text.len());
    Err(web::INVALID_FIELD.error().field("/attributes", "too_large", words))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    /// The example of RFC 7396, section 3.
    #[test]
    fn a_merge_patch_does_what_the_standard_says() {
        let before = object(serde_json::json!({"a": "b", "c": {"d": "e", "f": "g"}}));
        let patch = object(serde_json::json!({"a": "z", "c": {"f": null}}));
        assert_eq!(Value::Object(merged(before, &patch)), serde_json::json!({"a": "z", "c": {"d": "e"}}));
    }

    #[test]
    fn nulls_inside_new_objects_are_not_kept() {
        let patch = object(serde_json::json!({"a": {"b": null, "c": 1}}));
        assert_eq!(Value::Object(merged(Map::new(), &patch)), serde_json::json!({"a": {"c": 1}}));
    }

    #[test]
    fn more_than_the_limit_is_refused() {
        let large = object(serde_json::json!({"a": "x".repeat(ATTRIBUTES_LIMIT)}));
        assert_eq!(stored(&large).unwrap_err().name(), "invalid_field");
    }
}
