//! Passwords, hashed with argon2id (RFC 9106: 19 MiB, two passes, one lane), off the async threads.

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc};
use argon2::{Algorithm, Argon2, Params, Version};
use base::{Env, Error, Result};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::WEAK_PASSWORD;

/// Hashes at once; each takes 19 MiB.
static PLACES: Semaphore = Semaphore::const_new(2);
/// Passwords being hashed or waiting for it; whoever comes beyond that is told to come again.
static LINE: Semaphore = Semaphore::const_new(32);
/// Seconds after which the line is short again.
const SOON: u32 = 2;

/// A place in the line, and one to hash at.
async fn place() -> Result<(SemaphorePermit<'static>, SemaphorePermit<'static>)> {
    let waiting = LINE.try_acquire().map_err(|_| web::TOO_MANY.error().retry_in(SOON))?;
    let place = PLACES.acquire().await.map_err(|_| unable())?;
    Ok((waiting, place))
}

fn unable() -> Error {
    web::INTERNAL.error().caused_by("passwords cannot be hashed")
}

/// A stored hash, in PHC text.
pub type PasswordHash = String;

fn argon() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19 * 1024, 2, 1, None).unwrap_or_default())
}

/// Hashes a new password; at least 10 characters and at most 1,000.
pub fn hash_password(env: &Env, password: &str) -> Result<PasswordHash> {
    let length = password.chars().count();
    if !(10..=1000).contains(&length) {
        return Err(WEAK_PASSWORD.error());
    }
    let salt: [u8; 16] = env.random();
    let hash = argon().hash_password_with_salt(password.as_bytes(), &salt);
    hash.map(|hash| hash.to_string()).map_err(|error| web::INTERNAL.error().caused_by(error))
}

/// Hashes a new password away from the async threads.
pub async fn hash_new(env: &Env, password: String) -> Result<PasswordHash> {
    let _place = place().await?;
    let env = env.clone();
    let hash = tokio::task::spawn_blocking(move || hash_password(&env, &password));
    hash.await.map_err(|_| unable())?
}

/// Whether a password fits a stored hash; takes the same time without a hash. Refuses when too many wait.
pub async fn verify_password(password: String, stored: Option<PasswordHash>) -> Result<bool> {
    let _place = place().await?;
    let check = move || {
        let decoy = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$3w0c1Yw6YkH0T6dY3N1n9m0Yw6YkH0T6dY3N1n9m0Yw";
        let text = stored.as_deref().unwrap_or(decoy);
        let fits =
            phc::PasswordHash::new(text).is_ok_and(|hash| argon().verify_password(password.as_bytes(), &hash).is_ok());
        fits && stored.is_some()
    };
    tokio::task::spawn_blocking(check).await.map_err(|_| unable())
}
