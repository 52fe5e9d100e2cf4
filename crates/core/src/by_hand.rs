//! Posting by hand: where a person goes to post, and whether the link they paste back can be the post.
//!
//! For networks that the program does not send to itself. The text is copied by the person or, where the network
//! documents an address that fills in its own composer, carried by that address. Such an address goes to the network
//! that is about to publish the same words, so only approved text for a public channel may be given to [`opening`];
//! the address must not be logged.
//!
//! Platforms are named by their slugs (`facebook`, `google_business`). Addresses of share pages: Bluesky "Action
//! Intent Links" (docs.bsky.app), X "Web Intents" (docs.x.com), Threads "Web Intents" (developers.facebook.com),
//! Mastodon's `/share` page (mastodon/mastodon: config/routes.rb). Facebook's and LinkedIn's share pages take no text
//! for a page, so there the page itself is opened.

use url::{Host, Url};

/// Where to go to post by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// For a computer.
    pub desktop: Url,
    /// For a phone; opens the network's app where that is installed.
    pub phone: Url,
    /// The network's own composer opens with the text in it; otherwise the person pastes it.
    pub carries_text: bool,
    /// What to do there, in order, in words for the page.
    pub steps: &'static [&'static str],
}

/// Where to post `text` on `platform`. `home` is the address of the practice's own page on it, as the channel holds it;
/// it is used only when it belongs to the platform. `None` when nothing sensible can be opened: an unknown platform
/// without a usable address, or Mastodon without its server.
#[must_use]
pub fn opening(platform: &str, home: &str, text: &str) -> Option<Opening> {
    let own = own_page(platform, home);
    match platform {
        "bluesky" => composer("https://bsky.app/intent/compose", text),
        "x" => composer("https://x.com/intent/post", text),
        "threads" => composer("https://www.threads.net/intent/post", text),
        "mastodon" => composer(own?.join("/share").ok()?.as_str(), text),
        "facebook" => pages(
            own,
            "https://www.facebook.com/",
            "https://www.facebook.com/",
            FACEBOOK,
        ),
        "instagram" => pages(
            None,
            "https://www.instagram.com/",
            "https://www.instagram.com/",
            INSTAGRAM,
        ),
        "linkedin" => pages(
            own,
            "https://www.linkedin.com/feed/",
            "https://www.linkedin.com/feed/",
            LINKEDIN,
        ),
        "tiktok" => pages(
            None,
            "https://www.tiktok.com/tiktokstudio/upload",
            "https://www.tiktok.com/",
            TIKTOK,
        ),
        "youtube" => pages(
            None,
            "https://studio.youtube.com/",
            "https://www.youtube.com/",
            YOUTUBE,
        ),
        "google_business" => pages(
            None,
            "https://business.google.com/",
            "https://business.google.com/",
            GOOGLE,
        ),
        _ => {
            let own = own?;
            Some(Opening {
                desktop: own.clone(),
                phone: own,
                carries_text: false,
                steps: OTHER,
            })
        }
    }
}

const COMPOSER: &[&str] = &[
    "Check that you are signed in as the practice, not as yourself.",
    "Check that the text is all there, add the pictures and their descriptions, and post it.",
    "Open the post and copy its address.",
];
const FACEBOOK: &[&str] = &[
    "Copy the text here, then open the page.",
    "Check that you are posting as the page, not as yourself.",
    "Paste the text, add the pictures and their descriptions, and post it.",
    "Press the time under the post and copy the address.",
];
const INSTAGRAM: &[&str] = &[
    "Copy the text here, then open Instagram.",
    "Check that you are using the practice's account.",
    "Press Create, add the picture and its description, paste the text as the caption, and share it.",
    "Open the post and choose Copy link.",
];
const LINKEDIN: &[&str] = &[
    "Copy the text here, then open LinkedIn.",
    "Check that you are posting as the practice's page, not as yourself.",
    "Paste the text, add the pictures and their descriptions, and post it.",
    "On the post, choose Copy link to post.",
];
const TIKTOK: &[&str] = &[
    "Copy the text here, then open TikTok.",
    "Check that you are using the practice's account.",
    "Add the video or pictures, paste the text as the description, and post it.",
    "Open the post and choose Copy link.",
];
const YOUTUBE: &[&str] = &[
    "Copy the text here, then open YouTube.",
    "Check that you are using the practice's channel.",
    "Upload the video, paste the text as the description, and publish it.",
    "Open the video and copy its address.",
];
const GOOGLE: &[&str] = &[
    "Copy the text here, then open the practice's Business Profile.",
    "Choose Add update, paste the text, add the picture, and post it.",
    "Open the update, choose Share, and copy the address.",
];
const OTHER: &[&str] = &[
    "Copy the text here, then open the page.",
    "Check that you are signed in as the practice, not as yourself.",
    "Paste the text, add the pictures and their descriptions, and post it.",
    "Open the post and copy its address.",
];

fn composer(address: &str, text: &str) -> Option<Opening> {
    let mut url = Url::parse(address).ok()?;
    url.query_pairs_mut().clear().append_pair("text", text);
    Some(Opening {
        desktop: url.clone(),
        phone: url,
        carries_text: true,
        steps: COMPOSER,
    })
}

fn pages(
    own: Option<Url>,
    desktop: &str,
    phone: &str,
    steps: &'static [&'static str],
) -> Option<Opening> {
    let desktop = own.clone().or_else(|| Url::parse(desktop).ok())?;
    let phone = own.or_else(|| Url::parse(phone).ok())?;
    Some(Opening {
        desktop,
        phone,
        carries_text: false,
        steps,
    })
}

fn own_page(platform: &str, home: &str) -> Option<Url> {
    let url = web_address(home).ok()?;
    on_hosts(&url, hosts(platform)).then_some(url)
}

/// Checks that a pasted address can be a post on `platform`: https, on one of the platform's own hosts, and not merely
/// its front page or an account's page. Whether the post is the right one, only a person can see. The answer is the
/// address without what apps add to it to follow who shared it.
///
/// # Errors
/// A sentence for the person who pasted it.
pub fn link_belongs(platform: &str, link: &str) -> Result<Url, String> {
    let mut url = web_address(link)?;
    let name = shown_name(platform);
    if !on_hosts(&url, hosts(platform)) {
        return Err(format!(
            "This address is not on {name}. Open the post on {name}, copy its address and paste it here."
        ));
    }
    strip_trackers(&mut url);
    if !could_be_post(platform, &url) {
        return Err(format!(
            "This looks like a page on {name}, not a post. Open the post itself, copy its address and paste it here."
        ));
    }
    Ok(url)
}

/// Longest address taken, in bytes; real ones are far shorter.
const LONGEST: usize = 2_000;

/// Reads what a person pasted as a public https address; one without a scheme gets it.
fn web_address(typed: &str) -> Result<Url, String> {
    const HOW: &str =
        "Copy the whole address of the post from your browser or app, starting with https://.";
    let typed = typed.trim();
    if typed.is_empty() {
        return Err("Paste the address of the post.".to_owned());
    }
    if typed.len() > LONGEST {
        return Err(format!(
            "This is too long to be the address of a post. {HOW}"
        ));
    }
    let whole = if typed.contains("://") {
        typed.to_owned()
    } else {
        format!("https://{typed}")
    };
    let url = Url::parse(&whole).map_err(|_| format!("This is not a web address. {HOW}"))?;
    if url.scheme() != "https" {
        return Err(format!("The address must start with https://. {HOW}"));
    }
    let named = matches!(url.host(), Some(Host::Domain(host)) if host.contains('.'));
    let plain = url.username().is_empty() && url.password().is_none() && url.port().is_none();
    if !named || !plain {
        return Err(format!(
            "This is not the address of a post that anyone can open. {HOW}"
        ));
    }
    Ok(url)
}

/// The platform's own hosts, subdomains included. Empty means any: Mastodon servers and what we do not know.
fn hosts(platform: &str) -> &'static [&'static str] {
    match platform {
        "bluesky" => &["bsky.app"],
        "facebook" => &["facebook.com", "fb.com", "fb.watch", "fb.me"],
        "instagram" => &["instagram.com", "instagr.am"],
        "linkedin" => &["linkedin.com", "lnkd.in"],
        "x" => &["x.com", "twitter.com"],
        "threads" => &["threads.net", "threads.com"],
        "tiktok" => &["tiktok.com"],
        "youtube" => &["youtube.com", "youtu.be"],
        "google_business" => &[
            "google.com",
            "google.co.uk",
            "maps.app.goo.gl",
            "g.page",
            "g.co",
            "posts.gle",
            "share.google",
        ],
        _ => &[],
    }
}

fn on_hosts(url: &Url, hosts: &[&str]) -> bool {
    let Some(host) = url.host_str() else {
        return false;
    };
    // A trailing dot names the same host.
    let host = host.strip_suffix('.').unwrap_or(host);
    hosts.is_empty()
        || hosts.iter().any(|own| {
            host.strip_suffix(own)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
}

fn shown_name(platform: &str) -> &'static str {
    match platform {
        "bluesky" => "Bluesky",
        "facebook" => "Facebook",
        "instagram" => "Instagram",
        "linkedin" => "LinkedIn",
        "x" => "X",
        "threads" => "Threads",
        "tiktok" => "TikTok",
        "youtube" => "YouTube",
        "google_business" => "Google",
        "mastodon" => "Mastodon",
        _ => "that website",
    }
}

/// Whether the address has the shape of a post on the platform. Lenient where a platform has many shapes: a person is
/// looking at the post, and turning away a right address would be worse than taking an odd one.
fn could_be_post(platform: &str, url: &Url) -> bool {
    let parts: Vec<&str> = url
        .path_segments()
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    let asks = |name: &str| {
        url.query_pairs()
            .any(|(key, value)| key == name && !value.is_empty())
    };
    let host = url.host_str().unwrap_or_default();
    let short_link = [
        "fb.watch",
        "fb.me",
        "lnkd.in",
        "youtu.be",
        "vm.tiktok.com",
        "vt.tiktok.com",
    ]
    .contains(&host)
        && !parts.is_empty();
    short_link
        || match (platform, parts.as_slice()) {
            ("bluesky", ["profile", _, "post", _, ..]) => true,
            ("facebook", _) => {
                parts.len() >= 2 || ["story_fbid", "fbid", "v"].into_iter().any(asks)
            }
            ("instagram", ["p" | "reel" | "reels" | "tv", _, ..] | [_, "p" | "reel", _, ..]) => {
                true
            }
            // Stories have a shape of their own; they vanish after a day, but the link is real while they last.
            ("instagram", ["stories", _, ..]) => true,
            ("linkedin", ["posts" | "pulse", _, ..] | ["feed", "update", _, ..]) => true,
            ("x", [_, "status", id, ..]) => is_number(id),
            ("threads", [_, "post", _, ..] | ["t", _, ..]) => true,
            ("tiktok", [_, "video" | "photo", id, ..]) => is_number(id),
            ("tiktok", ["t", _, ..]) => true,
            ("youtube", ["watch"]) => asks("v"),
            ("youtube", ["shorts" | "live" | "post", _, ..]) => true,
            ("youtube", _) => asks("lb"),
            ("google_business", _) => !parts.is_empty() || asks("q"),
            ("mastodon", [who, id, ..]) if who.starts_with('@') => is_number(id) || id.len() >= 8,
            (
                "mastodon",
                ["users", _, "statuses", _, ..] | ["web", "statuses", _] | ["notice" | "notes", _],
            ) => true,
            ("bluesky" | "instagram" | "linkedin" | "x" | "threads" | "tiktok" | "mastodon", _) => {
                false
            }
            _ => !parts.is_empty() || url.query().is_some(),
        }
}

fn is_number(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
}

/// Query keys that only follow who shared a link and where it was seen.
const TRACKERS: &[&str] = &[
    "fbclid",
    "gclid",
    "igsh",
    "igshid",
    "mibextid",
    "rdid",
    "share_url",
    "si",
    "rcm",
    "trk",
    "_r",
    "_t",
    "xmt",
];

fn strip_trackers(url: &mut Url) {
    let follows =
        |key: &str| TRACKERS.contains(&key) || key.starts_with("utm_") || key.starts_with("__");
    if !url.query_pairs().any(|(key, _)| follows(&key)) {
        return;
    }
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(key, _)| !follows(key))
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect();
    url.set_query(None);
    if !kept.is_empty() {
        url.query_pairs_mut().extend_pairs(kept);
    }
}

#[cfg(test)]
#[path = "by_hand_tests.rs"]
mod tests;
