//! The shapes of categories.

use base::text::Line;
use base::{Patch, Result};
use db::Tx;
use serde::{Deserialize, Serialize};
use trust::Cx;
use trust::nouns::MemberId;
use utoipa::ToSchema;

use super::category::{Category, Growth};
use super::changing::Changes;
use super::{required_fields, synonyms};
use crate::nouns::{CategoryId, FieldId};

/// A category to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCategory {
    /// The name.
    pub name: Line<120>,
    /// The category above it.
    pub parent_id: Option<CategoryId>,
    /// Who answers for it.
    pub owner_id: Option<MemberId>,
    /// What else it is called; at most 50.
    #[serde(default)]
    pub synonyms: Vec<Line<120>>,
    /// Where it stands in lists; behind the others when absent.
    pub place: Option<i64>,
    /// Whether it takes what fits nowhere else.
    #[serde(default)]
    pub other: bool,
    /// Fields that a ticket of it, or below it, needs to be resolved; at most 20.
    #[serde(default)]
    pub required_field_ids: Vec<FieldId>,
}

/// A change of a category; what is absent stays, null empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CategoryPatch {
    /// The name.
    pub name: Option<Line<120>>,
    /// The category above it; null moves it to the top.
    #[serde(default)]
    #[schema(value_type = Option<CategoryId>)]
    pub parent_id: Patch<CategoryId>,
    /// Who answers for it.
    #[serde(default)]
    #[schema(value_type = Option<MemberId>)]
    pub owner_id: Patch<MemberId>,
    /// All other names; at most 50.
    pub synonyms: Option<Vec<Line<120>>>,
    /// Where it stands in lists.
    pub place: Option<i64>,
    /// Whether it takes what fits nowhere else.
    pub other: Option<bool>,
    /// Whether it takes no more tickets.
    pub archived: Option<bool>,
    /// All fields that a ticket of it, or below it, needs to be resolved; at most 20.
    pub required_field_ids: Option<Vec<FieldId>>,
}

/// A category.
#[derive(Serialize, ToSchema)]
pub struct CategoryOut {
    /// The id.
    pub id: CategoryId,
    /// The name.
    pub name: String,
    /// The category above it.
    pub parent_id: Option<CategoryId>,
    /// Who answers for it.
    pub owner_id: Option<MemberId>,
    /// What else it is called.
    pub synonyms: Vec<String>,
    /// Where it stands in lists.
    pub place: i64,
    /// Whether it takes what fits nowhere else.
    pub other: bool,
    /// Whether it takes no more tickets.
    pub archived: bool,
    /// What took its place.
    pub replaced_by: Option<CategoryId>,
    /// Fields that a ticket of it, or below it, needs to be resolved.
    pub required_field_ids: Vec<FieldId>,
    /// The version, for `If-Match`.
    pub version: i64,
}

impl NewCategory {
    pub(super) fn growth(&self) -> Growth {
        Growth {
            name: self.name.clone(),
            parent: self.parent_id,
            owner: self.owner_id,
            synonyms: self.synonyms.clone(),
            place: self.place,
            is_other: self.other,
        }
    }
}

impl CategoryPatch {
    pub(super) fn changes(&self) -> Changes {
        Changes {
            name: self.name.clone(),
            parent: self.parent_id.clone(),
            owner: self.owner_id.clone(),
            synonyms: self.synonyms.clone(),
            place: self.place,
            is_other: self.other,
            is_archived: self.archived,
        }
    }
}

/// Draws categories, with what hangs on them in one query each.
pub fn category_outs(tx: &mut Tx<'_>, cx: &Cx, categories: Vec<Category>) -> Result<Vec<CategoryOut>> {
    if categories.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<CategoryId> = categories.iter().map(|category| category.id).collect();
    let mut words = synonyms::of(tx, cx.workspace(), &ids)?;
    let mut fields = required_fields::of(tx, cx.workspace(), &ids)?;
    let draw = |category: Category| CategoryOut {
        id: category.id,
        name: category.name,
        parent_id: category.parent,
        owner_id: category.owner,
        synonyms: words.remove(&category.id).unwrap_or_default(),
        place: category.place,
        other: category.is_other,
        archived: category.is_archived,
        replaced_by: category.replaced_by,
        required_field_ids: fields.remove(&category.id).unwrap_or_default(),
        version: category.version,
    };
    Ok(categories.into_iter().map(draw).collect())
}
