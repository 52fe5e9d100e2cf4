//! What was found in a post, and what became of each finding.

use bedside_core::post::{Act, decide};
use bedside_core::screen::{Finding, Severity};
use bedside_core::standing::{Override, words_key};

use super::story::Story;
use crate::found;
use crate::session::Me;
use crate::view::Tag;
use crate::view::post::Decision;

pub(super) fn list(story: &Story, me: &Me) -> Vec<Decision> {
    let mut findings: Vec<&Finding> = story.standing.findings.iter().collect();
    findings.sort_by(|a, b| {
        let passed = |f: &Finding| story.standing.passed(f).is_some();
        (passed(a), b.severity, a.start).cmp(&(passed(b), a.severity, b.start))
    });
    let mut told: Vec<Decision> = findings
        .into_iter()
        .map(|finding| match story.standing.passed(finding) {
            Some(pass) => let_pass(story, finding, pass),
            None => open(story, me, finding),
        })
        .collect();
    told.extend(solved(story));
    told
}

fn title(finding: &Finding) -> String {
    let quote = found::quote(&finding.text);
    if quote.is_empty() {
        finding.message.clone()
    } else {
        format!("{}: “{quote}”", finding.message.trim_end_matches('.'))
    }
}

fn let_pass(story: &Story, finding: &Finding, pass: &Override) -> Decision {
    Decision {
        tag: Tag::let_pass(),
        title: title(finding),
        detail: format!(
            "{}, {}: “{}”",
            story.setting.name(pass.by),
            story.at(pass.at),
            pass.reason
        ),
        rule: finding.rule.clone(),
        words: String::new(),
        may_pass: false,
        error: None,
        reason: String::new(),
    }
}

fn open(story: &Story, me: &Me, finding: &Finding) -> Decision {
    let words = words_key(finding);
    // The rule itself says who may; the reason comes with the form.
    let act = Act::Override {
        standing: &story.standing,
        rule: &finding.rule,
        words: &words,
        reason: "A reason will be given.",
    };
    let may_pass = finding.severity > Severity::Advise
        && decide(
            &story.post,
            story.post.revision,
            &act,
            me.actor(),
            &story.just_deliveries(),
            story.now,
        )
        .is_ok();
    let read = story
        .opinions
        .iter()
        .rev()
        .find(|opinion| {
            opinion.revision == story.post.revision
                && opinion.answer == bedside_core::opinion::Answer::Approve
        })
        .filter(|_| finding.severity < Severity::Block);
    let detail = match read {
        Some(opinion) if opinion.reason.is_empty() => {
            format!(
                "{} approved the text with it.",
                story.setting.name(opinion.by)
            )
        }
        Some(opinion) => format!(
            "{} approved the text with it: “{}”",
            story.setting.name(opinion.by),
            opinion.reason
        ),
        None => finding.why.clone(),
    };
    Decision {
        tag: finding.severity.into(),
        title: title(finding),
        detail,
        rule: finding.rule.clone(),
        words,
        may_pass,
        error: None,
        reason: String::new(),
    }
}

/// Found in an earlier text and no longer there.
fn solved(story: &Story) -> Vec<Decision> {
    let mut told: Vec<(&str, &str)> = Vec::new();
    let mut out = Vec::new();
    for (_, findings, _) in &story.earlier {
        for finding in findings {
            let name = (finding.rule.as_str(), finding.text.as_str());
            let still = story
                .standing
                .findings
                .iter()
                .any(|known| (known.rule.as_str(), known.text.as_str()) == name);
            if still || told.contains(&name) || finding.text.is_empty() {
                continue;
            }
            told.push(name);
            out.push(Decision {
                tag: Tag::solved(),
                title: format!("“{}” was taken out", found::quote(&finding.text)),
                detail: finding.message.clone(),
                rule: finding.rule.clone(),
                words: String::new(),
                may_pass: false,
                error: None,
                reason: String::new(),
            });
        }
    }
    out
}
