use bedside_core::network::Mention;
use proptest::prelude::*;

use super::{Feature, facets, mentioned};

fn known() -> Vec<Mention> {
    vec![Mention {
        handle: "weirlane.test".to_owned(),
        id: "did:plc:weir".to_owned(),
    }]
}

/// Each facet as "the words it covers -> what it is".
fn seen(text: &str) -> Vec<String> {
    facets(text, &known())
        .into_iter()
        .map(|facet| {
            let words = &text[facet.index.start..facet.index.end];
            match &facet.features[0] {
                Feature::Link { uri } => format!("{words} -> {uri}"),
                Feature::Mention { did } => format!("{words} -> {did}"),
                Feature::Tag { tag } => format!("{words} -> #{tag}"),
            }
        })
        .collect()
}

#[test]
fn links_are_found_without_the_punctuation_round_them() {
    for (text, expected) in [
        (
            "See https://weirlane.example/flu.",
            "https://weirlane.example/flu -> https://weirlane.example/flu",
        ),
        (
            "(https://weirlane.example/a_(b))",
            "https://weirlane.example/a_(b) -> https://weirlane.example/a_(b)",
        ),
        (
            "“HTTPS://weirlane.example”!",
            "HTTPS://weirlane.example -> HTTPS://weirlane.example",
        ),
        (
            "💉💉 nhs.uk/flu, please",
            "nhs.uk/flu -> https://nhs.uk/flu",
        ),
        (
            "www.weirlane.example:",
            "www.weirlane.example -> https://www.weirlane.example",
        ),
        (
            "https://zahnärzte.example/é",
            "https://zahnärzte.example/é -> https://xn--zahnrzte-3za.example/%C3%A9",
        ),
        (
            "https://weirlane.example/?a=1&b=2#c",
            "https://weirlane.example/?a=1&b=2#c -> https://weirlane.example/?a=1&b=2#c",
        ),
    ] {
        assert_eq!(seen(text), [expected], "{text}");
    }
}

#[test]
fn what_only_looks_like_a_link_stays_text() {
    for text in [
        "Write to reception@weirlane.co.uk today",
        "our team.Please call",
        "e.g. 9a.m. to 5p.m.",
        "https://",
        "https://localhost/x",
        "https://10.0.0.1/x",
        "https://name:pw@weirlane.example/",
        "1.5.2026",
        "Dr.Example",
        "javascript:alert(1).com",
        "-bad-.co.uk",
        "..com",
    ] {
        assert_eq!(seen(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn mentions_are_facets_when_known_and_text_when_not() {
    assert_eq!(
        seen("Thanks @WeirLane.test's team, @nobody.test and @weirlane.test."),
        [
            "@WeirLane.test -> did:plc:weir",
            "@weirlane.test -> did:plc:weir"
        ]
    );
    let named: Vec<String> =
        mentioned("Hi @A.test (@b.test) x@c.test @d @e.test@f.test @-g.test @h.1")
            .into_iter()
            .collect();
    assert_eq!(named, ["a.test", "b.test"]);
}

#[test]
fn tags_end_where_a_reader_thinks_they_do() {
    for (text, expected) in [
        ("Book now #FluJab!", vec!["#FluJab -> #FluJab"]),
        ("(#flu) ＃咳嗽。", vec!["#flu -> #flu", "＃咳嗽 -> #咳嗽"]),
        ("#flu#covid", vec!["#flu -> #flu", "#covid -> #covid"]),
        ("#flu💉 ok", vec!["#flu💉 -> #flu💉"]),
        ("#covid-19…", vec!["#covid-19 -> #covid-19"]),
        ("We are #1 and #2026, #️⃣ # ## #!", vec![]),
        ("a#b", vec![]),
    ] {
        assert_eq!(seen(text), expected, "{text}");
    }
    let long = format!("#{}", "a".repeat(65));
    assert_eq!(seen(&long), Vec::<String>::new());
}

proptest! {
    #[test]
    fn offsets_lie_on_characters_in_order_and_cover_what_they_say(
        text in r"([ \n(]|[a-zé#＃@💉👩‍⚕️.:/?-]|https://weirlane\.example|@weirlane\.test|#flu|nhs\.uk|\PC){0,60}"
    ) {
        let mut last = 0;
        for facet in facets(&text, &known()) {
            let (start, end) = (facet.index.start, facet.index.end);
            prop_assert!(last <= start && start < end);
            last = end;
            let words = text.get(start..end);
            prop_assert!(words.is_some(), "inside a character");
            let words = words.unwrap_or_default();
            match &facet.features[0] {
                Feature::Link { uri } => prop_assert!(uri.to_ascii_lowercase().starts_with("http")),
                Feature::Mention { .. } => prop_assert!(words.eq_ignore_ascii_case("@weirlane.test")),
                Feature::Tag { tag } => prop_assert!(words.ends_with(tag.as_str()) && words.starts_with(['#', '＃'])),
            }
            prop_assert!(!words.contains(char::is_whitespace));
        }
    }
}
