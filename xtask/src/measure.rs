//! `cargo xtask measure`: how well the rules do on a file of published rulings or of ordinary posts.
//!
//! The file goes through `bedside check --jsonl`, as any other caller's would, and the answers are counted. Nothing
//! is fitted here: any file of the same form can be measured, so a set that nobody tuned on gives the honest figure.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

const USAGE: &str = "cargo xtask measure rulings|posts FILE [--bedside PATH] [--misses]";

/// Labels that name a source of duty rather than a thing in the text: met by any finding of the same kind.
const SOURCES: [&str; 3] = ["REG-GMC-CONF", "REG-GDC-423", "REG-GMC-SM"];

/// Measures one file and prints the figures.
///
/// `args` is what follows `measure`: the kind of file, its path, and the options of the usage line.
///
/// # Errors
/// A wrong command line, a file that cannot be read or has not the form asked for, or a `bedside` that cannot be run.
pub fn run(args: &[String]) -> anyhow::Result<()> {
    let asked = Asked::parse(args)?;
    let text = fs::read_to_string(&asked.file)
        .with_context(|| format!("cannot read {}", asked.file.display()))?;
    let rows: Vec<Row> = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(at, line)| {
            serde_json::from_str(line)
                .with_context(|| format!("line {} is not of the form", at + 1))
        })
        .collect::<anyhow::Result<_>>()?;
    ensure!(!rows.is_empty(), "the file holds nothing to measure");
    let answers = check(&asked.bedside, &rows)?;
    match asked.kind {
        Kind::Rulings => rulings(&rows, &answers, asked.misses),
        Kind::Posts => posts(&rows, &answers, asked.misses),
    }
    Ok(())
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Rulings,
    Posts,
}

#[derive(Debug)]
struct Asked {
    kind: Kind,
    file: PathBuf,
    bedside: PathBuf,
    misses: bool,
}

impl Asked {
    fn parse(args: &[String]) -> anyhow::Result<Self> {
        let (mut kind, mut file, mut bedside, mut misses) = (None, None, None, false);
        let mut rest = args.iter();
        while let Some(arg) = rest.next() {
            match arg.as_str() {
                "--misses" => misses = true,
                "--bedside" => bedside = Some(PathBuf::from(rest.next().context(USAGE)?)),
                "rulings" if kind.is_none() => kind = Some(Kind::Rulings),
                "posts" if kind.is_none() => kind = Some(Kind::Posts),
                path if !path.starts_with('-') && kind.is_some() && file.is_none() => {
                    file = Some(PathBuf::from(path));
                }
                other => bail!("{other} is not known here. {USAGE}"),
            }
        }
        Ok(Self {
            kind: kind.context(USAGE)?,
            file: file.context(USAGE)?,
            bedside: bedside.map_or_else(beside_this_program, Ok)?,
            misses,
        })
    }
}

/// The `bedside` that was built into the same folder as this program.
fn beside_this_program() -> anyhow::Result<PathBuf> {
    let here = std::env::current_exe()?;
    let path = here.with_file_name(format!("bedside{}", std::env::consts::EXE_SUFFIX));
    ensure!(
        path.exists(),
        "bedside is not built yet: run `cargo build -p bedside`, or say --bedside PATH"
    );
    Ok(path)
}

/// One line of either kind of file; what a kind does not have stays empty.
#[derive(Debug, Deserialize)]
struct Row {
    id: String,
    #[serde(alias = "ad_text")]
    text: String,
    #[serde(default)]
    context: Option<Value>,
    #[serde(default)]
    expect_level: Option<String>,
    #[serde(default)]
    expect: Vec<String>,
    #[serde(default)]
    clean: Option<bool>,
    #[serde(default)]
    labels: Vec<String>,
    #[serde(default)]
    level: Option<Level>,
    #[serde(default)]
    tolerated: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Level {
    Clear,
    Advise,
    #[serde(alias = "needs_changes")]
    Warn,
    #[serde(alias = "blocked")]
    Block,
}

#[derive(Debug, Deserialize)]
struct Answer {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    verdict: Option<Level>,
    #[serde(default)]
    findings: Vec<Found>,
    #[serde(default)]
    error: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Found {
    rule: String,
    severity: Level,
}

/// Sends every row through `bedside check --jsonl` and reads one answer for each.
fn check(bedside: &Path, rows: &[Row]) -> anyhow::Result<Vec<Answer>> {
    let mut child = Command::new(bedside)
        .args(["check", "--jsonl", "--fail-on", "never"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", bedside.display()))?;
    let mut stdin = child.stdin.take().context("the program takes no input")?;
    let lines: Vec<String> = rows.iter().map(|row| request(row).to_string()).collect();
    // Written from a thread of its own: the program answers while it still reads.
    let writer = thread::spawn(move || lines.iter().try_for_each(|line| writeln!(stdin, "{line}")));
    let output = child.wait_with_output()?;
    let written = writer.join();
    ensure!(
        output.status.success(),
        "bedside check ended with {}",
        output.status
    );
    ensure!(
        matches!(written, Ok(Ok(()))),
        "bedside check did not read the whole file"
    );
    let answers: Vec<Answer> = String::from_utf8(output.stdout)?
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    ensure!(
        answers.len() == rows.len(),
        "{} answers to {} texts",
        answers.len(),
        rows.len()
    );
    for (row, answer) in rows.iter().zip(&answers) {
        if let Some(error) = &answer.error {
            bail!("{}: {error}", row.id);
        }
        ensure!(
            answer.id.as_deref() == Some(row.id.as_str()),
            "the answers are out of order at {}",
            row.id
        );
    }
    Ok(answers)
}

fn request(row: &Row) -> Value {
    let mut line = json!({ "id": row.id, "text": row.text });
    if let Some(context) = &row.context {
        line["context"] = context.clone();
    }
    line
}

/// The heaviest of the findings that are left when those in `tolerated`, up to a warning, are set aside.
fn heaviest(answer: &Answer, tolerated: &[String]) -> Level {
    let counted = answer
        .findings
        .iter()
        .filter(|f| f.severity > Level::Warn || !tolerated.contains(&f.rule));
    counted.map(|f| f.severity).max().unwrap_or(Level::Clear)
}

fn rules_of(answer: &Answer) -> BTreeSet<&str> {
    answer.findings.iter().map(|f| f.rule.as_str()).collect()
}

/// Is the label met? Some stand for each other; `labels` are all labels of the same text.
fn met(label: &str, labels: &[String], found: &BTreeSet<&str>) -> bool {
    let about_a_patient = || {
        found.iter().any(|r| {
            r.starts_with("ID-") || r.starts_with("R2") || matches!(*r, "REG-JIGSAW" | "TONE")
        })
    };
    match label {
        _ if found.contains(label) => true,
        "REG-GMC-SM" => found.contains("AUP-4") || about_a_patient(),
        _ if SOURCES.contains(&label) => about_a_patient(),
        "ID-NHS" => found.contains("ID-CHI"),
        "ID-CHI" => found.contains("ID-NHS"),
        "TONE" => labels.iter().any(|l| l == "AUP-4") && found.contains("AUP-4"),
        "AUP-4" => labels.iter().any(|l| l == "TONE") && found.contains("TONE"),
        _ => false,
    }
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Share {
    hit: usize,
    of: usize,
}

impl Share {
    fn add(&mut self, hit: bool) {
        self.hit += usize::from(hit);
        self.of += 1;
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.of == 0 {
            return write!(f, "none to count");
        }
        let tenths = (self.hit * 1000 + self.of / 2) / self.of;
        write!(
            f,
            "{}.{}% ({} of {})",
            tenths / 10,
            tenths % 10,
            self.hit,
            self.of
        )
    }
}

fn rulings(rows: &[Row], answers: &[Answer], misses: bool) {
    let (mut caught, mut acceptable) = (Share::default(), Share::default());
    let mut labels: BTreeMap<&str, Share> = BTreeMap::new();
    let mut list = Vec::new();
    for (row, answer) in rows.iter().zip(answers) {
        let heavy = heaviest(answer, &[]) >= Level::Warn;
        if row.expect_level.as_deref() == Some("warn_or_block") {
            caught.add(heavy);
            let found = rules_of(answer);
            for label in &row.expect {
                labels
                    .entry(label)
                    .or_default()
                    .add(met(label, &row.expect, &found));
            }
            if !heavy {
                list.push(format!(
                    "passed though upheld: {} {}",
                    row.id,
                    row.expect.join(" ")
                ));
            }
        } else {
            acceptable.add(heavy);
            if heavy {
                list.push(format!(
                    "stopped though acceptable: {} by {}",
                    row.id,
                    join(&rules_of(answer))
                ));
            }
        }
    }
    println!("upheld rulings that get a warning or a block   {caught}");
    println!("acceptable wordings that get one               {acceptable}");
    print_labels(&labels);
    print_list(misses, &list);
}

fn posts(rows: &[Row], answers: &[Answer], misses: bool) {
    let (mut stopped, mut advised, mut strict) =
        (Share::default(), Share::default(), Share::default());
    let (mut right, mut seen) = (Share::default(), Share::default());
    let mut labels: BTreeMap<&str, Share> = BTreeMap::new();
    let mut alarms: BTreeMap<&str, usize> = BTreeMap::new();
    let mut list = Vec::new();
    for (row, answer) in rows.iter().zip(answers) {
        let found = rules_of(answer);
        if row.clean.unwrap_or(row.labels.is_empty()) {
            let heavy = heaviest(answer, &row.tolerated);
            stopped.add(heavy >= Level::Warn);
            advised.add(heavy == Level::Advise);
            strict.add(heaviest(answer, &[]) >= Level::Warn);
            for finding in &answer.findings {
                if finding.severity >= Level::Warn && heavy >= Level::Warn {
                    *alarms.entry(&finding.rule).or_default() += 1;
                }
            }
            if heavy >= Level::Warn {
                list.push(format!("false alarm: {} by {}", row.id, join(&found)));
            }
        } else {
            let gold = row.level.unwrap_or(Level::Warn);
            let verdict = answer.verdict.unwrap_or(Level::Clear);
            right.add(verdict >= gold);
            seen.add(verdict > Level::Clear);
            let missed: Vec<&str> = row
                .labels
                .iter()
                .map(String::as_str)
                .filter(|l| !met(l, &row.labels, &found))
                .collect();
            for label in &row.labels {
                labels
                    .entry(label)
                    .or_default()
                    .add(!missed.contains(&label.as_str()));
            }
            if verdict < gold {
                list.push(format!(
                    "too light: {} wants {gold:?} for {}, found {}",
                    row.id,
                    row.labels.join(" "),
                    join(&found)
                ));
            } else if !missed.is_empty() {
                list.push(format!("label missed: {} {}", row.id, missed.join(" ")));
            }
        }
    }
    println!("clean posts that get a warning or a block      {stopped}");
    println!("  the same with tolerated findings counted     {strict}");
    println!("clean posts that get advice only               {advised}");
    println!("breaking posts with a verdict heavy enough     {right}");
    println!("breaking posts that are noticed at all         {seen}");
    print_labels(&labels);
    for (rule, count) in &alarms {
        println!("false alarms by {rule}: {count}");
    }
    print_list(misses, &list);
}

fn print_labels(labels: &BTreeMap<&str, Share>) {
    let mut all = Share::default();
    for share in labels.values() {
        all.hit += share.hit;
        all.of += share.of;
    }
    println!("labels found                                   {all}");
    for (label, share) in labels {
        println!("  {label:<18} {share}");
    }
}

fn print_list(wanted: bool, list: &[String]) {
    if wanted {
        for line in list {
            println!("{line}");
        }
    } else if !list.is_empty() {
        println!("{} texts differ; --misses lists them", list.len());
    }
}

fn join(rules: &BTreeSet<&str>) -> String {
    if rules.is_empty() {
        "nothing".to_owned()
    } else {
        rules.iter().copied().collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(findings: &[(&str, Level)]) -> Answer {
        let findings = findings
            .iter()
            .map(|(rule, severity)| Found {
                rule: (*rule).to_owned(),
                severity: *severity,
            })
            .collect();
        Answer {
            id: None,
            verdict: None,
            findings,
            error: None,
        }
    }

    #[test]
    fn tolerated_findings_are_set_aside_up_to_a_warning() {
        let tolerated = ["ID-PHONE".to_owned()];
        assert_eq!(
            heaviest(&answer(&[("ID-PHONE", Level::Warn)]), &tolerated),
            Level::Clear
        );
        assert_eq!(
            heaviest(&answer(&[("ID-PHONE", Level::Block)]), &tolerated),
            Level::Block
        );
        assert_eq!(
            heaviest(&answer(&[("TONE", Level::Warn)]), &tolerated),
            Level::Warn
        );
    }

    #[test]
    fn labels_that_stand_for_each_other_are_met() {
        let gold = [
            "REG-GDC-423".to_owned(),
            "AUP-4".to_owned(),
            "TONE".to_owned(),
        ];
        assert!(met("REG-GDC-423", &gold, &BTreeSet::from(["R2b"])));
        assert!(!met("REG-GDC-423", &gold, &BTreeSet::from(["AD-FREE"])));
        assert!(met("TONE", &gold, &BTreeSet::from(["AUP-4"])));
        assert!(!met("TONE", &gold[2..], &BTreeSet::from(["AUP-4"])));
        assert!(met("ID-CHI", &gold, &BTreeSet::from(["ID-NHS"])));
    }

    #[test]
    fn verdicts_and_severities_are_read_as_one_scale() {
        let read = |text: &str| serde_json::from_str::<Level>(text).unwrap();
        assert_eq!(read("\"needs_changes\""), Level::Warn);
        assert_eq!(read("\"blocked\""), Level::Block);
        assert!(read("\"advise\"") < read("\"warn\""));
    }

    #[test]
    fn the_command_line_is_read_in_any_order_after_the_kind() {
        let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let asked =
            Asked::parse(&words("posts --misses --bedside there/bedside here.jsonl")).unwrap();
        assert!(
            asked.misses
                && asked.file.ends_with("here.jsonl")
                && asked.bedside.ends_with("bedside")
        );
        assert!(Asked::parse(&words("posts")).is_err());
        assert!(Asked::parse(&words("rulings a.jsonl --twice")).is_err());
    }

    #[test]
    fn shares_are_told_to_a_tenth() {
        assert_eq!(Share { hit: 2, of: 3 }.to_string(), "66.7% (2 of 3)");
        assert_eq!(Share::default().to_string(), "none to count");
    }
}
