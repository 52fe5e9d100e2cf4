//! What holds for every text whatever.

use bedside_screen::{
    Account, Clinician, Context, Engine, MAX_FINDINGS, MAX_TEXT, Profile, Surface,
};
use proptest::prelude::*;

/// Pieces that the engine has code for, to be mixed with anything.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-zA-Z0-9 .,!?'\"@#£%:/()-]{0,40}",
        Just("Botox £99 today only! ".to_owned()),
        Just("B\u{200b}o t o x ".to_owned()),
        Just("Mrs Gwenda Pugh, 999 012 3454 ".to_owned()),
        Just("\u{202e}#LipFiller😀🏃‍♀️ ".to_owned()),
        Just("jo@mail.example 07700 900123 LS17 9AB ".to_owned()),
        Just("[Photo: the screen] ".to_owned()),
        Just("née Ní Bhriain ½ ﬁ Ⓑ ＢＯ ".to_owned()),
        Just("She is 97, the vicar, in for dialysis on Thursday. ".to_owned()),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..8).prop_map(|p| p.concat())
}

fn context() -> impl Strategy<Value = Context> {
    (
        any::<bool>(),
        any::<bool>(),
        prop::option::of(any::<bool>()),
        text(),
    )
        .prop_map(|(reply, personal, pom, name)| Context {
            surface: if reply { Surface::Reply } else { Surface::Post },
            account: if personal {
                Account::Personal
            } else {
                Account::Practice
            },
            profile: Profile {
                practice_name: name.clone(),
                offers_pom: pom,
                clinicians: vec![Clinician {
                    name,
                    role: "dentist".into(),
                    reg: "GDC 1".into(),
                }],
                ..Profile::default()
            },
            ..Context::default()
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn findings_mark_exactly_their_words_in_order_and_again(text in text(), context in context()) {
        let engine = Engine::builtin();
        let check = engine.check(&text, &context).unwrap();
        let chars: Vec<char> = text.chars().collect();
        prop_assert!(check.findings.len() <= MAX_FINDINGS);
        for f in &check.findings {
            prop_assert!(f.start <= f.end && f.end <= chars.len());
            let words: String = chars[f.start..f.end].iter().collect();
            prop_assert_eq!(&words, &f.text);
        }
        for pair in check.findings.windows(2) {
            let key = |f: &bedside_screen::Finding| (f.start, std::cmp::Reverse(f.severity), f.rule.clone());
            prop_assert!(key(&pair[0]) <= key(&pair[1]));
        }
        prop_assert_eq!(engine.check(&text, &context).unwrap(), check);
    }
}

#[test]
fn a_text_that_is_too_long_is_refused_and_says_so() {
    let refused = Engine::builtin()
        .check(&"a".repeat(MAX_TEXT + 1), &Context::default())
        .unwrap_err();
    assert_eq!(refused.limit, MAX_TEXT);
    assert!(refused.to_string().contains("too long"));
}

#[test]
fn a_hundred_thousand_emoji_and_marks_give_an_answer() {
    let pieces = [
        ("😀", 100_000),
        ("👩‍⚕️", 40_000),
        ("\u{202e}\u{200f}ab", 20_000),
        ("a.b-", 20_000),
        ("£1 ", 20_000),
        ("@a ", 20_000),
        ("'\"", 20_000),
        ("Dr A. ", 20_000),
    ];
    for (piece, times) in pieces {
        let text = piece.repeat(times);
        assert!(Engine::builtin().check(&text, &Context::default()).is_ok());
    }
}
