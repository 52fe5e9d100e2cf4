//! `bedside lengths`: how long texts are, as each network counts them.

use std::io::{BufWriter, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use bedside_screen::length::{Count, Network, count};
use serde::{Deserialize, Serialize};

use crate::check::lines::{LONGEST_LINE, Line, LineReader};
use crate::check::stream::reason;

/// Count texts as each network does.
///
/// Reads one JSON object a line, {"id","network","text","spoiler_text"}, and writes {"id","count","limit","fits"} for each.
#[derive(clap::Args)]
pub struct Args {
    /// Files with one JSON object a line; none or "-" reads standard input.
    files: Vec<PathBuf>,
    /// Said for clarity: the form is always one JSON object a line.
    #[arg(long)]
    jsonl: bool,
}

#[derive(Deserialize)]
struct Question {
    #[serde(default)]
    id: serde_json::Value,
    network: String,
    text: String,
    #[serde(default)]
    spoiler_text: Option<String>,
}

#[derive(Serialize)]
struct Answer<'a> {
    id: &'a serde_json::Value,
    #[serde(flatten)]
    count: Count,
}

/// Runs the command.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Args { files, jsonl: _ } = args;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut failed = false;
    if files.is_empty() {
        failed |= answer(std::io::stdin().lock(), &mut out)?;
    }
    for file in files {
        if file.as_os_str() == "-" {
            failed |= answer(std::io::stdin().lock(), &mut out)?;
        } else {
            let open = std::fs::File::open(&file)
                .with_context(|| format!("cannot open {}", file.display()))?;
            failed |= answer(open, &mut out)?;
        }
    }
    out.flush()?;
    Ok(if failed {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    })
}

fn answer(input: impl Read, out: &mut impl Write) -> anyhow::Result<bool> {
    let mut lines = LineReader::new(input);
    let mut failed = false;
    loop {
        if lines.waits() {
            out.flush()?;
        }
        let Some((number, line)) = lines.next_line()? else {
            break;
        };
        let told = match line {
            Line::TooLong => Err(format!(
                "the line is longer than {} MiB",
                LONGEST_LINE / 1024 / 1024
            )),
            Line::Bytes(bytes) if bytes.iter().all(u8::is_ascii_whitespace) => continue,
            Line::Bytes(bytes) => one(bytes),
        };
        let text = match told {
            Ok(text) => text,
            Err(error) => {
                failed = true;
                serde_json::json!({ "line": number, "error": error }).to_string()
            }
        };
        out.write_all(text.as_bytes())?;
        out.write_all(b"\n")?;
    }
    Ok(failed)
}

fn one(bytes: &[u8]) -> Result<String, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "the line is not UTF-8 text".to_owned())?;
    let question: Question = serde_json::from_str(text).map_err(|e| {
        reason(
            &e,
            "\"network\" and \"text\", and \"id\" and \"spoiler_text\" if wanted",
        )
    })?;
    let network = Network::from_name(&question.network)
        .ok_or_else(|| "the network is not known".to_owned())?;
    let count = count(
        network,
        &question.text,
        question.spoiler_text.as_deref().unwrap_or_default(),
    );
    serde_json::to_string(&Answer {
        id: &question.id,
        count,
    })
    .map_err(|_| "the answer could not be written".to_owned())
}
