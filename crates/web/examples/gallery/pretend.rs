//! Pretended answers, so that the browser modules have something to talk to.

use axum::body::Bytes;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bedside_screen::Severity;
use bedside_web::view::compose::Saved;
use bedside_web::view::findings::{CheckAnswer, Count, FindingView, Findings, Suggestion};

/// One phrase that is found, and what is said about it.
struct Known(
    &'static str,
    Severity,
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static str,
);

const KNOWN: &[Known] = &[
    Known(
        "Mrs Okafor",
        Severity::Block,
        "A patient’s name",
        "Patients must not be named without consent for this use.",
        &["a patient"],
        "GMC, Confidentiality: good practice in handling patient information, paragraph 9.",
    ),
    Known(
        "anti-wrinkle injections",
        Severity::Block,
        "Points to a prescription-only medicine",
        "These must not be advertised to the public, by name or hint.",
        &["a consultation about wrinkles"],
        "CAP Code, rule 12.12.",
    ),
    Known(
        "20% off",
        Severity::Block,
        "A discount on a prescription-only medicine",
        "These must not be promoted by price.",
        &[""],
        "CAP Code, rule 12.12.",
    ),
    Known(
        "ran the Ashby 10k",
        Severity::Warn,
        "A detail that few people share",
        "With a name, a place or a date it can point to one person.",
        &[""],
        "GMC, Using social media as a medical professional, paragraph 12.",
    ),
    Known(
        "til Sunday",
        Severity::Advise,
        "Say the date",
        "People read posts days later.",
        &["until Sunday 8 March"],
        "CAP Code, rule 8.17.",
    ),
];

/// What is noticed in a text.
pub fn notice(text: &str) -> Findings {
    let mut items = Vec::new();
    for Known(words, severity, title, why, instead, source) in KNOWN {
        if let Some(at) = text.find(words) {
            let start = text[..at].chars().count();
            items.push(FindingView {
                n: u32::try_from(items.len()).unwrap_or(0) + 1,
                severity: *severity,
                rule: "CON-NAME".to_owned(),
                title: (*title).to_owned(),
                quote: (*words).to_owned(),
                why: (*why).to_owned(),
                field: "text".to_owned(),
                place: String::new(),
                start,
                end: start + words.chars().count(),
                suggestions: instead
                    .iter()
                    .map(|value| Suggestion::new(*value))
                    .collect(),
                source: (*source).to_owned(),
            });
        }
    }
    Findings {
        items,
        checked: !text.trim().is_empty(),
    }
}

/// How long a text is.
pub fn counts(text: &str) -> Vec<Count> {
    let count = text.chars().count() as u64;
    let words = if count > 300 {
        format!("{} too many for Bluesky: {count} of 300", count - 300)
    } else {
        format!("{count} of 300 on Bluesky")
    };
    vec![Count {
        channel: "bsky".to_owned(),
        name: "Bluesky".to_owned(),
        count,
        limit: 300,
        words,
        over: count > 300,
    }]
}

pub async fn check(body: Bytes) -> Response {
    let text = url::form_urlencoded::parse(&body)
        .find(|(name, _)| name == "text")
        .map(|(_, text)| text.replace("\r\n", "\n"))
        .unwrap_or_default();
    match CheckAnswer::new(&notice(&text), counts(&text)) {
        Ok(answer) => json(&answer),
        Err(trouble) => trouble.to_string().into_response(),
    }
}

pub async fn autosave() -> Response {
    json(&Saved {
        words: "Saved 10:42am".to_owned(),
        saved_at: "2026-03-02T10:42:00Z".to_owned(),
        revision: "r2".to_owned(),
        action: "/posts/p1".to_owned(),
        autosave: "/posts/p1/autosave".to_owned(),
        post_id: "p1".to_owned(),
    })
}

fn json(answer: &impl serde::Serialize) -> Response {
    (
        [(header::CONTENT_TYPE, "application/json")],
        serde_json::to_string(answer).unwrap_or_default(),
    )
        .into_response()
}
