//! Customers by an identity token of the host app: a compact JWS (RFC 7515) with EdDSA or HS256.
//! Rule: `exp` is required and at most ten minutes away; several keys hold at once, so that they can be rotated.

use base::text::Email;
use base::{Code, Kind, Result, Time};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use db::Tx;
use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;

use crate::access::Identity;
use crate::nouns::{IdentityKeyId, WidgetKeyId, WorkspaceId};
use crate::secrets::Secrets;

/// The identity token is not valid.
pub static BAD_IDENTITY: Code = Code::new(
    Kind::Unauthenticated,
    "bad_identity",
    "The identity token is not valid.",
    "Let the host app sign a new one: EdDSA or HS256, `sub`, and an `exp` at most ten minutes away.",
);
/// The widget key is unknown.
pub static UNKNOWN_WIDGET: Code = Code::new(
    Kind::Unauthenticated,
    "unknown_widget",
    "This widget key is not known, or was revoked.",
    "Send a widget key of the workspace in `X-Widget-Key`.",
);
/// The page is not one of the widget's.
pub static WRONG_ORIGIN: Code = Code::new(
    Kind::Forbidden,
    "wrong_origin",
    "This widget key does not allow the page's origin.",
    "Add the origin to the widget key's allowed origins.",
);

/// Minutes an identity token may last, and the seconds clocks may differ.
const LONGEST: i64 = 600;
const SKEW: i64 = 60;

base::words! {
    /// How the host app signs.
    pub enum KeyAlgorithm {
        /// Ed25519 (RFC 8037).
        Ed25519 = "ed25519",
        /// HMAC with SHA-256 (RFC 7518).
        Hs256 = "hs256",
    }
}

/// A key that identity tokens are checked with.
pub struct VerifyKey {
    /// How it signs.
    pub algorithm: KeyAlgorithm,
    /// The public key or the shared secret.
    pub bytes: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: i64,
    nbf: Option<i64>,
    email: Option<String>,
    name: Option<String>,
}

/// A widget key that holds.
pub(super) struct Widget {
    pub(super) workspace: WorkspaceId,
    pub(super) origins: Vec<String>,
    pub(super) keys: Vec<VerifyKey>,
}

/// Finds a widget key, with the workspace's identity keys when a token is to be checked.
pub(super) fn widget(
    tx: &mut Tx<'_>,
    secrets: &Secrets,
    key: &str,
    needs_keys: bool,
) -> Result<Option<Widget>> {
    let found = tx.first(
        "SELECT workspace_id, id, origins FROM widget_key WHERE key_text = $1 AND revoked_at IS NULL",
        &[&key],
        |row| Ok((row.get::<WorkspaceId>(0)?, row.get::<WidgetKeyId>(1)?, row.get::<String>(2)?)),
    )?;
    let Some((workspace, _, origins)) = found else {
        return Ok(None);
    };
    let origins = origins
        .split(' ')
        .filter(|origin| !origin.is_empty())
        .map(str::to_owned)
        .collect();
    let keys = if needs_keys {
        verify_keys(tx, secrets, workspace)?
    } else {
        Vec::new()
    };
    Ok(Some(Widget {
        workspace,
        origins,
        keys,
    }))
}

fn verify_keys(
    tx: &mut Tx<'_>,
    secrets: &Secrets,
    workspace: WorkspaceId,
) -> Result<Vec<VerifyKey>> {
    let sealed = tx.all(
        "SELECT id, algorithm, key_bytes FROM identity_key WHERE workspace_id = $1 AND revoked_at IS NULL",
        &[&workspace],
        |row| Ok((row.get::<IdentityKeyId>(0)?, row.get(1)?, row.get::<Vec<u8>>(2)?)),
    )?;
    sealed
        .into_iter()
        .map(|(id, algorithm, bytes)| {
            let bytes = secrets.open_sealed(id.uuid().as_bytes(), &bytes)?;
            Ok(VerifyKey { algorithm, bytes })
        })
        .collect()
}

/// Checks a token and gives what the host app says under its signature.
pub fn verify(token: &str, keys: &[VerifyKey], now: Time) -> Result<Identity> {
    let bad = || BAD_IDENTITY.error();
    let (signed, signature) = token.rsplit_once('.').ok_or_else(bad)?;
    let (header, claims) = signed.split_once('.').ok_or_else(bad)?;
    if token.len() > 4096 {
        return Err(bad());
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| bad())?;
    let header: Header = part(header).ok_or_else(bad)?;
    let algorithm = match header.alg.as_str() {
        "EdDSA" => KeyAlgorithm::Ed25519,
        "HS256" => KeyAlgorithm::Hs256,
        _ => return Err(bad()),
    };
    let mut fitting = keys.iter().filter(|key| key.algorithm == algorithm);
    if !fitting.any(|key| key.holds(signed.as_bytes(), &signature)) {
        return Err(bad());
    }
    let claims: Claims = part(claims).ok_or_else(bad)?;
    let now = now.seconds();
    let is_current = claims.exp > now - SKEW
        && claims.exp <= now + LONGEST + SKEW
        && claims.nbf.is_none_or(|from| from <= now + SKEW);
    let has_subject =
        !claims.sub.trim().is_empty() && claims.sub.len() <= 200 && !claims.sub.contains('\0');
    if !is_current || !has_subject {
        return Err(bad());
    }
    let email = claims
        .email
        .map(|email| Email::new(&email))
        .transpose()
        .map_err(|_| bad())?;
    let name = claims
        .name
        .and_then(|name| base::text::Line::<200>::new(&name).ok())
        .map(String::from);
    Ok(Identity {
        subject: claims.sub,
        email,
        name,
    })
}

fn part<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

impl VerifyKey {
    fn holds(&self, message: &[u8], signature: &[u8]) -> bool {
        match self.algorithm {
            KeyAlgorithm::Ed25519 => {
                let key = self
                    .bytes
                    .as_slice()
                    .try_into()
                    .ok()
                    .and_then(|bytes| VerifyingKey::from_bytes(bytes).ok());
                let signature = Signature::from_slice(signature).ok();
                key.zip(signature)
                    .is_some_and(|(key, signature)| key.verify(message, &signature).is_ok())
            }
            KeyAlgorithm::Hs256 => {
                Hmac::<Sha256>::new_from_slice(&self.bytes).is_ok_and(|mut mac| {
                    mac.update(message);
                    mac.verify_slice(signature).is_ok()
                })
            }
        }
    }
}
