//! The one-time code that the program prints at its first run.

use bedside_core::content::sha256_hex;
use bedside_core::world::World;
use bedside_store::{Error, Store};

pub(crate) const CODE: &str = "first_run_code";

/// Letters and digits that nobody confuses.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// Makes a new code for the first sign-in and keeps its hash, as long as no practice exists; an older code stops
/// working. `None` when set-up is done.
///
/// # Errors
/// When the store fails.
pub async fn first_run_code(store: &Store, world: &World) -> Result<Option<String>, Error> {
    let mut tx = store.write().await?;
    if !tx.practices().await?.is_empty() {
        return Ok(None);
    }
    let letters: Vec<char> = world
        .bytes::<12>()
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
        .collect();
    let code: Vec<String> = letters
        .chunks(4)
        .map(|part| part.iter().collect())
        .collect();
    let code = code.join("-");
    tx.set_installation(CODE, Some(&sha256_hex(clean(&code).as_bytes())))
        .await?;
    tx.commit().await?;
    Ok(Some(code))
}

/// A code as it is compared: people type spaces, small letters, no hyphens.
pub(crate) fn clean(code: &str) -> String {
    code.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_compared_without_their_dress() {
        assert_eq!(clean("abcd-efgh 2345"), "ABCDEFGH2345");
    }
}
