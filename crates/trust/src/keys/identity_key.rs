//! Identity keys: what a host app signs its customers' identities with, sealed under the id of their row.

use base::{Page, Result, Time};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use db::{Row, Tx};
use ed25519_dalek::VerifyingKey;
use serde_json::json;

use super::shapes::NewIdentityKey;
use super::{BAD_KEY, TOO_MANY_KEYS};
use crate::access::{Audience, Right};
use crate::accounts::workspace;
use crate::doors::KeyAlgorithm;
use crate::house::Cx;
use crate::log::{NewEvent, record};
use crate::nouns::IdentityKeyId;
use crate::paging::{PageQuery, id_cursor};

/// Keys that may hold at once.
const MOST: i64 = 10;
/// The number of the master key that seals.
const MASTER: i64 = 1;

/// An identity key, without the key.
#[derive(Clone, Debug)]
pub struct IdentityKeyRow {
    /// The id.
    pub id: IdentityKeyId,
    /// How the host app signs.
    pub algorithm: KeyAlgorithm,
    /// When it was added.
    pub created_at: Time,
}

fn read(row: &Row<'_>) -> Result<IdentityKeyRow> {
    Ok(IdentityKeyRow { id: row.get(0)?, algorithm: row.get(1)?, created_at: row.get(2)? })
}

/// The keys that hold, oldest first.
pub fn list(tx: &mut Tx<'_>, cx: &Cx, page: &PageQuery) -> Result<Page<IdentityKeyRow>> {
    let limit = page.limit()?;
    let more = i64::try_from(limit + 1).unwrap_or(1);
    let found = tx.all(
        "SELECT id, algorithm, created_at FROM identity_key WHERE workspace_id = $1 AND revoked_at IS NULL \
         AND id > $2 ORDER BY id LIMIT $3",
        &[&cx.workspace(), &page.after_id()?, &more],
        read,
    )?;
    Ok(Page::cut(found, limit, |key| id_cursor(key.id)))
}

/// Adds a key; those before it go on holding.
pub fn create(tx: &mut Tx<'_>, cx: &Cx, new: &NewIdentityKey) -> Result<IdentityKeyRow> {
    cx.require(Right::SettingsWrite)?;
    let bytes = bytes_of(new)?;
    workspace::lock(tx, cx)?;
    let held: Option<i64> = tx.first(
        "SELECT COUNT(*) FROM identity_key WHERE workspace_id = $1 AND revoked_at IS NULL",
        &[&cx.workspace()],
        |row| row.get(0),
    )?;
    if held.unwrap_or(0) >= MOST {
        return Err(TOO_MANY_KEYS.error());
    }
    let key = IdentityKeyRow { id: cx.new_id(), algorithm: new.algorithm, created_at: cx.env().now() };
    let sealed = cx.house().secrets.seal(cx.env(), key.id.uuid().as_bytes(), &bytes)?;
    tx.exec(
        "INSERT INTO identity_key (workspace_id, id, algorithm, key_bytes, sealed_with, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[&cx.workspace(), &key.id, &key.algorithm, &sealed, &MASTER, &key.created_at],
    )?;
    tell(tx, cx, "identity_key.created", key.id, 1, &json!({"algorithm": key.algorithm}))?;
    Ok(key)
}

/// Revokes a key; one that was revoked before stays so.
pub fn revoke(tx: &mut Tx<'_>, cx: &Cx, id: IdentityKeyId) -> Result<()> {
    cx.require(Right::SettingsWrite)?;
    let revoked = tx.first_locked(
        "SELECT revoked_at FROM identity_key WHERE workspace_id = $1 AND id = $2",
        &[&cx.workspace(), &id],
        |row| row.get::<Option<Time>>(0),
    )?;
    if revoked.ok_or_else(|| web::NOT_FOUND.error())?.is_some() {
        return Ok(());
    }
    tx.exec(
        "UPDATE identity_key SET revoked_at = $1 WHERE workspace_id = $2 AND id = $3",
        &[&cx.env().now(), &cx.workspace(), &id],
    )?;
    tell(tx, cx, "identity_key.revoked", id, 2, &json!({}))
}

fn tell(
    tx: &mut Tx<'_>,
    cx: &Cx,
    kind: &'static str,
    id: IdentityKeyId,
    seq: i64,
    data: &serde_json::Value,
) -> Result<()> {
    let event = NewEvent::new(kind, id.uuid(), seq, cx.env().now(), Audience::staff(), data);
    record(tx, cx, &[event])
}

fn bytes_of(new: &NewIdentityKey) -> Result<Vec<u8>> {
    let bytes = match (new.algorithm, &new.public_key, &new.secret) {
        (KeyAlgorithm::Ed25519, Some(text), None) => public_key(text),
        (KeyAlgorithm::Hs256, None, Some(secret)) => {
            (32..=512).contains(&secret.len()).then(|| secret.as_bytes().to_vec())
        }
        _ => None,
    };
    bytes.ok_or_else(|| BAD_KEY.error())
}

/// The 32 bytes of a public key in hex or base64; weak keys, which any signature fits, are refused.
fn public_key(text: &str) -> Option<Vec<u8>> {
    let text = text.trim().trim_end_matches('=');
    let bytes = match text.len() {
        64 => hex(text)?,
        _ => URL_SAFE_NO_PAD.decode(text).or_else(|_| STANDARD_NO_PAD.decode(text)).ok()?,
    };
    let key = VerifyingKey::from_bytes(bytes.as_slice().try_into().ok()?).ok()?;
    (!key.is_weak()).then_some(bytes)
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let pair = |pair: &[u32]| match pair {
        [high, low] => u8::try_from(high * 16 + low).ok(),
        _ => None,
    };
    digits?.chunks(2).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

    #[test]
    fn a_public_key_comes_in_hex_or_base64() {
        let bytes = public_key(HEX).unwrap();
        assert_eq!(public_key(&URL_SAFE_NO_PAD.encode(&bytes)), Some(bytes.clone()));
        assert_eq!(public_key(&base64::engine::general_purpose::STANDARD.encode(&bytes)), Some(bytes));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let weak = "00".repeat(32);
        for text in ["", "abc", &HEX[2..], "zz", &weak, "é"] {
            assert_eq!(public_key(text), None, "{text}");
        }
    }

    #[test]
    fn a_key_goes_with_its_own_algorithm_only() {
        let new = |algorithm, public_key: Option<&str>, secret: Option<&str>| NewIdentityKey {
            algorithm,
            public_key: public_key.map(str::to_owned),
            secret: secret.map(str::to_owned),
        };
        let long = "s".repeat(32);
        assert!(bytes_of(&new(KeyAlgorithm::Ed25519, Some(HEX), None)).is_ok());
        assert!(bytes_of(&new(KeyAlgorithm::Hs256, None, Some(&long))).is_ok());
        assert!(bytes_of(&new(KeyAlgorithm::Hs256, Some(HEX), None)).is_err());
        assert!(bytes_of(&new(KeyAlgorithm::Ed25519, None, Some(&long))).is_err());
        assert!(bytes_of(&new(KeyAlgorithm::Ed25519, Some(HEX), Some(&long))).is_err());
        assert!(bytes_of(&new(KeyAlgorithm::Hs256, None, Some(&long[1..]))).is_err());
    }
}
