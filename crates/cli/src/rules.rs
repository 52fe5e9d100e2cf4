//! `bedside rules`: what the rules are, why, and whether they do what they say.

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use bedside_screen::{Context, Engine, Example, Rule, Severity};
use clap::Subcommand;

/// Show the rules, explain one, or run their examples.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// All rules, one a line: id, control, severity, title.
    List {
        /// As JSON, one object a line.
        #[arg(long)]
        json: bool,
    },
    /// One rule: what it finds, why, what to write instead, its sources and examples.
    Explain {
        /// The rule's id, such as AD-POM-NAME.
        id: String,
    },
    /// Runs the examples of one rule, or of all. Exit status 1 when one fails.
    Test {
        /// The rule's id; none: all rules.
        id: Option<String>,
    },
}

/// Runs the command.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let code = match args.command {
        Command::List { json } => list(&mut out, json)?,
        Command::Explain { id } => explain(&mut out, find(&id)?)?,
        Command::Test { id } => test(&mut out, id.as_deref())?,
    };
    out.flush()?;
    Ok(code)
}

fn find(id: &str) -> anyhow::Result<&'static Rule> {
    let engine = Engine::builtin();
    if let Some(rule) = engine.rule(id).or_else(|| {
        engine
            .rules()
            .iter()
            .find(|r| r.id.eq_ignore_ascii_case(id))
    }) {
        return Ok(rule);
    }
    bail!("there is no rule of that id; `bedside rules list` shows them all")
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Block => "block",
        Severity::Warn => "warn",
        Severity::Advise => "advise",
    }
}

fn list(out: &mut impl Write, json: bool) -> anyhow::Result<ExitCode> {
    for r in Engine::builtin().rules() {
        if json {
            let line = serde_json::json!({ "id": r.id, "name": r.name, "control": r.control, "severity": r.severity, "message": r.message, "why": r.why, "instead": r.instead });
            serde_json::to_writer(&mut *out, &line).map_err(std::io::Error::from)?;
            writeln!(out)?;
        } else {
            writeln!(
                out,
                "{:<18} {:<3} {:<7} {}",
                r.id,
                r.control,
                word(r.severity),
                r.message
            )?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn explain(out: &mut impl Write, r: &Rule) -> anyhow::Result<ExitCode> {
    writeln!(out, "{} ({})", r.id, r.name)?;
    writeln!(out, "{}\n", r.message)?;
    writeln!(
        out,
        "Severity: {}. Control: {}.",
        word(r.severity),
        r.control
    )?;
    writeln!(out, "\nWhy\n  {}", r.why)?;
    if !r.instead.is_empty() {
        writeln!(out, "\nInstead\n  {}", r.instead)?;
    }
    writeln!(out, "\nSources")?;
    for s in r.sources {
        let place = if s.at.is_empty() {
            String::new()
        } else {
            format!(", {}", s.at)
        };
        let checked = if s.checked {
            ""
        } else {
            "; from memory, to be confirmed"
        };
        writeln!(
            out,
            "  {} ({}){place}, read {}{checked}",
            s.title, s.by, s.read
        )?;
    }
    writeln!(out, "\nFlags")?;
    for e in r.flags {
        writeln!(out, "  {}{}", e.text, told(e))?;
    }
    writeln!(out, "\nAllows")?;
    for e in r.allows {
        writeln!(out, "  {}{}", e.text, told(e))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn told(example: &Example) -> String {
    if example.context.is_empty() {
        String::new()
    } else {
        format!("   (when {})", example.context)
    }
}

fn test(out: &mut impl Write, id: Option<&str>) -> anyhow::Result<ExitCode> {
    let engine = Engine::builtin();
    let one = id.map(find).transpose()?;
    let (mut rules, mut examples, mut wrong) = (0, 0, 0);
    for rule in engine
        .rules()
        .iter()
        .filter(|r| one.is_none_or(|o| o.id == r.id))
    {
        rules += 1;
        for (list, must) in [(rule.flags, true), (rule.allows, false)] {
            for example in list {
                examples += 1;
                if !right(engine, rule, example, must)? {
                    wrong += 1;
                    writeln!(
                        out,
                        "{} {}: {}{}",
                        rule.id,
                        if must {
                            "does not flag"
                        } else {
                            "does not allow"
                        },
                        example.text,
                        told(example)
                    )?;
                }
            }
        }
    }
    writeln!(out, "{rules} rules, {examples} examples, {wrong} wrong.")?;
    Ok(if wrong == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

fn right(engine: &Engine, rule: &Rule, example: &Example, must: bool) -> anyhow::Result<bool> {
    let context: Context = if example.context.is_empty() {
        Context::default()
    } else {
        serde_json::from_str(example.context)
            .with_context(|| format!("{}: the context of an example", rule.id))?
    };
    let check = engine.check(example.text, &context)?;
    let mut found = check.findings.iter().filter(|f| f.rule == rule.id);
    Ok(if must {
        found.any(|f| example.severity.is_none_or(|s| f.severity == s))
    } else {
        found.next().is_none()
    })
}
