//! A post's record, settled byte for byte (app.bsky.feed.post). Whatever the network limits is checked here, before
//! anything is sent, so that a person hears it while there is time.

use bedside_core::network::{Frozen, Parcel, Picture, PictureBytes, Trouble};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use unicode_segmentation::UnicodeSegmentation;

use super::facets::{Facet, facets};
use super::{cid, tid};

/// The collection that posts live in.
pub const COLLECTION: &str = "app.bsky.feed.post";
/// Longest text: in grapheme clusters ...
pub const TEXT_GRAPHEMES: usize = 300;
/// ... and in bytes of UTF-8; both count (app.bsky.feed.post).
pub const TEXT_BYTES: usize = 3_000;
/// Most pictures in a post (app.bsky.embed.images).
pub const PICTURES: usize = 4;
/// Largest picture, in bytes (app.bsky.embed.images).
pub const PICTURE_BYTES: u64 = 2_000_000;
/// Longest description of a picture, in grapheme clusters: what the network's own program lets people write.
pub const ALT_GRAPHEMES: usize = 2_000;

#[derive(Serialize)]
struct Record<'a> {
    #[serde(rename = "$type")]
    kind: &'static str,
    text: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    facets: Vec<Facet>,
    #[serde(skip_serializing_if = "Option::is_none")]
    embed: Option<Embed<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    langs: Vec<&'a str>,
    #[serde(rename = "createdAt")]
    created_at: String,
}

#[derive(Serialize)]
struct Embed<'a> {
    #[serde(rename = "$type")]
    kind: &'static str,
    images: Vec<Image<'a>>,
}

#[derive(Serialize)]
struct Image<'a> {
    alt: &'a str,
    #[serde(rename = "aspectRatio", skip_serializing_if = "Option::is_none")]
    aspect_ratio: Option<AspectRatio>,
    image: Blob,
}

#[derive(Serialize)]
struct AspectRatio {
    width: u32,
    height: u32,
}

/// A reference to uploaded bytes, as it stands in a record and as the server answers an upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blob {
    #[serde(rename = "$type")]
    kind: String,
    #[serde(rename = "ref")]
    link: Link,
    #[serde(rename = "mimeType")]
    mime: String,
    size: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Link {
    #[serde(rename = "$link")]
    cid: String,
}

impl Blob {
    fn new(sha256: &[u8; 32], mime: &str, size: u64) -> Self {
        Self {
            kind: "blob".to_owned(),
            link: Link {
                cid: cid::of_raw(sha256),
            },
            mime: mime.to_owned(),
            size,
        }
    }

    /// The reference that these bytes will have.
    #[must_use]
    pub fn of(picture: &PictureBytes) -> Self {
        let sha256: [u8; 32] = Sha256::digest(&picture.bytes).into();
        Self::new(&sha256, &picture.mime, picture.bytes.len() as u64)
    }

    /// Whether the bytes are the same, whatever they are said to be.
    #[must_use]
    pub fn same_bytes(&self, other: &Self) -> bool {
        self.link == other.link && self.size == other.size
    }
}

/// Settles the key and the bytes of a post.
///
/// # Errors
/// [`Trouble::Refused`] with a sentence that says which limit it is over and by how much.
pub fn freeze(parcel: &Parcel) -> Result<Frozen, Trouble> {
    check(parcel)?;
    let key = tid::tid(parcel.created_at, parcel.key_seed)
        .ok_or_else(|| refused("The date of this post cannot be right. Choose another time."))?;
    let images: Vec<Image<'_>> = parcel.pictures.iter().map(image).collect();
    let record = Record {
        kind: COLLECTION,
        text: &parcel.text,
        facets: facets(&parcel.text, &parcel.mentions),
        embed: (!images.is_empty()).then_some(Embed {
            kind: "app.bsky.embed.images",
            images,
        }),
        langs: if is_language(&parcel.language) {
            vec![&parcel.language]
        } else {
            Vec::new()
        },
        created_at: parcel
            .created_at
            .strftime("%Y-%m-%dT%H:%M:%S.%3fZ")
            .to_string(),
    };
    let body = serde_json::to_string(&record)
        .map_err(|_| refused("This post cannot be written in the form that Bluesky takes."))?;
    Ok(Frozen { key, body })
}

fn image(picture: &Picture) -> Image<'_> {
    let known = picture.width > 0 && picture.height > 0;
    Image {
        alt: &picture.alt,
        aspect_ratio: known.then_some(AspectRatio {
            width: picture.width,
            height: picture.height,
        }),
        image: Blob::new(&picture.sha256, &picture.mime, picture.size),
    }
}

fn check(parcel: &Parcel) -> Result<(), Trouble> {
    if parcel.text.trim().is_empty() && parcel.pictures.is_empty() {
        return Err(refused(
            "There is nothing to post. Write something or add a picture.",
        ));
    }
    let long = parcel.text.graphemes(true).count();
    if long > TEXT_GRAPHEMES {
        return Err(refused(format!(
            "Bluesky takes {TEXT_GRAPHEMES} characters and this has {long}. Take out {}.",
            long - TEXT_GRAPHEMES
        )));
    }
    if parcel.text.len() > TEXT_BYTES {
        return Err(refused(format!(
            "This is more than Bluesky can store ({} bytes of {TEXT_BYTES}): emoji and accents take the most room. \
             Take some out.",
            parcel.text.len()
        )));
    }
    let count = parcel.pictures.len();
    if count > PICTURES {
        return Err(refused(format!(
            "Bluesky takes {PICTURES} pictures in a post and this has {count}. Take out {}.",
            count - PICTURES
        )));
    }
    for (place, picture) in parcel.pictures.iter().enumerate() {
        let number = place + 1;
        if !picture.mime.starts_with("image/") {
            return Err(refused(format!(
                "Number {number} is not a picture. Add it as JPEG or PNG."
            )));
        }
        if picture.size > PICTURE_BYTES {
            return Err(refused(format!(
                "Picture {number} has {:.1} MB and Bluesky takes {:.1} MB. Make it smaller.",
                megabytes(picture.size),
                megabytes(PICTURE_BYTES)
            )));
        }
        let described = picture.alt.graphemes(true).count();
        if described > ALT_GRAPHEMES {
            return Err(refused(format!(
                "The description of picture {number} has {described} characters and Bluesky takes {ALT_GRAPHEMES}. \
                 Make it shorter."
            )));
        }
    }
    Ok(())
}

/// Megabytes, rounded up to a tenth so that "2.0 MB" is never said to be more than 2.0 MB.
fn megabytes(bytes: u64) -> f64 {
    let tenths = u32::try_from(bytes.div_ceil(100_000)).unwrap_or(u32::MAX);
    f64::from(tenths) / 10.0
}

/// Whether it has the form of a language tag (BCP 47); a wrong one would make the network refuse the post.
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    parts.next().is_some_and(|first| {
        (2..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_lowercase())
    }) && parts.all(|part| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

fn refused(why: impl Into<String>) -> Trouble {
    Trouble::Refused(why.into())
}

/// The pictures that a frozen body names, in order; `None` when it is not a body of ours.
#[must_use]
pub fn blobs(body: &str) -> Option<Vec<Blob>> {
    #[derive(Deserialize)]
    struct Post {
        embed: Option<Images>,
    }
    #[derive(Deserialize)]
    struct Images {
        images: Vec<One>,
    }
    #[derive(Deserialize)]
    struct One {
        image: Blob,
    }
    let post: Post = serde_json::from_str(body).ok()?;
    Some(
        post.embed
            .into_iter()
            .flat_map(|embed| embed.images)
            .map(|one| one.image)
            .collect(),
    )
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
