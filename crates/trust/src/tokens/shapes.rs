//! The shapes of API tokens.

use base::Time;
use base::text::Line;
use serde::{Deserialize, Serialize};

use super::token::{ApiToken, TokenKind};
use crate::access::Right;
use crate::nouns::{MemberId, TokenId};

/// A token to make.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What you call it.
    pub name: Line<80>,
    /// Whom it acts as.
    pub kind: TokenKind,
    /// What it may do; never more than you may.
    #[schema(min_items = 1)]
    pub rights: Vec<Right>,
    /// Days until it ends, 1 to 3650; it does not end by itself when absent.
    #[schema(minimum = 1, maximum = 3650)]
    pub expires_in_days: Option<i64>,
}

/// A token, without its secret.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TokenOut {
    /// The id.
    pub id: TokenId,
    /// What its maker calls it.
    pub name: String,
    /// Whom it acts as.
    pub kind: TokenKind,
    /// What it may do at most; a personal token also never more than its member.
    pub rights: Vec<Right>,
    /// The member it acts as; null for a token of the workspace.
    pub member_id: Option<MemberId>,
    /// When it was made.
    pub created_at: Time,
    /// When it ends; null when it does not end by itself.
    pub expires_at: Option<Time>,
    /// When it was last used, to the hour.
    pub last_used_at: Option<Time>,
}

/// A token that was just made, with its secret.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TokenMadeOut {
    /// The token.
    #[serde(flatten)]
    pub made: TokenOut,
    /// Its secret, `ms_…`; shown this once.
    pub token: String,
}

impl From<ApiToken> for TokenOut {
    fn from(token: ApiToken) -> TokenOut {
        TokenOut {
            id: token.id,
            name: token.name.into(),
            kind: token.kind,
            rights: token.rights.list(),
            member_id: token.member,
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.used_at,
        }
    }
}
