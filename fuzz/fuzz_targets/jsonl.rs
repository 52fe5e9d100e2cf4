//! Any line of a stream: it is read as a question or refused; what is read is screened and can be written again.
#![no_main]

use bedside_screen::{Context, Engine};
use libfuzzer_sys::fuzz_target;
use serde::Deserialize;

#[derive(Deserialize)]
struct Question {
    text: String,
    #[serde(default)]
    context: Option<Context>,
}

fuzz_target!(|data: &[u8]| {
    let Ok(question) = serde_json::from_slice::<Question>(data) else { return };
    let context = question.context.unwrap_or_default();
    if let Ok(check) = Engine::builtin().check(&question.text, &context) {
        let written = serde_json::to_string(&check).expect("findings can be written");
        let read: bedside_screen::Check = serde_json::from_str(&written).expect("and read again");
        assert_eq!(read, check);
    }
});
