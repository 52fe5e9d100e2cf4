//! The screening engine for the browser: a thin shell that speaks JSON.
//!
//! It gives the same findings as the server for the same input; the server screens again in any case.

use bedside_screen::{Context, Engine, length};
use wasm_bindgen::prelude::wasm_bindgen;

/// Screens `text`; `context_json` is the context of the interface as JSON, or empty.
///
/// The answer is JSON: `{"verdict", "findings"}`, or `{"error"}` with a sentence that never quotes the text.
#[wasm_bindgen]
#[must_use]
pub fn check(text: &str, context_json: &str) -> String {
    let context = if context_json.trim().is_empty() {
        Ok(Context::default())
    } else {
        serde_json::from_str(context_json)
    };
    let Ok(context) = context else {
        return error("the context is not of the expected form");
    };
    match Engine::builtin().check(text, &context) {
        Ok(check) => serde_json::to_string(&check)
            .unwrap_or_else(|_| error("the findings could not be written")),
        Err(too_long) => error(&too_long.to_string()),
    }
}

/// How long `text` is for a network, as JSON `{"count", "limit", "fits"}`, or `{"error"}`.
#[wasm_bindgen]
#[must_use]
pub fn count(network: &str, text: &str, spoiler: &str) -> String {
    match length::Network::from_name(network) {
        Some(network) => serde_json::to_string(&length::count(network, text, spoiler))
            .unwrap_or_else(|_| error("the count could not be written")),
        None => error("the network is not known"),
    }
}

fn error(sentence: &str) -> String {
    serde_json::json!({ "error": sentence }).to_string()
}

#[cfg(test)]
mod tests {
    use super::{check, count};

    #[test]
    fn findings_come_as_json_and_errors_as_sentences() {
        assert!(check("Botox £99 today", "").contains("AD-POM-NAME"));
        assert!(check("Hello", "{\"surface\":\"reply\"}").contains("\"clear\""));
        assert_eq!(
            check("Hello", "nonsense"),
            "{\"error\":\"the context is not of the expected form\"}"
        );
        assert!(count("bluesky", "Hello", "").contains("\"graphemes\":5"));
        assert!(count("myspace", "Hello", "").contains("error"));
    }
}
