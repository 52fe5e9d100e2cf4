//! Gathers the files that the browser asks for: ours from `assets`, others' from `front/node_modules`.
//!
//! They lie under one folder whose name is a hash over all of them, so that a browser may keep them for good and
//! modules and style sheets still find each other by relative names. Nothing refers to an outside address: the two
//! `@font-face` rules of the NHS style sheet load a licensed font from elsewhere and are taken out.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

const NHS_CSS: &str = "nhsuk-frontend/dist/nhsuk/nhsuk-frontend.min.css";
const INTER: &str = "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2";
const FONT_STACK: &str =
    "Inter,system-ui,-apple-system,\"Segoe UI\",Roboto,\"Helvetica Neue\",Arial,sans-serif";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=assets");
    println!("cargo::rerun-if-changed=templates");
    println!("cargo::rerun-if-changed=front/package-lock.json");
    // Read now, not when this script was compiled: two checkouts may share one target folder.
    let here = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let modules = here.join("front/node_modules");
    println!(
        "cargo::rerun-if-changed={}",
        modules.join(NHS_CSS).display()
    );
    println!("cargo::rerun-if-changed={}", modules.join(INTER).display());
    if !modules.join(NHS_CSS).is_file() || !modules.join(INTER).is_file() {
        println!("cargo::error=Front-end files are missing: run `cargo xtask fetch`");
        return;
    }
    if let Err(trouble) = gather(&here, &modules) {
        println!("cargo::error=The front-end files could not be gathered: {trouble}");
    }
}

fn gather(here: &Path, modules: &Path) -> io::Result<()> {
    let out = PathBuf::from(
        std::env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("OUT_DIR is not set"))?,
    );
    let mut files: Vec<(String, Vec<u8>)> = vec![
        (
            "nhsuk.css".to_owned(),
            nhs(&fs::read_to_string(modules.join(NHS_CSS))?, &used(here)?).into_bytes(),
        ),
        ("inter.woff2".to_owned(), fs::read(modules.join(INTER))?),
    ];
    let mut ours = String::new();
    for path in sorted(&here.join("assets/css"))? {
        ours.push_str(&fs::read_to_string(path)?);
    }
    files.push(("bedside.css".to_owned(), ours.into_bytes()));
    for folder in ["js", "img"] {
        for path in sorted(&here.join("assets").join(folder))? {
            if let Some(name) = path.file_name().and_then(|name| name.to_str()) {
                files.push((name.to_owned(), fs::read(&path)?));
            }
        }
    }
    files.sort();

    let hash = fingerprint(&files);
    let mut table = String::from(
        "/// Every file: its name, its address, its type, its bytes.\npub(crate) static FILES: &[File] = &[\n",
    );
    for (name, bytes) in &files {
        fs::write(out.join(name), bytes)?;
        let _ = writeln!(
            table,
            "    File {{ name: {name:?}, url: \"/assets/{hash:016x}/{name}\", mime: {:?}, bytes: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}\")) }},",
            mime(name),
        );
    }
    table.push_str("];\n");
    fs::write(out.join("assets.rs"), table)
}

/// The files of a folder by name; none when there is no such folder.
fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut paths = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<Vec<_>>>()?;
    paths.retain(|path| path.is_file());
    paths.sort();
    Ok(paths)
}

fn mime(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("woff2") => "font/woff2",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}

/// FNV-1a, 64 bit: tells versions apart, nothing more is asked of it.
fn fingerprint(files: &[(String, Vec<u8>)]) -> u64 {
    let bytes = files
        .iter()
        .flat_map(|(name, bytes)| name.bytes().chain([0]).chain(bytes.iter().copied()));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The NHS style sheet without its font and what we never use, in a layer of its own so that ours always wins.
fn nhs(css: &str, used: &BTreeSet<String>) -> String {
    let css = css.split("/*# sourceMappingURL").next().unwrap_or_default();
    let kept = only(css, used).replace("Frutiger W01,arial,sans-serif", FONT_STACK);
    format!("@layer nhs{{{kept}}}\n")
}

/// The NHS class names that our templates and modules name.
fn used(here: &Path) -> io::Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for folder in [
        "templates",
        "templates/pages",
        "templates/parts",
        "assets/js",
    ] {
        for path in sorted(&here.join(folder))? {
            let text = fs::read_to_string(path)?;
            let words = text.split(|c: char| !is_name(c));
            names.extend(
                words
                    .filter(|word| word.starts_with("nhsuk-"))
                    .map(str::to_owned),
            );
        }
    }
    Ok(names)
}

/// The rules of a minified sheet that can match something of ours, so that a phone loads a fraction of it. Rules that
/// are no rules of style (fonts, among others) go.
fn only(css: &str, used: &BTreeSet<String>) -> String {
    let mut kept = String::new();
    let mut rest = css;
    while let Some(open) = rest.find('{') {
        let end = closing(rest, open);
        let body = &rest[open + 1..end];
        // A statement such as `@charset` before a rule belongs to no rule.
        let head = rest[..open].rsplit(';').next().unwrap_or_default().trim();
        if head.starts_with("@media") || head.starts_with("@supports") {
            let inner = only(body, used);
            if !inner.is_empty() {
                let _ = write!(kept, "{head}{{{inner}}}");
            }
        } else if !head.starts_with('@') {
            let selectors: Vec<&str> = parts(head)
                .into_iter()
                .filter(|selector| can_match(selector, used))
                .collect();
            if !selectors.is_empty() {
                let _ = write!(kept, "{}{{{body}}}", selectors.join(","));
            }
        }
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    kept
}

/// Where the brace that is open at `open` closes.
fn closing(css: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in css.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return at,
            b'}' => depth -= 1,
            _ => {}
        }
    }
    css.len()
}

/// The selectors of a list; a comma inside brackets separates nothing here.
fn parts(head: &str) -> Vec<&str> {
    let (mut found, mut depth, mut from) = (Vec::new(), 0_i32, 0);
    for (at, byte) in head.bytes().enumerate() {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth -= 1,
            b',' if depth == 0 => {
                found.push(&head[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    found.push(&head[from..]);
    found
}

/// Whether every class that a selector asks for is one of ours. What stands in brackets may be "not this".
fn can_match(selector: &str, used: &BTreeSet<String>) -> bool {
    let (mut plain, mut depth) = (String::new(), 0_i32);
    for c in selector.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    plain.split('.').skip(1).all(|piece| {
        let name: String = piece.chars().take_while(|c| is_name(*c)).collect();
        used.contains(&name)
    })
}

fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}
