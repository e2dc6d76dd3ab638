//! Secret links an administrator copies: their secret stands in the fragment, which browsers send to no server.
//! Rule: stored as a hash, used once, and only until they expire.

use base::{Result, Time};
use db::Tx;

use super::LINK_INVALID;
use super::member::Member;
use crate::accounts::session::{hash_secret, new_secret};
use crate::forgetting::AT_ONCE;
use crate::house::Cx;
use crate::nouns::{AccountId, MemberId, WorkspaceId};

base::words! {
    /// What a link is for.
    pub enum LinkKind {
        /// Joining the workspace.
        Invite = "invite",
        /// Setting a new password.
        Reset = "reset",
    }
}

/// A link that was just made; its secret is nowhere else.
pub struct Link {
    /// The whole address.
    pub address: String,
    /// When it ends.
    pub expires_at: Time,
}

/// What a link that holds stands for.
#[derive(Clone, Debug)]
pub(super) struct Bearer {
    pub(super) hash: [u8; 32],
    pub(super) workspace: WorkspaceId,
    pub(super) member: MemberId,
    pub(super) account: AccountId,
    pub(super) email_folded: base::Personal<String>,
    pub(super) password_hash: Option<String>,
}

/// Makes a link for a member; earlier ones of the member end.
pub(super) fn make(tx: &mut Tx<'_>, cx: &Cx, member: &Member, kind: LinkKind) -> Result<Link> {
    void_all(tx, cx, member.id)?;
    let (secret, hash) = new_secret(cx.env(), "");
    let now = cx.env().now();
    let settings = &cx.house().settings;
    let expires_at = now.plus_seconds(settings.link_hours * 3600);
    tx.exec(
        "INSERT INTO secret_link (token_hash, workspace_id, member_id, account_id, kind, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[&hash, &cx.workspace(), &member.id, &member.account, &kind, &now, &expires_at],
    )?;
    let address = format!("{}/{kind}#{secret}", settings.public_url.trim_end_matches('/'));
    Ok(Link { address, expires_at })
}

/// Ends every open link of a member.
pub(super) fn void_all(tx: &mut Tx<'_>, cx: &Cx, member: MemberId) -> Result<()> {
    tx.exec(
        "UPDATE secret_link SET used_at = $1 WHERE workspace_id = $2 AND member_id = $3 AND used_at IS NULL",
        &[&cx.env().now(), &cx.workspace(), &member],
    )?;
    Ok(())
}

/// Finds what a secret stands for, if its link holds.
pub(super) fn find(tx: &mut Tx<'_>, secret: &str, kind: LinkKind, now: Time) -> Result<Bearer> {
    let hash = hash_secret(secret);
    let found = tx.first(
        "SELECT l.workspace_id, l.member_id, l.account_id, a.email_folded, a.password_hash FROM secret_link l \
         JOIN account a ON a.id = l.account_id \
         WHERE l.token_hash = $1 AND l.kind = $2 AND l.used_at IS NULL AND l.expires_at > $3",
        &[&hash, &kind, &now],
        |row| {
            Ok(Bearer {
                hash,
                workspace: row.get(0)?,
                member: row.get(1)?,
                account: row.get(2)?,
                email_folded: row.get(3)?,
                password_hash: row.get(4)?,
            })
        },
    )?;
    found.ok_or_else(|| LINK_INVALID.error())
}

/// Uses the link up; refuses when somebody was faster.
pub(super) fn spend(tx: &mut Tx<'_>, bearer: &Bearer, now: Time) -> Result<()> {
    let used = tx.exec(
        "UPDATE secret_link SET used_at = $1 WHERE workspace_id = $2 AND token_hash = $3 AND used_at IS NULL \
         AND expires_at > $1",
        &[&now, &bearer.workspace, &bearer.hash],
    )?;
    if used == 1 { Ok(()) } else { Err(LINK_INVALID.error()) }
}

/// Forgets links that ended 30 days ago, a bounded number at a time; says how many.
pub fn forget_ended(tx: &mut Tx<'_>, now: Time) -> Result<u64> {
    tx.exec(
        "DELETE FROM secret_link WHERE token_hash IN \
         (SELECT token_hash FROM secret_link WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)",
        &[&now.plus_days(-30), &AT_ONCE],
    )
}
