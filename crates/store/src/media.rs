//! Pictures, by the hash of their bytes.

use bedside_core::PracticeId;
use bedside_core::content::sha256_hex;
use jiff::Timestamp;

use crate::db::args;
use crate::{Error, Tx};

/// A picture as it will be published: re-encoded, without metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// SHA-256 in hexadecimal.
    pub sha256: String,
    pub mime: String,
    pub width: u32,
    pub height: u32,
    pub bytes: Vec<u8>,
}

impl Tx {
    /// Keeps a picture; the same bytes are kept once.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn keep_media(
        &mut self,
        practice: PracticeId,
        media: &Media,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.run(
            "INSERT INTO media (practice, sha256, mime, width, height, bytes, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (practice, sha256) DO NOTHING",
            args![practice, sha256_hex(&media.bytes), &media.mime, media.width, media.height, media.bytes.clone(), now],
        )
        .await?;
        Ok(())
    }

    /// One picture.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn media(
        &mut self,
        practice: PracticeId,
        sha256: &str,
    ) -> Result<Option<Media>, Error> {
        self.one(
            "SELECT sha256, mime, width, height, bytes FROM media WHERE practice = $1 AND sha256 = $2",
            args![practice, sha256],
        )
        .await?
        .map(|row| {
            Ok(Media {
                sha256: row.text("sha256")?,
                mime: row.text("mime")?,
                width: row.count("width")?,
                height: row.count("height")?,
                bytes: row.bytes("bytes")?,
            })
        })
        .transpose()
    }
}
