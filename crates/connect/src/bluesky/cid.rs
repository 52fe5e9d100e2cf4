//! The content identifier that the network gives to a picture: CID version 1, raw bytes, SHA-256, in base 32
//! (github.com/multiformats/cid). Computed here, the frozen post can name its pictures before any of them is sent, and
//! a server that kept other bytes is found out.

const VERSION_1: u8 = 0x01;
const RAW: u8 = 0x55;
const SHA2_256: u8 = 0x12;
const DIGEST_LENGTH: u8 = 32;
const SIGNS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// The identifier of bytes with this SHA-256.
#[must_use]
pub fn of_raw(sha256: &[u8; 32]) -> String {
    let mut bytes = vec![VERSION_1, RAW, SHA2_256, DIGEST_LENGTH];
    bytes.extend_from_slice(sha256);
    // "b" is multibase for lower-case base 32 without padding.
    let mut text = String::from("b");
    let mut held: u32 = 0;
    let mut bits = 0;
    for byte in bytes {
        held = held << 8 | u32::from(byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(sign(held >> bits));
        }
    }
    if bits > 0 {
        text.push(sign(held << (5 - bits)));
    }
    text
}

fn sign(value: u32) -> char {
    char::from(SIGNS[usize::try_from(value & 31).unwrap_or_default()])
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::of_raw;

    #[test]
    fn known_identifiers_come_out() {
        // The empty file's identifier is published in many places, IPFS documentation among them.
        let empty: [u8; 32] = Sha256::digest(b"").into();
        assert_eq!(
            of_raw(&empty),
            "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
        );
    }
}
