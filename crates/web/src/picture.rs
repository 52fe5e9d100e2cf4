//! Pictures as they come in: opened, turned upright, made small enough and written anew, so that nothing but what can
//! be seen goes out (no place, no camera, no thumbnail of what was cut away).

use std::io::Cursor;

use axum::body::Bytes;
use bedside_core::content::{PictureRef, sha256_hex};
use bedside_store::Media;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use crate::app::App;
use crate::error::Error;
use crate::form::File;

/// Most pixels of a side that is opened.
const SIDE_MAX: u32 = 10_000;
/// Most bytes of memory that opening one picture may take.
const MEMORY_MAX: u64 = 256 * 1024 * 1024;
/// Longest side of what goes out: networks show no more than about 2,000 pixels.
const SIDE_OUT: u32 = 2_560;
/// Most bytes of what goes out: what Bluesky takes (networks.md).
const BYTES_OUT: usize = 2_000_000;
const QUALITY: u8 = 85;

/// Why a picture is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unfit {
    Format,
    Damaged,
    TooLarge,
}

impl Unfit {
    fn sentence(self, name: &str) -> String {
        match self {
            Self::Format => format!(
                "“{name}” is not a JPEG, PNG or WebP picture. Save it as one of these, then add it again."
            ),
            Self::Damaged => format!(
                "“{name}” cannot be opened. It may be damaged or not have arrived whole. Add it again."
            ),
            Self::TooLarge => format!(
                "“{name}” has too many pixels: at most 10,000 on each side and about 80 million in all. Make it smaller, then add it again."
            ),
        }
    }
}

/// A picture ready to be kept, and how a post refers to it (without words yet).
#[derive(Debug, Clone)]
pub(crate) struct Ready {
    pub media: Media,
    /// Which of the files of the form it was, from 1.
    pub nth: usize,
}

impl Ready {
    /// How the content names it.
    pub fn reference(&self, alt: &str) -> PictureRef {
        PictureRef {
            sha256: self.media.sha256.clone(),
            mime: self.media.mime.clone(),
            size: self.media.bytes.len() as u64,
            width: self.media.width,
            height: self.media.height,
            alt: alt.to_owned(),
        }
    }
}

/// Opens the files of a form, a few at a time. Those that cannot be taken are told in sentences for the page.
///
/// # Errors
/// When the work was interrupted.
pub(crate) async fn take(app: &App, files: &[&File]) -> Result<(Vec<Ready>, Vec<String>), Error> {
    let (mut ready, mut unfit) = (Vec::new(), Vec::new());
    for (nth, file) in (1..).zip(files) {
        let bytes = file.bytes.clone();
        let turn = app
            .decoding
            .clone()
            .acquire_owned()
            .await
            .map_err(|_| Error::Busy)?;
        let made = tokio::task::spawn_blocking(move || {
            // Held to the end of the work even when the request is gone: memory is taken until then.
            let _turn = turn;
            make(&bytes)
        })
        .await
        .map_err(|_| Error::Ours("a picture could not be worked on".into()))?;
        match made {
            Ok(media) => ready.push(Ready { media, nth }),
            Err(why) => unfit.push(why.sentence(&short(&file.name))),
        }
    }
    Ok((ready, unfit))
}

/// The file's name without folders, not too long for a sentence.
fn short(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let mut short: String = last.chars().filter(|c| !c.is_control()).take(60).collect();
    if short.trim().is_empty() {
        short = "The file".to_owned();
    }
    short
}

fn make(bytes: &Bytes) -> Result<Media, Unfit> {
    let format = match image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) => format,
        _ => return Err(Unfit::Format),
    };
    let picture = open(bytes, format)?;
    let picture = if picture.width().max(picture.height()) > SIDE_OUT {
        picture.resize(SIDE_OUT, SIDE_OUT, FilterType::Lanczos3)
    } else {
        picture
    };
    let (mime, picture, bytes) =
        encode(picture, format == ImageFormat::Jpeg).ok_or(Unfit::Damaged)?;
    Ok(Media {
        sha256: sha256_hex(&bytes),
        mime: mime.to_owned(),
        width: picture.width(),
        height: picture.height(),
        bytes,
    })
}

fn open(bytes: &[u8], format: ImageFormat) -> Result<DynamicImage, Unfit> {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(MEMORY_MAX);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let unfit = |error: image::ImageError| match error {
        image::ImageError::Limits(_) => Unfit::TooLarge,
        _ => Unfit::Damaged,
    };
    let mut decoder = reader.into_decoder().map_err(unfit)?;
    // Decoders check the sides themselves, but not all of them what the whole picture takes.
    if decoder.total_bytes() > MEMORY_MAX {
        return Err(Unfit::TooLarge);
    }
    let upright = decoder
        .orientation()
        .unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(unfit)?;
    picture.apply_orientation(upright);
    Ok(picture)
}

/// Drawings stay PNG when they fit so; what can be seen through stays so. All else is JPEG.
fn encode(picture: DynamicImage, photo: bool) -> Option<(&'static str, DynamicImage, Vec<u8>)> {
    let clear = !photo && see_through(&picture);
    let mut picture = if clear {
        DynamicImage::from(picture.into_rgba8())
    } else {
        DynamicImage::from(picture.into_rgb8())
    };
    if !photo {
        loop {
            let bytes = png(&picture)?;
            if bytes.len() <= BYTES_OUT {
                return Some(("image/png", picture, bytes));
            }
            if !clear {
                break;
            }
            picture = smaller(&picture)?;
        }
    }
    loop {
        let mut bytes = Vec::new();
        picture
            .write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY))
            .ok()?;
        if bytes.len() <= BYTES_OUT {
            return Some(("image/jpeg", picture, bytes));
        }
        picture = smaller(&picture)?;
    }
}

fn png(picture: &DynamicImage) -> Option<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).ok()?;
    Some(bytes.into_inner())
}

/// Four fifths of each side.
fn smaller(picture: &DynamicImage) -> Option<DynamicImage> {
    let (width, height) = (picture.width() * 4 / 5, picture.height() * 4 / 5);
    (width > 0 && height > 0).then(|| picture.resize(width, height, FilterType::Triangle))
}

fn see_through(picture: &DynamicImage) -> bool {
    picture.color().has_alpha() && picture.to_rgba8().pixels().any(|pixel| pixel.0[3] < 255)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(width: u32, height: u32) -> DynamicImage {
        let mut seed = 1_u32;
        DynamicImage::from(image::RgbImage::from_fn(width, height, |_, _| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [a, b, c, _] = seed.to_be_bytes();
            image::Rgb([a, b, c])
        }))
    }

    fn jpeg(picture: &DynamicImage) -> Vec<u8> {
        let mut bytes = Vec::new();
        picture
            .write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 95))
            .unwrap();
        bytes
    }

    /// Puts an EXIF segment behind the first marker: orientation 6 (turn right), a GPS pointer and a telling text.
    fn with_exif(jpeg: &[u8]) -> Vec<u8> {
        let mut tiff: Vec<u8> = b"MM\0\x2a\0\0\0\x08\0\x03".to_vec();
        tiff.extend(b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0");
        tiff.extend(b"\x88\x25\0\x04\0\0\0\x01\0\0\0\x32");
        tiff.extend(b"\x01\x0e\0\x02\0\0\0\x0c\0\0\0\x40");
        tiff.extend(b"\0\0\0\0");
        tiff.resize(0x40, 0);
        tiff.extend(b"GPS 53.48 N\0");
        let mut segment = b"Exif\0\0".to_vec();
        segment.extend(tiff);
        let mut out = jpeg[..2].to_vec();
        out.extend([0xff, 0xe1]);
        out.extend(u16::try_from(segment.len() + 2).unwrap().to_be_bytes());
        out.extend(segment);
        out.extend(&jpeg[2..]);
        out
    }

    fn contains(bytes: &[u8], words: &[u8]) -> bool {
        bytes.windows(words.len()).any(|window| window == words)
    }

    #[test]
    fn a_photo_is_turned_upright_and_loses_what_it_tells_of_itself() {
        let taken = with_exif(&jpeg(&noise(80, 40)));
        assert!(contains(&taken, b"GPS 53.48"));
        let media = make(&taken.into()).unwrap();
        assert_eq!(
            (media.width, media.height, media.mime.as_str()),
            (40, 80, "image/jpeg")
        );
        for telling in [b"GPS".as_slice(), b"Exif", b"53.48", b"http://ns.adobe.com"] {
            assert!(!contains(&media.bytes, telling));
        }
        assert_eq!(media.sha256, sha256_hex(&media.bytes));
    }

    #[test]
    fn a_png_keeps_its_form_but_not_its_texts() {
        let mut png = super::png(&noise(20, 20)).unwrap();
        // A tEXt chunk before the last one (IEND, 12 bytes); its checksum is not looked at by readers that skip it.
        let end = png.split_off(png.len() - 12);
        let text = b"tEXtComment\0Mrs Example, bed 4";
        png.extend(u32::try_from(text.len() - 4).unwrap().to_be_bytes());
        png.extend(text);
        png.extend([0; 4]);
        png.extend(end);
        let media = make(&png.into()).unwrap();
        assert_eq!(media.mime, "image/png");
        assert!(!contains(&media.bytes, b"Mrs Example"));
    }

    #[test]
    fn heavy_pictures_are_made_small_enough_for_every_network() {
        for bytes in [
            jpeg(&noise(2_700, 700)),
            super::png(&noise(1_000, 800)).unwrap(),
        ] {
            let media = make(&bytes.into()).unwrap();
            assert!(media.bytes.len() <= BYTES_OUT, "{}", media.bytes.len());
            assert!(
                media.width <= SIDE_OUT && media.width > 500,
                "{}",
                media.width
            );
            assert_eq!(media.mime, "image/jpeg");
        }
    }

    #[test]
    fn what_can_be_seen_through_stays_so() {
        let mut logo = noise(900, 900).to_rgba8();
        logo.put_pixel(0, 0, image::Rgba([0, 0, 0, 0]));
        let media = make(&super::png(&DynamicImage::from(logo)).unwrap().into()).unwrap();
        assert_eq!(media.mime, "image/png");
        assert!(media.bytes.len() <= BYTES_OUT);
    }

    #[test]
    fn the_same_file_gives_the_same_bytes() {
        let bytes: Bytes = jpeg(&noise(60, 60)).into();
        assert_eq!(make(&bytes).unwrap(), make(&bytes).unwrap());
    }

    /// A PNG head that claims a size, with nothing behind it.
    fn claims(width: u32, height: u32) -> Bytes {
        let mut head = b"IHDR".to_vec();
        head.extend(width.to_be_bytes());
        head.extend(height.to_be_bytes());
        head.extend([8, 6, 0, 0, 0]);
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
        png.extend(&head);
        png.extend(crc32(&head).to_be_bytes());
        png.extend(b"\0\0\0\0IDAT");
        png.extend(crc32(b"IDAT").to_be_bytes());
        png.into()
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0_u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                if crc & 1 == 1 {
                    (crc >> 1) ^ 0xedb8_8320
                } else {
                    crc >> 1
                }
            })
        })
    }

    #[test]
    fn a_small_file_that_would_unpack_to_a_huge_picture_is_refused_before_it_is_unpacked() {
        assert_eq!(
            make(&claims(100_000, 100_000)).unwrap_err(),
            Unfit::TooLarge
        );
        assert_eq!(make(&claims(10_000, 10_000)).unwrap_err(), Unfit::TooLarge);
        assert_eq!(make(&claims(100, 100)).unwrap_err(), Unfit::Damaged);
    }

    #[test]
    fn only_the_content_decides_what_a_file_is() {
        for bytes in [
            b"GIF89a\x01\0\x01\0".as_slice(),
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            b"",
            b"BM",
            b"%PDF-1.7",
        ] {
            assert_eq!(
                make(&Bytes::copy_from_slice(bytes)).unwrap_err(),
                Unfit::Format
            );
        }
        let half = jpeg(&noise(64, 64));
        assert_eq!(
            make(&Bytes::copy_from_slice(&half[..20])).unwrap_err(),
            Unfit::Damaged
        );
    }

    #[test]
    fn a_files_name_is_told_without_its_folders() {
        assert_eq!(short("C:\\Users\\pat\\smile.gif"), "smile.gif");
        assert_eq!(short("\u{7}"), "The file");
        assert!(
            Unfit::Format
                .sentence("smile.gif")
                .starts_with("“smile.gif” is not")
        );
    }
}
