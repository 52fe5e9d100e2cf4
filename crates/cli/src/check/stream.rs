//! One JSON object a line in, one answer a line out.
//!
//! Answers are in the order of the lines. A line that cannot be read gets an error in its place that never quotes it, and
//! the stream goes on. Answers are sent when no further line is waiting, so that a person at a pipe sees each at once and
//! a file goes through at full speed.

use std::io::{BufWriter, Read, Write};

use bedside_screen::{Context, Engine, Finding, Verdict};
use serde::{Deserialize, Serialize};

use super::FailOn;
use super::lines::{LONGEST_LINE, Line, LineReader};

#[derive(Deserialize)]
struct Question {
    #[serde(default)]
    id: serde_json::Value,
    text: String,
    #[serde(default)]
    context: Option<Context>,
}

#[derive(Serialize)]
struct Answer<'a> {
    id: &'a serde_json::Value,
    verdict: Verdict,
    findings: &'a [Finding],
}

#[derive(Serialize)]
struct Refusal<'a> {
    line: u64,
    error: &'a str,
}

/// Writes answers, and remembers whether the command has failed.
pub struct Answers<W: Write> {
    out: BufWriter<W>,
    fail_on: FailOn,
    failed: bool,
}

impl<W: Write> Answers<W> {
    pub fn new(out: W, fail_on: FailOn) -> Self {
        Self {
            out: BufWriter::with_capacity(64 * 1024, out),
            fail_on,
            failed: false,
        }
    }

    /// Answers every line of `input`; `base` is the context of lines that bring none.
    pub fn answer(&mut self, input: impl Read, base: &Context) -> anyhow::Result<()> {
        let engine = Engine::builtin();
        let mut lines = LineReader::new(input);
        loop {
            if lines.waits() {
                self.out.flush()?;
            }
            let Some((number, line)) = lines.next_line()? else {
                break;
            };
            match line {
                Line::TooLong => self.refuse(
                    number,
                    &format!("the line is longer than {} MiB", LONGEST_LINE / 1024 / 1024),
                )?,
                Line::Bytes(bytes) if bytes.iter().all(u8::is_ascii_whitespace) => {}
                Line::Bytes(bytes) => self.one(engine, number, bytes, base)?,
            }
        }
        self.out.flush()?;
        Ok(())
    }

    pub fn failed(&self) -> bool {
        self.failed
    }

    fn one(
        &mut self,
        engine: &Engine,
        number: u64,
        bytes: &[u8],
        base: &Context,
    ) -> anyhow::Result<()> {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return self.refuse(number, "the line is not UTF-8 text");
        };
        let question: Question = match serde_json::from_str(text) {
            Ok(question) => question,
            Err(e) => {
                return self.refuse(
                    number,
                    &reason(&e, "\"text\", and \"id\" and \"context\" if wanted"),
                );
            }
        };
        match engine.check(&question.text, question.context.as_ref().unwrap_or(base)) {
            Ok(check) => {
                self.failed |= self.fail_on.fails(&check);
                let answer = Answer {
                    id: &question.id,
                    verdict: check.verdict,
                    findings: &check.findings,
                };
                serde_json::to_writer(&mut self.out, &answer).map_err(std::io::Error::from)?;
                self.out.write_all(b"\n")?;
                Ok(())
            }
            Err(too_long) => self.refuse(number, &too_long.to_string()),
        }
    }

    fn refuse(&mut self, line: u64, error: &str) -> anyhow::Result<()> {
        self.failed = true;
        serde_json::to_writer(&mut self.out, &Refusal { line, error })
            .map_err(std::io::Error::from)?;
        self.out.write_all(b"\n")?;
        Ok(())
    }
}

/// Why a line could not be read. The parser's own words may quote the line, so only their kind and place are told.
pub fn reason(error: &serde_json::Error, form: &str) -> String {
    use serde_json::error::Category;
    let column = error.column();
    match error.classify() {
        Category::Eof => "the line is not complete JSON".to_owned(),
        Category::Data => {
            format!("the line is not of the expected form: an object with {form} (column {column})")
        }
        Category::Syntax | Category::Io => format!("the line is not valid JSON (column {column})"),
    }
}
