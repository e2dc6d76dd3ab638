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
    /// Extensions that must be understood (RFC 7515, section 4.1.11); none is.
    crit: Option<serde_json::Value>,
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
pub(super) fn widget(tx: &mut Tx<'_>, secrets: &Secrets, key: &str, needs_keys: bool) -> Result<Option<Widget>> {
    let found = tx.first(
        "SELECT workspace_id, id, origins FROM widget_key WHERE key_text = $1 AND revoked_at IS NULL",
        &[&key],
        |row| Ok((row.get::<WorkspaceId>(0)?, row.get::<WidgetKeyId>(1)?, row.get::<String>(2)?)),
    )?;
    let Some((workspace, _, origins)) = found else {
        return Ok(None);
    };
    let origins = origins.split(' ').filter(|origin| !origin.is_empty()).map(str::to_owned).collect();
    let keys = if needs_keys { verify_keys(tx, secrets, workspace)? } else { Vec::new() };
    Ok(Some(Widget { workspace, origins, keys }))
}

fn verify_keys(tx: &mut Tx<'_>, secrets: &Secrets, workspace: WorkspaceId) -> Result<Vec<VerifyKey>> {
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
    if header.crit.is_some() {
        return Err(bad());
    }
    let mut fitting = keys.iter().filter(|key| key.algorithm == algorithm);
    if !fitting.any(|key| key.holds(signed.as_bytes(), &signature)) {
        return Err(bad());
    }
    let claims: Claims = part(claims).ok_or_else(bad)?;
    let now = now.seconds();
    let is_current = claims.exp > now - SKEW
        && claims.exp <= now + LONGEST + SKEW
        && claims.nbf.is_none_or(|from| from <= now + SKEW);
    let has_subject = !claims.sub.trim().is_empty() && claims.sub.len() <= 200 && !claims.sub.contains('\0');
    if !is_current || !has_subject {
        return Err(bad());
    }
    let email = claims.email.map(|email| Email::new(&email)).transpose().map_err(|_| bad())?;
    let name = claims.name.and_then(|name| base::text::Line::<200>::new(&name).ok()).map(String::from);
    Ok(Identity { subject: claims.sub, email, name })
}

fn part<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

impl VerifyKey {
    fn holds(&self, message: &[u8], signature: &[u8]) -> bool {
        match self.algorithm {
            KeyAlgorithm::Ed25519 => {
                let key = self.bytes.as_slice().try_into().ok().and_then(|bytes| VerifyingKey::from_bytes(bytes).ok());
                let signature = Signature::from_slice(signature).ok();
                key.zip(signature).is_some_and(|(key, signature)| key.verify(message, &signature).is_ok())
            }
            KeyAlgorithm::Hs256 => Hmac::<Sha256>::new_from_slice(&self.bytes).is_ok_and(|mut mac| {
                mac.update(message);
                mac.verify_slice(signature).is_ok()
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer, SigningKey};

    const NOW: Time = Time::from_micros(1_772_442_000_000_000);
    const SECRET: &[u8] = b"a shared secret of more than 32 bytes";

    fn signed(alg: &str, claims: serde_json::Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
        let header = serde_json::json!({"alg": alg, "typ": "JWT"});
        let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(&header), part(&claims));
        let signature = URL_SAFE_NO_PAD.encode(sign(text.as_bytes()));
        format!("{text}.{signature}")
    }

    fn hmac(secret: &[u8], message: &[u8]) -> Vec<u8> {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
        mac.update(message);
        mac.finalize().into_bytes().to_vec()
    }

    fn hs256(claims: serde_json::Value) -> String {
        signed("HS256", claims, |message| hmac(SECRET, message))
    }

    fn eddsa(seed: u8, claims: serde_json::Value) -> String {
        let key = SigningKey::from_bytes(&[seed; 32]);
        signed("EdDSA", claims, |message| key.sign(message).to_bytes().to_vec())
    }

    fn public(seed: u8) -> VerifyKey {
        let key = SigningKey::from_bytes(&[seed; 32]).verifying_key();
        VerifyKey { algorithm: KeyAlgorithm::Ed25519, bytes: key.to_bytes().to_vec() }
    }

    fn shared() -> VerifyKey {
        VerifyKey { algorithm: KeyAlgorithm::Hs256, bytes: SECRET.to_vec() }
    }

    fn claims(seconds: i64) -> serde_json::Value {
        serde_json::json!({"sub": "u-1", "exp": NOW.seconds() + seconds, "email": "lia@shop.test", "name": "Lia"})
    }

    fn is_refused(token: &str, keys: &[VerifyKey]) -> bool {
        verify(token, keys, NOW).is_err_and(|error| error.code() == &BAD_IDENTITY)
    }

    #[test]
    fn both_algorithms_say_who_the_customer_is() {
        for (token, key) in [(hs256(claims(300)), shared()), (eddsa(1, claims(300)), public(1))] {
            let identity = verify(&token, &[key], NOW).unwrap();
            assert_eq!(identity.subject, "u-1");
            assert_eq!(identity.email.unwrap().typed(), "lia@shop.test");
            assert_eq!(identity.name.as_deref(), Some("Lia"));
        }
    }

    #[test]
    fn a_token_lasts_ten_minutes_at_most_and_must_end() {
        assert!(verify(&hs256(claims(600)), &[shared()], NOW).is_ok());
        assert!(is_refused(&hs256(claims(900)), &[shared()]));
        assert!(is_refused(&hs256(claims(-61)), &[shared()]));
        assert!(is_refused(&hs256(serde_json::json!({"sub": "u-1"})), &[shared()]));
    }

    #[test]
    fn while_keys_rotate_both_hold_and_a_revoked_one_does_not() {
        let both = [public(1), public(2)];
        assert!(verify(&eddsa(1, claims(60)), &both, NOW).is_ok());
        assert!(verify(&eddsa(2, claims(60)), &both, NOW).is_ok());
        assert!(is_refused(&eddsa(1, claims(60)), &[public(2)]));
        assert!(is_refused(&eddsa(1, claims(60)), &[]));
    }

    #[test]
    fn a_public_key_is_no_shared_secret() {
        let key = public(1);
        let forged = signed("HS256", claims(60), |message| hmac(&key.bytes, message));
        assert!(is_refused(&forged, &[key]));
        let unsigned = signed("none", claims(60), |_| Vec::new());
        assert!(is_refused(&unsigned, &[public(1), shared()]));
    }

    #[test]
    fn a_changed_claim_or_an_unknown_critical_header_is_refused() {
        let token = hs256(claims(60));
        let (head, rest) = token.split_once('.').unwrap();
        let (_, signature) = rest.split_once('.').unwrap();
        let other = URL_SAFE_NO_PAD.encode(r#"{"sub":"u-2","exp":1772442060}"#);
        assert!(is_refused(&format!("{head}.{other}.{signature}"), &[shared()]));
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","crit":["b64"],"b64":false}"#);
        let text = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims(60).to_string()));
        let signature = URL_SAFE_NO_PAD.encode(hmac(SECRET, text.as_bytes()));
        assert!(is_refused(&format!("{text}.{signature}"), &[shared()]));
    }
}
