//! Sessions: 256 random bits in a `__Host-` cookie, stored as a hash, with an idle and an absolute end.

use base::{Result, Time};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::Tx;
use http::HeaderMap;
use sha2::{Digest, Sha256};

use crate::forgetting::AT_ONCE;
use crate::house::House;
use crate::nouns::{AccountId, MemberId, WorkspaceId};

/// The cookie's name; the prefix makes browsers insist on `Secure`, `Path=/` and no domain.
pub const COOKIE: &str = "__Host-mainstay";

/// A session that holds.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    /// Whose it is.
    pub account: AccountId,
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// As which member.
    pub member: MemberId,
    /// When it ends at the latest.
    pub expires_at: Time,
    seen_at: Time,
}

/// The hash a secret is stored under.
pub fn hash_secret(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// A new secret with a prefix, and its hash.
pub fn new_secret(env: &base::Env, prefix: &str) -> (String, [u8; 32]) {
    let secret = format!("{prefix}{}", URL_SAFE_NO_PAD.encode(env.random::<32>()));
    let hash = hash_secret(&secret);
    (secret, hash)
}

impl Session {
    /// Opens a session and gives its secret.
    pub fn open(
        tx: &mut Tx<'_>,
        house: &House,
        account: AccountId,
        workspace: WorkspaceId,
        member: MemberId,
    ) -> Result<(String, Session)> {
        let (secret, hash) = new_secret(&house.env, "");
        let now = house.env.now();
        let expires_at = now.plus_days(house.settings.session_days);
        tx.exec(
            "INSERT INTO session (token_hash, account_id, workspace_id, member_id, created_at, seen_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &[&hash, &account, &workspace, &member, &now, &now, &expires_at],
        )?;
        Ok((secret, Session { account, workspace, member, expires_at, seen_at: now }))
    }

    /// Finds the session of a secret's hash, if it still holds.
    pub fn find(tx: &mut Tx<'_>, house: &House, hash: &[u8; 32]) -> Result<Option<Session>> {
        let found = tx.first(
            "SELECT account_id, workspace_id, member_id, expires_at, seen_at FROM session WHERE token_hash = $1",
            &[hash],
            |row| {
                Ok(Session {
                    account: row.get(0)?,
                    workspace: row.get(1)?,
                    member: row.get(2)?,
                    expires_at: row.get(3)?,
                    seen_at: row.get(4)?,
                })
            },
        )?;
        let now = house.env.now();
        let idle = house.settings.session_idle_hours * 3600;
        Ok(found.filter(|session| now < session.expires_at && now < session.seen_at.plus_seconds(idle)))
    }

    /// Whether its last use should be written down again; once every ten minutes is enough.
    pub fn is_stale(&self, now: Time) -> bool {
        now > self.seen_at.plus_seconds(600)
    }

    /// Writes down its last use.
    pub fn touch(tx: &mut Tx<'_>, hash: &[u8; 32], now: Time) -> Result<()> {
        tx.exec("UPDATE session SET seen_at = $1 WHERE token_hash = $2", &[&now, hash])?;
        Ok(())
    }
}

/// Ends the session of a secret's hash.
pub fn sign_out(tx: &mut Tx<'_>, hash: &[u8; 32]) -> Result<()> {
    tx.exec("DELETE FROM session WHERE token_hash = $1", &[hash])?;
    Ok(())
}

/// Ends every session of a member.
pub fn sign_out_everywhere(tx: &mut Tx<'_>, workspace: WorkspaceId, member: MemberId) -> Result<()> {
    tx.exec("DELETE FROM session WHERE workspace_id = $1 AND member_id = $2", &[&workspace, &member])?;
    Ok(())
}

/// The session secret in a request's cookies.
pub fn secret_of(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(http::header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|text| text.split(';')).find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

/// The `Set-Cookie` of a secret; an empty secret takes the cookie away.
pub fn cookie(secret: &str, seconds: i64) -> String {
    format!("{COOKIE}={secret}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}")
}

/// Forgets sessions that ended, a bounded number at a time; says how many.
pub fn forget_ended(tx: &mut Tx<'_>, now: Time) -> Result<u64> {
    tx.exec(
        "DELETE FROM session WHERE token_hash IN \
         (SELECT token_hash FROM session WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)",
        &[&now, &AT_ONCE],
    )
}

/// Forgets attempts that count no longer, a bounded number at a time; says how many.
pub fn forget_attempts(tx: &mut Tx<'_>, now: Time) -> Result<u64> {
    tx.exec(
        "DELETE FROM sign_in_attempt WHERE subject IN \
         (SELECT subject FROM sign_in_attempt WHERE first_at < $1 ORDER BY first_at LIMIT $2)",
        &[&now.plus_seconds(-3600), &AT_ONCE],
    )
}
