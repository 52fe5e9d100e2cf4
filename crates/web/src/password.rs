//! Passwords: Argon2id, each with its own salt.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::app::App;
use crate::error::Error;

/// OWASP's recommendation for Argon2id: 19 MiB, two passes, one lane.
fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::default())
}

/// Hashes a password where no request waits: for set-up from the command line.
///
/// # Errors
/// When it cannot be hashed.
pub fn hash_now(password: &str, salt: &[u8; 16]) -> Result<String, Error> {
    argon2()
        .hash_password_with_salt(password.as_bytes(), salt)
        .map(|hash| hash.to_string())
        .map_err(|error| Error::Ours(format!("a password could not be hashed: {error}")))
}

/// Hashes a new password.
pub(crate) async fn hash(app: &App, password: String) -> Result<String, Error> {
    let salt: [u8; 16] = app.world.bytes();
    let _turn = app.hashing.acquire().await.map_err(|_| Error::Busy)?;
    tokio::task::spawn_blocking(move || hash_now(&password, &salt))
        .await
        .map_err(|_| Error::Ours("hashing was interrupted".into()))?
}

/// Whether the password is the one that was hashed. Without a hash the same work is done, so that the time taken does
/// not tell whether someone is known.
pub(crate) async fn matches(
    app: &App,
    password: String,
    hash: Option<String>,
) -> Result<bool, Error> {
    let _turn = app.hashing.acquire().await.map_err(|_| Error::Busy)?;
    tokio::task::spawn_blocking(move || match hash {
        Some(hash) => PasswordHash::new(&hash)
            .is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok()),
        None => {
            let _ = argon2().hash_password_with_salt(password.as_bytes(), &[0; 16]);
            false
        }
    })
    .await
    .map_err(|_| Error::Ours("hashing was interrupted".into()))
}
