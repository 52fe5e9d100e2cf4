//! Holds the look to its promises: contrast, and pages that need no script and allow none inline.

#[path = "../examples/gallery/fixtures/mod.rs"]
mod fixtures;

use std::collections::{BTreeMap, BTreeSet};

/// The custom properties of a block of the token sheet, colours only.
fn colours(block: &str) -> BTreeMap<String, [f64; 3]> {
    let mut found = BTreeMap::new();
    for line in block.lines() {
        let Some((name, value)) = line
            .trim()
            .strip_prefix("--")
            .and_then(|line| line.split_once(": #"))
        else {
            continue;
        };
        let hex = value.trim_end_matches(';');
        assert_eq!(hex.len(), 6, "{name}: write colours with six digits");
        let part = |at: usize| {
            f64::from(u8::from_str_radix(&hex[at..at + 2], 16).expect("two hexadecimal digits"))
                / 255.0
        };
        found.insert(name.to_owned(), [part(0), part(2), part(4)]);
    }
    found
}

/// Relative luminance, WCAG 2.2.
fn luminance(colour: [f64; 3]) -> f64 {
    let linear = colour.map(|c| {
        if c <= 0.04045 {
            c / 12.92
        } else {
            ((c + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

/// Contrast ratio, WCAG 2.2.
fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Light and dark, as the sheet sets them; the dark set inherits what it does not set.
fn themes() -> [(&'static str, BTreeMap<String, [f64; 3]>); 2] {
    let sheet = include_str!("../assets/css/00-tokens.css");
    let (light, rest) = sheet
        .split_once("@media (prefers-color-scheme: dark)")
        .expect("the sheet has a dark set");
    let light = colours(light);
    let mut dark = light.clone();
    dark.extend(colours(rest));
    [("light", light), ("dark", dark)]
}

#[test]
fn text_has_a_contrast_of_four_and_a_half() {
    let grounds = ["card", "page"];
    let tints = [
        "block-tint",
        "warn-tint",
        "advise-tint",
        "ok-tint",
        "accent-tint",
    ];
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    for ground in grounds {
        pairs.extend(
            [
                "ink",
                "quiet",
                "link",
                "accent",
                "accent-strong",
                "block",
                "warn",
                "advise",
                "ok",
            ]
            .map(|ink| (ink, ground)),
        );
    }
    for tint in tints {
        pairs.extend([("ink", tint), ("quiet", tint), ("link", tint)]);
        pairs.push((tint.trim_end_matches("-tint"), tint));
    }
    pairs.extend([
        ("ink", "sunk"),
        ("quiet", "sunk"),
        ("link", "sunk"),
        ("on-accent", "accent"),
        ("on-accent", "accent-strong"),
    ]);
    pairs.extend([
        ("card", "block"),
        ("card", "warn"),
        ("card", "advise"),
        ("card", "ok"),
        ("card", "quiet"),
    ]);
    for (theme, colours) in themes() {
        for (ink, ground) in &pairs {
            let ratio = contrast(colours[*ink], colours[*ground]);
            assert!(ratio >= 4.5, "{theme}: {ink} on {ground} has {ratio:.2}");
        }
    }
}

#[test]
fn lines_borders_and_rings_have_a_contrast_of_three() {
    for (theme, colours) in themes() {
        for (line, ground) in [
            ("edge", "card"),
            ("edge", "page"),
            ("accent", "card"),
            ("accent", "page"),
            ("accent", "accent-tint"),
        ] {
            let ratio = contrast(colours[line], colours[ground]);
            assert!(ratio >= 3.0, "{theme}: {line} on {ground} has {ratio:.2}");
        }
        // The yellow ring itself is pale on white: the dark ring outside it carries the contrast.
        let outer = if theme == "light" { "on-focus" } else { "ink" };
        assert!(
            contrast(colours[outer], colours["page"]) >= 3.0,
            "{theme}: the outer ring on the page"
        );
        assert!(
            contrast(colours["on-focus"], colours["focus"]) >= 3.0,
            "{theme}: the two rings"
        );
    }
}

/// The tags of a page with their attributes, as written.
fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<')
        .skip(1)
        .filter_map(|piece| piece.split_once('>').map(|(tag, _)| tag))
        .filter(|tag| !tag.starts_with('/'))
}

/// An attribute's value.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let at = tag.find(&format!(" {name}=\""))?;
    tag[at + name.len() + 3..].split('"').next()
}

#[test]
fn every_page_renders_and_allows_nothing_inline() {
    for page in fixtures::pages() {
        let html = page.html.unwrap();
        assert!(
            html.contains("<title>") && html.contains("<h1"),
            "{}",
            page.name
        );
        assert_eq!(
            html.matches("<h1").count(),
            1,
            "{}: one main heading",
            page.name
        );
        for tag in tags(&html) {
            assert!(!tag.starts_with("style"), "{}: {tag}", page.name);
            assert!(attribute(tag, "style").is_none(), "{}: {tag}", page.name);
            assert!(
                !tag.starts_with("script") || tag.contains(" src=\"/assets/"),
                "{}: {tag}",
                page.name
            );
            let words = tag.split('"').step_by(2).collect::<String>();
            assert!(
                !words
                    .split_whitespace()
                    .any(|word| word.starts_with("on") && word.ends_with('=')),
                "{}: {tag}",
                page.name
            );
        }
    }
}

#[test]
fn every_form_that_posts_proves_where_it_came_from() {
    let mut seen = 0;
    for page in fixtures::pages() {
        let html = page.html.unwrap();
        for form in html.split("<form ").skip(1) {
            let form = form.split("</form>").next().unwrap();
            if form.contains("method=\"post\"") {
                assert!(
                    form.contains("name=\"csrf\" value=\"csrf-token\""),
                    "{}: {}",
                    page.name,
                    &form[..60]
                );
                let changes_a_post = [
                    "action=\"/posts",
                    "action=\"/deliveries",
                    "action=\"/by-hand",
                ];
                if changes_a_post.iter().any(|start| form.contains(start)) {
                    assert!(
                        form.contains("name=\"revision\""),
                        "{}: {}",
                        page.name,
                        &form[..60]
                    );
                }
                seen += 1;
            }
        }
    }
    assert!(seen > 20);
}

#[test]
fn ids_are_unique_and_labels_and_descriptions_find_their_fields() {
    for page in fixtures::pages() {
        let html = page.html.unwrap();
        let mut ids = BTreeSet::new();
        for id in tags(&html).filter_map(|tag| attribute(tag, "id")) {
            assert!(ids.insert(id), "{}: id {id} twice", page.name);
        }
        for tag in tags(&html) {
            let named = attribute(tag, "for").into_iter();
            let described = attribute(tag, "aria-describedby")
                .unwrap_or_default()
                .split_whitespace();
            let labelled = attribute(tag, "aria-labelledby")
                .unwrap_or_default()
                .split_whitespace();
            let target = attribute(tag, "href")
                .and_then(|href| href.strip_prefix('#'))
                .into_iter();
            for id in named.chain(described).chain(labelled).chain(target) {
                assert!(
                    ids.contains(id),
                    "{}: nothing has the id {id}: {tag}",
                    page.name
                );
            }
        }
    }
}

#[test]
fn what_people_typed_is_never_read_as_markup() {
    let mut error = bedside_web::view::error::ErrorPage::usual(
        fixtures::shell(bedside_web::view::Section::None),
        409,
    )
    .unwrap();
    "<script>alert(1)</script> & \"quotes\"".clone_into(&mut error.kept);
    let html = fixtures::page("error", &error).html.unwrap();
    assert!(!html.contains("<script>alert"));
    assert!(html.contains("&#60;script&#62;alert(1)"));
}
