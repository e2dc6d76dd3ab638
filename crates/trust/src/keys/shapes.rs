//! The shapes of widget keys and identity keys.

use base::Time;
use base::text::Line;
use serde::{Deserialize, Serialize};

use super::identity_key::IdentityKeyRow;
use super::origin::WebOrigin;
use super::widget_key::WidgetKeyRow;
use crate::doors::KeyAlgorithm;
use crate::nouns::{IdentityKeyId, WidgetKeyId};

/// A widget key to make.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWidgetKey {
    /// What you call it.
    pub name: Line<80>,
    /// The origins of the pages it works on, at most 20.
    #[schema(max_items = 20)]
    pub allowed_origins: Vec<WebOrigin>,
}

/// A change of a widget key; what is absent stays.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WidgetKeyPatch {
    /// What you call it.
    pub name: Option<Line<80>>,
    /// All origins of the pages it works on, at most 20.
    #[schema(max_items = 20)]
    pub allowed_origins: Option<Vec<WebOrigin>>,
}

/// A widget key; it is public and names the workspace to its widget.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct WidgetKeyOut {
    /// The id.
    pub id: WidgetKeyId,
    /// What it is called.
    pub name: String,
    /// The key, `wk_…`.
    pub key: String,
    /// The origins it works on.
    pub allowed_origins: Vec<String>,
    /// When it was made.
    pub created_at: Time,
    /// The version, for `If-Match`.
    pub version: i64,
}

impl From<WidgetKeyRow> for WidgetKeyOut {
    fn from(key: WidgetKeyRow) -> WidgetKeyOut {
        WidgetKeyOut {
            id: key.id,
            name: key.name.into(),
            key: key.key,
            allowed_origins: key.origins,
            created_at: key.created_at,
            version: key.version,
        }
    }
}

/// An identity key to add.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIdentityKey {
    /// How the host app signs.
    pub algorithm: KeyAlgorithm,
    /// For `ed25519`: the 32 bytes of the public key, in base64 or hex.
    #[schema(max_length = 100)]
    pub public_key: Option<String>,
    /// For `hs256`: the shared secret, 32 to 512 bytes of text.
    #[schema(min_length = 32, max_length = 512)]
    pub secret: Option<String>,
}

/// An identity key; the key itself is never shown again.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct IdentityKeyOut {
    /// The id.
    pub id: IdentityKeyId,
    /// How the host app signs.
    pub algorithm: KeyAlgorithm,
    /// When it was added.
    pub created_at: Time,
}

impl From<IdentityKeyRow> for IdentityKeyOut {
    fn from(key: IdentityKeyRow) -> IdentityKeyOut {
        IdentityKeyOut { id: key.id, algorithm: key.algorithm, created_at: key.created_at }
    }
}
