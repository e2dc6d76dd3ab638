//! The master key of an installation, and what is derived from it; stored secrets are sealed with it.
//! Rule: it lives in a file outside the database (or a file the settings name), readable by its owner alone.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use base::{Code, Env, Error, Kind, Result};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;

static KEY_FILE: Code = Code::new(
    Kind::Unavailable,
    "key_file",
    "The master key cannot be read.",
    "See `secrets.key_file` in the settings: 32 bytes, readable by the server alone. A backup without it cannot open sealed secrets.",
);
static WRONG_KEY: Code = Code::new(
    Kind::Unavailable,
    "wrong_key",
    "A stored secret cannot be opened with this master key.",
    "Start with the key file that sealed it.",
);

/// The codes of this part.
pub static CODES: &[&Code] = &[&KEY_FILE, &WRONG_KEY];

/// The master key.
#[derive(Clone)]
pub struct Secrets {
    master: [u8; 32],
}

impl Secrets {
    /// Reads the key file, making it on the first start.
    pub fn open(path: &Path, env: &Env) -> Result<Secrets> {
        match std::fs::read(path) {
            Ok(bytes) => match bytes.as_slice().try_into() {
                Ok(master) => Ok(Secrets { master }),
                Err(_) => Err(KEY_FILE.error().caused_by("the file does not hold 32 bytes")),
            },
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Secrets::make(path, env),
            Err(error) => Err(KEY_FILE.error().caused_by(error)),
        }
    }

    fn make(path: &Path, env: &Env) -> Result<Secrets> {
        let master = env.random();
        let write = || {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
            file.write_all(&master)?;
            file.sync_all()
        };
        write().map_err(|error| KEY_FILE.error().caused_by(error))?;
        Ok(Secrets { master })
    }

    /// A key of 32 bytes for one purpose (HMAC-SHA256 of its name).
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        self.mac(&[purpose.as_bytes()])
    }

    /// A tag over parts, for links that carry their own proof.
    pub fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        // HMAC takes keys of any length, so making one cannot fail.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.master) else {
            return [0; 32];
        };
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// Seals bytes for one place (XChaCha20-Poly1305; the nonce leads).
    pub fn seal(&self, env: &Env, place: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        let nonce: [u8; 24] = env.random();
        let cipher = XChaCha20Poly1305::new(&self.derive("sealed").into());
        let sealed = cipher
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: place })
            .map_err(|error| -> Error { WRONG_KEY.error().caused_by(error) })?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed for the same place.
    pub fn open_sealed(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
        let wrong = || WRONG_KEY.error();
        let (nonce, text) = sealed.split_at_checked(24).ok_or_else(wrong)?;
        let nonce: [u8; 24] = nonce.try_into().map_err(|_| wrong())?;
        let cipher = XChaCha20Poly1305::new(&self.derive("sealed").into());
        cipher.decrypt(&XNonce::from(nonce), Payload { msg: text, aad: place }).map_err(|_| wrong())
    }
}
