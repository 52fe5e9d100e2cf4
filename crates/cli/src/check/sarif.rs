//! Findings as SARIF 2.1.0, for tools that show them beside the text.

use bedside_screen::{Check, Engine, Severity};
use serde_json::{Value, json};

/// The log of all files: (name, text, findings).
pub fn log(engine: &Engine, files: &[(String, String, Check)]) -> Value {
    let rules: Vec<Value> = engine
        .rules()
        .iter()
        .map(|r| {
            let sources: Vec<String> = r
                .sources
                .iter()
                .map(|s| format!("{}, {} {} (read {})", s.title, s.by, s.at, s.read))
                .collect();
            json!({
                "id": r.id,
                "name": r.name,
                "shortDescription": { "text": r.message },
                "fullDescription": { "text": r.why },
                "help": { "text": format!("{}\n{}", r.instead, sources.join("\n")).trim() },
                "defaultConfiguration": { "level": level(r.severity) },
                "properties": { "control": r.control },
            })
        })
        .collect();
    let mut results = Vec::new();
    for (name, text, check) in files {
        let lines = Lines::of(text);
        for f in &check.findings {
            let (start_line, start_column) = lines.place(f.start);
            let (end_line, end_column) = lines.place(f.end);
            let index = engine.rules().iter().position(|r| r.id == f.rule);
            results.push(json!({
                "ruleId": f.rule,
                "ruleIndex": index,
                "level": level(f.severity),
                "message": { "text": format!("{}. {}", f.message, f.why) },
                "locations": [{ "physicalLocation": {
                    "artifactLocation": { "uri": uri(name) },
                    "region": {
                        "startLine": start_line, "startColumn": start_column, "endLine": end_line, "endColumn": end_column,
                        "charOffset": f.start, "charLength": f.end - f.start,
                    },
                } }],
            }));
        }
    }
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "bedside", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Block => "error",
        Severity::Warn => "warning",
        Severity::Advise => "note",
    }
}

/// A file name as a relative URI reference.
fn uri(name: &str) -> String {
    let mut out = String::new();
    for b in name.bytes() {
        if b.is_ascii_alphanumeric() || matches!(b, b'/' | b'.' | b'-' | b'_' | b'~') {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("%{b:02X}"));
        }
    }
    out
}

/// Where lines begin, in Unicode scalar values.
struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    fn of(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(
            text.chars()
                .enumerate()
                .filter(|(_, c)| *c == '\n')
                .map(|(at, _)| at + 1),
        );
        Self { starts }
    }

    /// Line and column, both from 1.
    fn place(&self, at: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|s| *s <= at);
        (
            line,
            at - self
                .starts
                .get(line.saturating_sub(1))
                .copied()
                .unwrap_or_default()
                + 1,
        )
    }
}
