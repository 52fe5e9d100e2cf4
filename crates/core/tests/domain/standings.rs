//! What was found, what was let pass, and what is new since; reasons and answers of second opinions.

use bedside_core::opinion::{Answer, REASON_MAX, reason};
use bedside_core::standing::{Accepted, Override, Standing, is_legal, words_key};
use bedside_screen::{Finding, Severity};
use proptest::prelude::*;

use crate::kit::*;

fn pass(finding: &Finding) -> Override {
    Override {
        rule: finding.rule.clone(),
        words: words_key(finding),
        by: member(OTHER),
        reason: "Quoted from the award itself".into(),
        at: at(0),
    }
}

#[test]
fn the_law_fixes_identifiers_medicines_and_the_two_rules_on_piecing_together() {
    for legal in ["ID-NHS-NUMBER", "AD-POM-NAME", "REG-JIGSAW", "CHAN-GROUP"] {
        assert!(is_legal(legal), "{legal}");
    }
    for other in [
        "AD-SUPERLATIVE",
        "AD-POMP",
        "CHAN-GROUPS",
        "TONE-ID-X",
        "id-nhs",
        "",
    ] {
        assert!(!is_legal(other), "{other}");
    }
}

#[test]
fn a_finding_in_several_texts_is_kept_once_as_heavy_as_its_heaviest() {
    use Severity::{Advise, Block, Warn};
    for order in [
        [Advise, Block, Warn],
        [Block, Warn, Advise],
        [Warn, Advise, Block],
    ] {
        let checks = order.map(|severity| check(vec![finding("CLAIM-BEST", severity, "best")]));
        let standing = Standing::new(checks, Vec::new());
        assert_eq!(standing.findings.len(), 1);
        assert_eq!(
            (standing.must_change(), standing.ask_someone()),
            (1, 0),
            "{order:?}"
        );
    }
}

#[test]
fn what_is_let_pass_is_one_rule_in_one_set_of_words() {
    let found = finding("CLAIM-BEST", Severity::Block, "best");
    let other_words = finding("CLAIM-BEST", Severity::Block, "best of all");
    let other_rule = finding("CLAIM-FIRST", Severity::Warn, "best");
    let findings = vec![found.clone(), other_words.clone(), other_rule.clone()];
    let standing = Standing::new([check(findings)], vec![pass(&found)]);
    assert!(standing.passed(&found).is_some());
    assert!(standing.passed(&other_words).is_none() && standing.passed(&other_rule).is_none());
    assert_eq!((standing.must_change(), standing.ask_someone()), (1, 1));
    assert!(!words_key(&found).contains("best"), "no word is kept twice");
}

#[test]
fn reasons_say_something_and_are_not_endless() {
    assert_eq!(reason("  Name the day \n").as_deref(), Ok("Name the day"));
    assert_eq!(reason("né?é").as_deref(), Ok("né?é"));
    for empty in ["", "   ", "ok", "!!! ???", "a-b"] {
        assert_eq!(
            reason(empty).unwrap_err().code,
            "reason_missing",
            "{empty:?}"
        );
    }
    assert!(reason(&"é".repeat(REASON_MAX)).is_ok());
    assert_eq!(
        reason(&"é".repeat(REASON_MAX + 1)).unwrap_err().code,
        "reason_long"
    );
    for answer in [Answer::Approve, Answer::AskForChanges] {
        assert_eq!(answer.slug().parse(), Ok(answer));
    }
    assert!("yes".parse::<Answer>().is_err());
}

fn any_finding() -> impl Strategy<Value = Finding> {
    let severity = prop_oneof![
        Just(Severity::Advise),
        Just(Severity::Warn),
        Just(Severity::Block)
    ];
    (0..3_usize, severity, "[ab]{0,2}")
        .prop_map(|(rule, severity, text)| finding(["R-1", "R-2", "ID-3"][rule], severity, &text))
}

fn findings() -> impl Strategy<Value = Vec<Finding>> {
    prop::collection::vec(any_finding(), 0..6)
}

proptest! {
    #[test]
    fn nothing_is_new_when_the_same_is_found_again(before in findings(), passes in findings()) {
        let passes = passes.iter().map(pass).collect();
        let standing = Standing::new([check(before)], passes);
        prop_assert_eq!(standing.new_since(&standing.accepted()), None);
    }

    #[test]
    fn what_is_new_is_what_nobody_saw_that_heavy_and_nobody_let_pass(
        before in findings(),
        after in findings(),
        passes in findings(),
    ) {
        let accepted = standing(before.clone()).accepted();
        let now = Standing::new([check(after.clone())], passes.iter().map(pass).collect());
        let same = |a: &Finding, b: &Finding| a.rule == b.rule && a.text == b.text;
        let expected = after.iter().any(|finding| {
            finding.severity > Severity::Advise
                && !passes.iter().any(|pass| same(pass, finding))
                && !before.iter().any(|seen| same(seen, finding) && seen.severity >= finding.severity)
        });
        let found = now.new_since(&accepted);
        prop_assert_eq!(found.is_some(), expected);
        if let Some(found) = found {
            prop_assert!(now.passed(found).is_none() && found.severity > Severity::Advise);
        }
    }

    #[test]
    fn accepting_more_never_makes_something_new(before in findings(), more in findings(), after in findings()) {
        let now = standing(after);
        let mut accepted = standing(before).accepted();
        let new_before = now.new_since(&accepted).is_some();
        accepted.extend(standing(more).accepted());
        prop_assert!(new_before || now.new_since(&accepted).is_none());
        prop_assert!(now.new_since(&accepted).is_none() || now.new_since(&[]).is_some());
    }

    #[test]
    fn it_makes_no_difference_in_which_of_a_posts_texts_something_is_found(
        found in findings(),
        cut in 0..6_usize,
    ) {
        let (one, two) = found.split_at(cut.min(found.len()));
        let together = standing(found.clone());
        let apart = Standing::new([check(two.to_vec()), check(one.to_vec())], Vec::new());
        for severity in [Severity::Advise, Severity::Warn, Severity::Block] {
            let names = |standing: &Standing| {
                let mut names: Vec<(String, String)> = standing
                    .open(severity)
                    .map(|finding| (finding.rule.clone(), finding.text.clone()))
                    .collect();
                names.sort();
                names
            };
            prop_assert_eq!(names(&together), names(&apart));
        }
        prop_assert_eq!(together.must_change(), together.open(Severity::Block).count());
    }

    #[test]
    fn what_was_accepted_survives_the_way_through_the_store(found in findings()) {
        let accepted = standing(found).accepted();
        let text = serde_json::to_string(&accepted).unwrap();
        let back: Vec<Accepted> = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(back, accepted);
    }
}
