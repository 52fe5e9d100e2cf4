//! The files that pages ask for, embedded in the program.
//!
//! Their addresses hold a hash of their content, so an answer may be kept for good: [`CACHE_CONTROL`].

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// For every answer from [`get`].
pub const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

/// An embedded file as the build script lists it.
pub(crate) struct File {
    name: &'static str,
    url: &'static str,
    mime: &'static str,
    bytes: &'static [u8],
}

/// What is sent for an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asset {
    /// The `Content-Type`.
    pub mime: &'static str,
    pub bytes: &'static [u8],
}

/// The file at a path, with or without the leading `/assets/`; `None` when there is none.
#[must_use]
pub fn get(path: &str) -> Option<Asset> {
    let path = path.strip_prefix("/assets/").unwrap_or(path);
    let file = FILES
        .iter()
        .find(|file| file.url.strip_prefix("/assets/") == Some(path))?;
    Some(Asset {
        mime: file.mime,
        bytes: file.bytes,
    })
}

/// The address of a file by its plain name ("bedside.css"). A name that does not exist gives an address that answers
/// 404; a test holds the templates to names that do.
#[must_use]
pub fn url(name: &str) -> &'static str {
    FILES
        .iter()
        .find(|file| file.name == name)
        .map_or("/assets/missing", |file| file.url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_found_by_its_address() {
        let asset = get(url("bedside.css")).unwrap();
        assert_eq!(asset.mime, "text/css; charset=utf-8");
        assert!(!asset.bytes.is_empty());
        assert_eq!(get("../Cargo.toml"), None);
        assert_eq!(get("bedside.css"), None);
    }

    #[test]
    fn nothing_is_loaded_from_elsewhere() {
        for file in FILES
            .iter()
            .filter(|file| file.mime.starts_with("text/css"))
        {
            let css = std::str::from_utf8(file.bytes).unwrap();
            assert!(!css.contains("@import"), "{}", file.name);
            assert!(
                !css.contains("url(http") && !css.contains("url(\"http") && !css.contains("url(//"),
                "{}",
                file.name
            );
            assert!(!css.contains("Frutiger"), "{}", file.name);
        }
    }

    #[test]
    fn templates_name_files_that_exist() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
        let mut seen = 0;
        for part in ["", "pages", "parts"] {
            for entry in std::fs::read_dir(folder.join(part)).unwrap() {
                let path = entry.unwrap().path();
                if !path.is_file() {
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                for piece in text.split("assets::url(\"").skip(1) {
                    let name = piece.split('"').next().unwrap();
                    assert!(
                        FILES.iter().any(|file| file.name == name),
                        "{name} in {}",
                        path.display()
                    );
                    seen += 1;
                }
            }
        }
        assert!(seen > 0);
    }
}
