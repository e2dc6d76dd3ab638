//! The shapes of custom fields.

use base::text::Line;
use serde::{Deserialize, Serialize};

use super::field::FieldKind;
use crate::nouns::{FieldId, OptionId};

/// The key of a field: 1 to 60 small letters, digits and underscores, starting with a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldKey(String);

impl FieldKey {
    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for FieldKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<FieldKey, D::Error> {
        let text = String::deserialize(deserializer)?;
        let is_key = (1..=60).contains(&text.len())
            && text.starts_with(|first: char| first.is_ascii_lowercase())
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        if is_key { Ok(FieldKey(text)) } else { Err(serde::de::Error::custom("is not a key as in order_number")) }
    }
}

impl utoipa::PartialSchema for FieldKey {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^[a-z][a-z0-9_]{0,59}$"))
            .description(Some("The key of a field."))
            .into()
    }
}

impl utoipa::ToSchema for FieldKey {}

/// A field to define.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewField {
    /// The key, which never changes.
    pub key: FieldKey,
    /// What people read.
    pub label: Line<120>,
    /// What it holds, which never changes.
    #[serde(rename = "type")]
    pub kind: FieldKind,
    /// The options of a select field, at most 200.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub options: Vec<Line<120>>,
}

/// A change of a field; what is absent stays.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldPatch {
    /// What people read.
    pub label: Option<Line<120>>,
    /// Whether it takes no more values.
    pub archived: Option<bool>,
    /// All options in their order: with an id one that is there, without one a new one; those left out are archived.
    #[schema(max_items = 200)]
    pub options: Option<Vec<OptionIn>>,
}

/// An option in a change.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OptionIn {
    /// The option; a new one when absent.
    pub id: Option<OptionId>,
    /// What people read.
    pub label: Line<120>,
}

/// An option of a field.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct OptionOut {
    /// The id, which never changes.
    pub id: OptionId,
    /// What people read.
    pub label: String,
    /// Whether it can no longer be chosen.
    pub archived: bool,
}

/// A custom field.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct FieldOut {
    /// The id.
    pub id: FieldId,
    /// The key.
    pub key: String,
    /// What people read.
    pub label: String,
    /// What it holds.
    #[serde(rename = "type")]
    pub kind: FieldKind,
    /// The options in their order, archived ones too.
    pub options: Vec<OptionOut>,
    /// Whether it takes no more values.
    pub archived: bool,
    /// The version, for `If-Match`.
    pub version: i64,
}
