//! Any text: findings mark exactly their words, come in order, and come again.
#![no_main]

use bedside_screen::{Context, Engine, Finding, Surface, length};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &str| {
    let engine = Engine::builtin();
    let chars: Vec<char> = data.chars().collect();
    for surface in [Surface::Post, Surface::Reply] {
        let context = Context { surface, ..Context::default() };
        let Ok(check) = engine.check(data, &context) else { continue };
        for f in &check.findings {
            assert!(f.start <= f.end && f.end <= chars.len());
            assert_eq!(chars[f.start..f.end].iter().collect::<String>(), f.text);
        }
        let key = |f: &Finding| (f.start, std::cmp::Reverse(f.severity), f.rule.clone());
        assert!(check.findings.windows(2).all(|w| key(&w[0]) <= key(&w[1])));
        assert_eq!(engine.check(data, &context), Ok(check));
    }
    for network in length::Network::ALL {
        assert_eq!(length::count(network, data, ""), length::count(network, data, ""));
    }
});
