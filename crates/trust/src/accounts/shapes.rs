//! The shapes of signing in and of the workspace itself.

use base::text::{Email, Line};
use base::{Result, Time};
use db::Tx;
use serde::{Deserialize, Serialize};

use super::workspace;
use crate::access::Right;
use crate::doors::ProofKind;
use crate::house::Cx;
use crate::members::{Member, MemberOut};
use crate::nouns::WorkspaceId;

/// An address and a password.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// The account's address.
    pub email: Email,
    /// Its password.
    #[schema(max_length = 1000)]
    pub password: String,
    /// The workspace, when the account belongs to several.
    pub workspace_id: Option<WorkspaceId>,
}

/// Which workspace this is.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct WorkspaceBrief {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
}

base::words! {
    /// How the caller proved who they are.
    pub enum SessionVia {
        /// A session cookie.
        Session = "session",
        /// An API token.
        Token = "token",
    }
}

impl From<ProofKind> for SessionVia {
    fn from(kind: ProofKind) -> SessionVia {
        match kind {
            ProofKind::Session => SessionVia::Session,
            ProofKind::Token => SessionVia::Token,
        }
    }
}

/// Who is signed in, where, and with which rights.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SessionOut {
    /// The member; null for a token of the workspace.
    pub member: Option<MemberOut>,
    /// The workspace.
    pub workspace: WorkspaceBrief,
    /// What the caller may do.
    pub rights: Vec<Right>,
    /// How the caller proved it.
    pub via: SessionVia,
    /// When it ends at the latest; null for a token without an end.
    pub expires_at: Option<Time>,
}

impl SessionOut {
    /// The session of the actor in `cx`.
    pub fn read(tx: &mut Tx<'_>, cx: &Cx, via: SessionVia, expires_at: Option<Time>) -> Result<SessionOut> {
        let member = match cx.actor.member() {
            Some(member) => Some(Member::find(tx, cx, member.id)?.into()),
            None => None,
        };
        Ok(SessionOut {
            member,
            workspace: WorkspaceBrief { id: cx.workspace(), name: workspace::find(tx, cx)?.name.into() },
            rights: cx.actor.rights.list(),
            via,
            expires_at,
        })
    }
}

/// The workspace.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct WorkspaceOut {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// When it was founded.
    pub created_at: Time,
    /// Its version, for `If-Match`.
    pub version: i64,
}

/// A change of the workspace.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkspacePatch {
    /// The new name.
    pub name: Line<120>,
}

impl From<workspace::Workspace> for WorkspaceOut {
    fn from(found: workspace::Workspace) -> WorkspaceOut {
        WorkspaceOut { id: found.id, name: found.name.into(), created_at: found.created_at, version: found.version }
    }
}
