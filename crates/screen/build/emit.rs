//! Writes the tables as Rust text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::form::{
    Example, Grade, Known, Match, Near, OneOrMany, RuleFile, Scope, SignalFile, Span,
};
use crate::intern::{CODE_BASE, Interner};
use crate::names::{Cue, Detector};
use crate::{Problem, form};

/// Lists that the engine's own cues read; the constant is the group's number.
const CUES: &[&str] = &[
    "negation",
    "negation-after",
    "hedge",
    "ours",
    "to-all",
    "you",
    "one-patient",
    "patient-word",
    "clinical",
    "kin",
    "greeting",
    "first-person",
    "conditions",
    "occupations",
    "unique",
    "places",
    "rarity",
    "sensitive",
    "events",
    "made-up",
    "visit",
    "subject",
];

pub fn pack(
    rules: &BTreeMap<String, RuleFile>,
    signals: &BTreeMap<String, SignalFile>,
    words: &mut Interner,
) -> Result<String, Problem> {
    let mut rule_text = String::new();
    let mut problems = Vec::new();
    for rule in rules.values() {
        match rule_entry(rule, words) {
            Ok(entry) => rule_text.push_str(&entry),
            Err(e) => problems.push(format!("{}: {e}", rule.id)),
        }
    }
    if !problems.is_empty() {
        return Err(problems.join("\n"));
    }
    let mut signal_text = String::new();
    for signal in signals.values() {
        let entry =
            matches(&signal.matches, words).map_err(|e| format!("signal {}: {e}", signal.name))?;
        let _ = writeln!(
            signal_text,
            "    Signal {{ name: {:?}, code: None, matches: {entry}, flags: {}, allows: {} }},",
            signal.name,
            examples(&signal.flags)?,
            examples(&signal.allows)?
        );
    }
    let mut consts = String::new();
    for cue in CUES {
        let list = format!("cue-{cue}");
        if words.has_list(&list) {
            let id = words
                .group(&[format!("@{list}")])
                .map_err(|e| format!("list {list}: {e}"))?;
            let _ = writeln!(
                consts,
                "pub(crate) const {}: GroupId = {id};",
                cue.to_uppercase().replace('-', "_")
            );
        } else {
            return Err(format!("the list rules/lists/{list}.txt is missing"));
        }
    }
    circles(signals, words)?;

    // Code signals follow the signals in data, in the order of their first use.
    let mut code_names: Vec<u16> = words
        .groups
        .iter()
        .flat_map(|g| g.signals.iter().copied())
        .filter(|s| *s >= CODE_BASE)
        .collect();
    code_names.sort_unstable();
    code_names.dedup();
    let number = |id: u16| -> usize {
        if id < CODE_BASE {
            usize::from(id)
        } else {
            signals.len() + code_names.binary_search(&id).unwrap_or(0)
        }
    };
    for id in &code_names {
        let code = words.code(*id).ok_or("unknown code signal")?;
        let _ = writeln!(
            signal_text,
            "    Signal {{ name: \"{code:?}\", code: Some(CodeSignal::{code:?}), matches: &[], flags: &[], allows: &[] }},"
        );
    }

    let mut lit_groups: Vec<Vec<usize>> = vec![Vec::new(); words.lits.len()];
    let mut group_text = String::new();
    for (at, group) in words.groups.iter().enumerate() {
        for lit in &group.lits {
            lit_groups[*lit].push(at);
        }
        let ids: Vec<usize> = group.signals.iter().map(|s| number(*s)).collect();
        let _ = writeln!(group_text, "    Group {{ signals: &{ids:?} }},");
    }
    let mut lit_text = String::new();
    for (lit, groups) in words.lits.iter().zip(&lit_groups) {
        let _ = writeln!(
            lit_text,
            "    Literal {{ text: {:?}, ends: Ends::{}, groups: &{groups:?} }},",
            lit.text, lit.ends
        );
    }

    Ok(format!(
        "pub(crate) static PACK: Pack = Pack {{\n  literals: &LITERALS,\n  groups: &GROUPS,\n  signals: &SIGNALS,\n  patterns: &PATTERNS,\n  rules: &RULES,\n}};\n\
         static LITERALS: [Literal; {}] = [\n{lit_text}];\n\
         static GROUPS: [Group; {}] = [\n{group_text}];\n\
         static SIGNALS: [Signal; {}] = [\n{signal_text}];\n\
         static PATTERNS: [&str; {}] = {:?};\n\
         static RULES: [Rule; {}] = [\n{rule_text}];\n\
         /// Groups that the engine's own cues read.\npub(crate) mod cue {{ use super::GroupId;\n{consts}}}\n",
        words.lits.len(),
        words.groups.len(),
        signals.len() + code_names.len(),
        words.patterns.len(),
        words.patterns,
        rules.len(),
    ))
}

/// A signal may use signals, but never itself.
fn circles(signals: &BTreeMap<String, SignalFile>, words: &mut Interner) -> Result<(), Problem> {
    let mut uses: Vec<Vec<u16>> = Vec::new();
    for signal in signals.values() {
        let mut all = Vec::new();
        for m in &signal.matches {
            for entries in entries_of(m) {
                all.extend(words.signals_in(&entries));
            }
        }
        uses.push(all);
    }
    for start in 0..uses.len() {
        let mut stack = uses[start].clone();
        let mut seen = vec![false; uses.len()];
        while let Some(next) = stack.pop() {
            let next = usize::from(next);
            if next == start {
                return Err(format!(
                    "the signal {} uses itself",
                    signals.keys().nth(start).cloned().unwrap_or_default()
                ));
            }
            if next < uses.len() && !seen[next] {
                seen[next] = true;
                stack.extend(&uses[next]);
            }
        }
    }
    Ok(())
}

fn entries_of(m: &Match) -> Vec<Vec<String>> {
    let mut all = vec![m.terms.clone(), m.missing.clone(), m.needs.clone()];
    all.extend(m.groups.iter().cloned());
    all.extend(m.with.iter().chain(&m.without).map(|n| n.any.clone()));
    for grade in &m.grade {
        all.push(grade.any.clone());
        all.extend(
            grade
                .with
                .iter()
                .chain(&grade.without)
                .map(|n| n.any.clone()),
        );
    }
    all
}

fn rule_entry(rule: &RuleFile, words: &mut Interner) -> Result<String, Problem> {
    let surfaces = if rule.surfaces.is_empty() {
        vec![form::Surface::Post, form::Surface::Reply]
    } else {
        rule.surfaces.clone()
    };
    let accounts = if rule.accounts.is_empty() {
        vec![form::Account::Practice, form::Account::Personal]
    } else {
        rule.accounts.clone()
    };
    let mut sources = String::new();
    for s in &rule.source {
        let _ = write!(
            sources,
            "RuleSource {{ title: {:?}, by: {:?}, at: {:?}, read: {:?}, checked: {} }}, ",
            s.title,
            s.by,
            s.at,
            s.read.to_string(),
            s.checked
        );
    }
    Ok(format!(
        "    Rule {{ id: {:?}, name: {:?}, control: {:?}, severity: Severity::{:?}, message: {:?}, why: {:?}, instead: {:?}, surfaces: &[{}], accounts: &[{}], \
         sources: &[{sources}], flags: {}, allows: {}, suggest: &{:?}, label: {}, when: {}, unless: {}, matches: {} }},\n",
        rule.id,
        rule.name,
        rule.control,
        rule.severity,
        rule.message.trim(),
        rule.why.trim(),
        rule.instead.trim(),
        joined(&surfaces, "Surface::"),
        joined(&accounts, "Account::"),
        examples(&rule.flags)?,
        examples(&rule.allows)?,
        rule.suggest,
        rule.label
            .map_or("None".to_owned(), |l| format!("Some(Label::{l:?})")),
        optional_context(rule.when.as_ref())?,
        contexts(rule.unless.all())?,
        matches(&rule.matches, words)?,
    ))
}

fn joined<T: std::fmt::Debug>(items: &[T], prefix: &str) -> String {
    items
        .iter()
        .map(|i| format!("{prefix}{i:?}"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn examples(all: &[Example]) -> Result<String, Problem> {
    let mut out = String::from("&[");
    for example in all {
        let (text, context, severity) = match example {
            Example::Text(text) => (text, String::new(), None),
            Example::Full(full) => {
                let context = match &full.context {
                    Some(value) => serde_json::to_string(value)
                        .map_err(|e| format!("an example's context: {e}"))?,
                    None => String::new(),
                };
                (&full.text, context, full.severity)
            }
        };
        let severity = severity.map_or("None".to_owned(), |s| format!("Some(Severity::{s:?})"));
        let _ = write!(
            out,
            "Example {{ text: {text:?}, context: {context:?}, severity: {severity} }}, "
        );
    }
    out.push(']');
    Ok(out)
}

fn matches(all: &[Match], words: &mut Interner) -> Result<String, Problem> {
    let mut out = String::from("&[");
    for (at, m) in all.iter().enumerate() {
        out.push_str(&one_match(m, words).map_err(|e| format!("match {}: {e}", at + 1))?);
        out.push_str(", ");
    }
    out.push(']');
    Ok(out)
}

fn one_match(m: &Match, words: &mut Interner) -> Result<String, Problem> {
    let kind = match m.kind.as_str() {
        "terms" => format!("Kind::Terms {{ group: {} }}", words.group(&m.terms)?),
        "near" => {
            if m.groups.len() < 2 {
                return Err("`near` needs two groups or more".into());
            }
            let mut groups = Vec::new();
            for g in &m.groups {
                groups.push(words.group(g)?);
            }
            let place = match m.within {
                Some(n) => format!("Place::Within({n})"),
                None => scope(m.scope, Scope::Sentence),
            };
            format!(
                "Kind::Near {{ groups: &{groups:?}, place: {place}, order: {}, all: {} }}",
                m.order,
                m.span == Some(Span::All)
            )
        }
        "pattern" => {
            let pattern = m.pattern.as_ref().ok_or("`pattern` is missing")?;
            if m.needs.is_empty() {
                return Err("`needs` is missing".into());
            }
            format!(
                "Kind::Pattern {{ pattern: {}, needs: {} }}",
                words.pattern(pattern)?,
                words.group(&m.needs)?
            )
        }
        "absent" => {
            let place = scope(m.scope, Scope::Post);
            format!(
                "Kind::Absent {{ group: {}, missing: {}, place: {place} }}",
                words.group(&m.terms)?,
                words.group(&m.missing)?
            )
        }
        "count" => {
            let place = scope(m.scope, Scope::Post);
            let group = words.group(&m.terms)?;
            format!(
                "Kind::Count {{ group: {group}, min: {}, distinct: {}, place: {place} }}",
                m.min.unwrap_or(2),
                m.distinct
            )
        }
        "detector" => {
            let name = m.detector.as_deref().unwrap_or_default();
            let detector =
                Detector::from_name(name).ok_or_else(|| format!("no detector named {name:?}"))?;
            format!("Kind::Detect(Detector::{detector:?})")
        }
        other => return Err(format!("no kind named {other:?}")),
    };
    let test = test(
        &m.with,
        &m.without,
        &m.is,
        &m.not,
        m.when.as_ref(),
        m.unless.all(),
        words,
    )?;
    let mut grades = String::new();
    for grade in &m.grade {
        let _ = write!(grades, "{}, ", one_grade(grade, words)?);
    }
    Ok(format!(
        "Match {{ kind: {kind}, test: {test}, severity: {}, suggest: &{:?}, grade: &[{grades}] }}",
        m.severity
            .map_or("None".to_owned(), |s| format!("Some(Severity::{s:?})")),
        m.suggest
    ))
}

fn one_grade(g: &Grade, words: &mut Interner) -> Result<String, Problem> {
    let mut with = g.with.clone();
    if !g.any.is_empty() {
        with.push(Near {
            any: g.any.clone(),
            scope: g.scope,
            within: g.within,
            before: g.before,
            after: g.after,
            first: g.first,
            at_least: g.at_least,
        });
    }
    let test = test(
        &with,
        &g.without,
        &g.is,
        &g.not,
        g.when.as_ref(),
        g.unless.all(),
        words,
    )?;
    Ok(format!(
        "Grade {{ to: Severity::{:?}, test: {test} }}",
        g.to
    ))
}

fn test(
    with: &[Near],
    without: &[Near],
    is: &[String],
    not: &[String],
    when: Option<&form::ContextTest>,
    unless: &[form::ContextTest],
    words: &mut Interner,
) -> Result<String, Problem> {
    Ok(format!(
        "Test {{ with: {}, without: {}, is: {}, not: {}, when: {}, unless: {} }}",
        nears(with, words)?,
        nears(without, words)?,
        cues(is)?,
        cues(not)?,
        optional_context(when)?,
        contexts(unless)?
    ))
}

fn nears(all: &[Near], words: &mut Interner) -> Result<String, Problem> {
    let mut out = String::from("&[");
    for near in all {
        let places = [
            near.within.map(|n| format!("Place::Within({n})")),
            near.before.map(|n| format!("Place::Before({n})")),
            near.after.map(|n| format!("Place::After({n})")),
            near.first.map(|n| format!("Place::First({n})")),
            near.scope.map(|s| scope(Some(s), s)),
        ];
        let mut said = places.into_iter().flatten();
        let place = said.next().unwrap_or_else(|| "Place::Sentence".into());
        if said.next().is_some() {
            return Err("a condition says its place twice".into());
        }
        let _ = write!(
            out,
            "Near {{ group: {}, place: {place}, at_least: {} }}, ",
            words.group(&near.any)?,
            near.at_least.unwrap_or(1)
        );
    }
    out.push(']');
    Ok(out)
}

fn cues(all: &[String]) -> Result<String, Problem> {
    let mut out = String::from("&[");
    for name in all {
        let cue = Cue::from_name(name).ok_or_else(|| format!("no cue named {name:?}"))?;
        let _ = write!(out, "Cue::{cue:?}, ");
    }
    out.push(']');
    Ok(out)
}

fn scope(said: Option<Scope>, default: Scope) -> String {
    match said.unwrap_or(default) {
        Scope::Match => "Place::Match",
        Scope::Sentence => "Place::Sentence",
        Scope::Around => "Place::Around",
        Scope::Post => "Place::Post",
    }
    .to_owned()
}

fn contexts(all: &[form::ContextTest]) -> Result<String, Problem> {
    let mut out = String::from("&[");
    for one in all {
        let _ = write!(out, "{}, ", context(one)?);
    }
    out.push(']');
    Ok(out)
}

fn optional_context(one: Option<&form::ContextTest>) -> Result<String, Problem> {
    one.map_or(Ok("None".to_owned()), |c| {
        Ok(format!("Some({})", context(c)?))
    })
}

fn context(c: &form::ContextTest) -> Result<String, Problem> {
    Ok(format!(
        "ContextTest {{ surface: &[{}], account: &[{}], practice_type: {}, offers_pom: {}, offers_fillers: {}, private_care: {}, audience: {}, \
         has: &[{}], lacks: &[{}], media: {:?}, specialists: {}, profile: {} }}",
        c.surface
            .as_ref()
            .map(|s| joined(s.all(), "Surface::"))
            .unwrap_or_default(),
        c.account
            .as_ref()
            .map(|s| joined(s.all(), "Account::"))
            .unwrap_or_default(),
        one_of(
            c.practice_type.as_ref(),
            &["gp", "dental", "pharmacy", "aesthetic", "unknown"]
        )?,
        known(c.offers_pom.as_ref())?,
        known(c.offers_fillers.as_ref())?,
        known(c.private_care.as_ref())?,
        one_of(c.audience.as_ref(), &["18plus", "unknown"])?,
        joined(&c.has, "Record::"),
        joined(&c.lacks, "Record::"),
        c.media,
        one_of(c.specialists.as_ref(), &["some", "none", "unknown"])?,
        one_of(c.profile.as_ref(), &["known", "unknown"])?,
    ))
}

fn one_of(said: Option<&OneOrMany<String>>, allowed: &[&str]) -> Result<String, Problem> {
    let Some(said) = said else {
        return Ok("&[]".into());
    };
    for value in said.all() {
        if !allowed.contains(&value.as_str()) {
            return Err(format!("{value:?} is none of {allowed:?}"));
        }
    }
    Ok(format!("&{:?}", said.all()))
}

fn known(said: Option<&OneOrMany<Known>>) -> Result<String, Problem> {
    let Some(said) = said else {
        return Ok("&[]".into());
    };
    let mut out = String::from("&[");
    for value in said.all() {
        out.push_str(match value {
            Known::Said(true) => "Known::Yes, ",
            Known::Said(false) => "Known::No, ",
            Known::Word(w) if w == "unknown" => "Known::Unknown, ",
            Known::Word(w) => return Err(format!("{w:?} is not true, false or \"unknown\"")),
        });
    }
    out.push(']');
    Ok(out)
}
