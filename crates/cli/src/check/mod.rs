//! `bedside check`: screens texts and says what is wrong, why, and what to write instead.

pub mod lines;
mod person;
mod sarif;
pub mod stream;

use std::fs::File;
use std::io::{BufReader, IsTerminal as _, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use bedside_screen::{Account, Check, Context, Engine, MAX_TEXT, PracticeType, Severity, Surface};
use clap::ValueEnum;

/// Check a text before it is posted: what is wrong, why, and what to write instead.
///
/// Exit status: 0 nothing at or above --fail-on, 1 something was found, 2 the check could not run.
#[derive(clap::Args)]
pub struct Args {
    /// Files with one text each (with --jsonl, one JSON object a line); none or "-" reads standard input.
    files: Vec<PathBuf>,
    /// How the findings are shown.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// One JSON object a line in, {"id","text","context"}, and one line out for each.
    #[arg(long, conflicts_with = "format")]
    jsonl: bool,
    /// The least finding that makes the exit status 1.
    #[arg(long, value_enum, default_value_t = FailOn::Warn)]
    fail_on: FailOn,
    /// A JSON file with the circumstances: practice profile, surface, account, what is on file.
    #[arg(long, value_name = "FILE")]
    context: Option<PathBuf>,
    /// The text answers someone.
    #[arg(long)]
    reply: bool,
    /// The text goes out on a member of staff's own account.
    #[arg(long)]
    personal: bool,
    /// What kind of practice speaks.
    #[arg(long, value_enum)]
    practice_type: Option<Kind>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The text with the findings under it.
    Text,
    /// One JSON object for each file.
    Json,
    /// SARIF 2.1.0.
    Sarif,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    Advise,
    Warn,
    Block,
    Never,
}

impl FailOn {
    /// Does a check with these findings make the command fail?
    fn fails(self, check: &Check) -> bool {
        let least = match self {
            Self::Advise => Severity::Advise,
            Self::Warn => Severity::Warn,
            Self::Block => Severity::Block,
            Self::Never => return false,
        };
        check.findings.iter().any(|f| f.severity >= least)
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Gp,
    Dental,
    Pharmacy,
    Aesthetic,
}

/// Runs the command.
#[expect(
    clippy::needless_pass_by_value,
    reason = "every command takes its arguments in the same way"
)]
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let base = base_context(&args)?;
    let failed = if args.jsonl {
        run_stream(&args, &base)?
    } else {
        run_files(&args, &base)?
    };
    Ok(if failed {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    })
}

fn base_context(args: &Args) -> anyhow::Result<Context> {
    let mut context = match &args.context {
        Some(path) => {
            let file =
                File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
            serde_json::from_reader(BufReader::new(file))
                .with_context(|| format!("{} is not a context", path.display()))?
        }
        None => Context::default(),
    };
    if args.reply {
        context.surface = Surface::Reply;
    }
    if args.personal {
        context.account = Account::Personal;
    }
    if let Some(kind) = args.practice_type {
        context.practice_type = Some(match kind {
            Kind::Gp => PracticeType::Gp,
            Kind::Dental => PracticeType::Dental,
            Kind::Pharmacy => PracticeType::Pharmacy,
            Kind::Aesthetic => PracticeType::Aesthetic,
        });
    }
    Ok(context)
}

fn run_stream(args: &Args, base: &Context) -> anyhow::Result<bool> {
    let out = std::io::stdout().lock();
    let mut answers = stream::Answers::new(out, args.fail_on);
    for input in inputs(&args.files) {
        answers.answer(input.open()?, base)?;
    }
    Ok(answers.failed())
}

fn run_files(args: &Args, base: &Context) -> anyhow::Result<bool> {
    let stdout = std::io::stdout();
    let colour = stdout.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    let mut out = std::io::BufWriter::new(stdout.lock());
    let engine = Engine::builtin();
    let mut failed = false;
    let mut done: Vec<(String, String, Check)> = Vec::new();
    for input in inputs(&args.files) {
        let text = input.text()?;
        let check = engine.check(&text, base).with_context(|| input.name())?;
        failed |= args.fail_on.fails(&check);
        match args.format {
            Format::Text => person::show(&mut out, &input.name(), &text, &check, colour)?,
            Format::Json => {
                serde_json::to_writer(
                    &mut out,
                    &Told {
                        file: &input.name(),
                        check: &check,
                    },
                )?;
                writeln!(out)?;
            }
            Format::Sarif => done.push((input.name(), text, check)),
        }
    }
    if args.format == Format::Sarif {
        serde_json::to_writer_pretty(&mut out, &sarif::log(engine, &done))?;
        writeln!(out)?;
    }
    out.flush()?;
    Ok(failed)
}

#[derive(serde::Serialize)]
struct Told<'a> {
    file: &'a str,
    #[serde(flatten)]
    check: &'a Check,
}

/// Where a text comes from.
enum Input {
    Standard,
    File(PathBuf),
}

fn inputs(files: &[PathBuf]) -> Vec<Input> {
    if files.is_empty() {
        return vec![Input::Standard];
    }
    files
        .iter()
        .map(|f| {
            if f.as_os_str() == "-" {
                Input::Standard
            } else {
                Input::File(f.clone())
            }
        })
        .collect()
}

impl Input {
    fn name(&self) -> String {
        match self {
            Self::Standard => "standard input".to_owned(),
            Self::File(path) => path.display().to_string(),
        }
    }

    fn open(&self) -> anyhow::Result<Box<dyn Read>> {
        Ok(match self {
            Self::Standard => Box::new(std::io::stdin().lock()),
            Self::File(path) => Box::new(
                File::open(path).with_context(|| format!("cannot open {}", path.display()))?,
            ),
        })
    }

    /// The whole text; one byte more than is screened is read, so that a longer one is known.
    fn text(&self) -> anyhow::Result<String> {
        let mut bytes = Vec::new();
        let most = u64::try_from(MAX_TEXT)
            .unwrap_or(u64::MAX)
            .saturating_add(1);
        self.open()?
            .take(most)
            .read_to_end(&mut bytes)
            .with_context(|| format!("cannot read {}", self.name()))?;
        if bytes.len() > MAX_TEXT {
            bail!(
                "{}: the text is too long to check; the most is {MAX_TEXT} bytes",
                self.name()
            );
        }
        String::from_utf8(bytes).map_err(|e| {
            anyhow::anyhow!(
                "{} is not UTF-8 text (byte {}); save it as UTF-8 and try again",
                self.name(),
                e.utf8_error().valid_up_to() + 1
            )
        })
    }
}
