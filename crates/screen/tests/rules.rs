//! Every example of every rule: what it must flag, and what it must let pass.

use bedside_screen::{Context, Engine, Example};

fn context(example: &Example) -> Context {
    if example.context.is_empty() {
        return Context::default();
    }
    serde_json::from_str(example.context)
        .unwrap_or_else(|e| panic!("context {}: {e}", example.context))
}

#[test]
fn every_rule_flags_and_allows_what_it_says() {
    let engine = Engine::builtin();
    let mut wrong = Vec::new();
    let mut examples = 0;
    for rule in engine.rules() {
        for (list, must) in [(rule.flags, true), (rule.allows, false)] {
            for example in list {
                examples += 1;
                let check = engine.check(example.text, &context(example)).unwrap();
                let found: Vec<_> = check
                    .findings
                    .iter()
                    .filter(|f| f.rule == rule.id)
                    .collect();
                let right = if must {
                    found
                        .iter()
                        .any(|f| example.severity.is_none_or(|s| f.severity == s))
                } else {
                    found.is_empty()
                };
                if !right {
                    let what = if must {
                        "does not flag"
                    } else {
                        "does not allow"
                    };
                    let why: Vec<String> = found
                        .iter()
                        .map(|f| format!("{:?} at {:?}", f.severity, f.text))
                        .collect();
                    wrong.push(format!(
                        "{} {what}: {:?} {} {why:?}",
                        rule.id, example.text, example.context
                    ));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {examples} examples:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(examples > 0);
}

#[test]
fn a_description_of_a_picture_is_screened_with_the_text() {
    let context = Context {
        media: vec!["a sunset".into(), "Botox vial and price list, £99".into()],
        ..Context::default()
    };
    let text = "Look at this!";
    let check = Engine::builtin().check(text, &context).unwrap();
    let finding = check
        .findings
        .iter()
        .find(|f| f.rule == "AD-POM-NAME")
        .expect("the medicine in the picture is found");
    assert_eq!(finding.media, Some(1));
    assert_eq!(finding.text, "Botox");
    let told: String = context.media[1]
        .chars()
        .skip(finding.start)
        .take(finding.end - finding.start)
        .collect();
    assert_eq!(told, finding.text);
}
