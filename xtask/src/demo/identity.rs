//! The identity token that a host app signs for its signed-in customer (RFC 7519, HS256, ten minutes at most).

use anyhow::Result;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use std::time::{Duration, SystemTime};

const LIFETIME: Duration = Duration::from_secs(9 * 60);

/// A signed token for one customer; `key_id` names the registered identity key.
pub fn token(secret: &str, key_id: &str, external_id: &str, email: &str, name: &str) -> Result<String> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let header = json!({"alg": "HS256", "typ": "JWT", "kid": key_id});
    let claims = json!({
        "sub": external_id, "email": email, "email_verified": true, "name": name,
        "iat": now.as_secs(), "exp": (now + LIFETIME).as_secs(),
    });
    let signed = format!("{}.{}", encode(&header), encode(&claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())?;
    mac.update(signed.as_bytes());
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())))
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}
