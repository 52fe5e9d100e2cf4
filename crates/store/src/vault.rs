//! Secrets at rest: XChaCha20-Poly1305 under a key that is kept outside the database.

use bedside_core::world::World;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use crate::Error;

/// Encrypts and decrypts secrets of rows. What is sealed for one row cannot be opened in another.
pub struct Vault {
    cipher: XChaCha20Poly1305,
    world: World,
}

const NONCE: usize = 24;

impl Vault {
    /// `key` is the installation's own; whoever has it and the database can read the secrets.
    #[must_use]
    pub fn new(key: &[u8; 32], world: World) -> Self {
        Self {
            cipher: XChaCha20Poly1305::new(key.into()),
            world,
        }
    }

    /// Encrypts for the row that `place` names.
    pub(crate) fn seal(&self, place: &str, secret: &[u8]) -> Result<Vec<u8>, Error> {
        let nonce: [u8; NONCE] = self.world.bytes();
        let sealed = self
            .cipher
            .encrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: secret,
                    aad: place.as_bytes(),
                },
            )
            .map_err(|_| Error::Key)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Decrypts what was sealed for `place`.
    pub(crate) fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE).ok_or(Error::Key)?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| Error::Key)?;
        self.cipher
            .decrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: sealed,
                    aad: place.as_bytes(),
                },
            )
            .map_err(|_| Error::Key)
    }
}

#[cfg(test)]
mod tests {
    use bedside_core::world::testing::still_world;

    use super::*;

    #[test]
    fn what_is_sealed_opens_only_in_its_place_and_only_whole() {
        let vault = Vault::new(&[7; 32], still_world("2026-03-02T10:42:00Z").0);
        let sealed = vault.seal("channel 1", b"app-password").unwrap();
        assert_eq!(vault.open("channel 1", &sealed).unwrap(), b"app-password");
        assert!(vault.open("channel 2", &sealed).is_err());
        assert!(vault.open("channel 1", &sealed[..20]).is_err());
        let mut bent = sealed.clone();
        *bent.last_mut().unwrap() ^= 1;
        assert!(vault.open("channel 1", &bent).is_err());
        assert!(!sealed.windows(12).any(|window| window == b"app-password"));
        assert!(
            Vault::new(&[8; 32], still_world("2026-03-02T10:42:00Z").0)
                .open("channel 1", &sealed)
                .is_err()
        );
    }
}
