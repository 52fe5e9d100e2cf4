//! The text with the findings under it, for a person to read.

use std::io::Write;

use bedside_screen::{Check, Finding, Severity};

/// Rows of the text are broken at this many columns.
const WIDTH: usize = 78;

/// Shows one text and its findings.
pub fn show(
    out: &mut impl Write,
    name: &str,
    text: &str,
    check: &Check,
    colour: bool,
) -> std::io::Result<()> {
    let paint = Paint { on: colour };
    writeln!(out, "{}", paint.bold(&printable(name)))?;
    let mut told = vec![false; check.findings.len()];
    let mut at = 0;
    for (number, line) in text.split('\n').enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let chars: Vec<char> = line.chars().collect();
        let rows = rows(&chars);
        for (n, (from, to)) in rows.iter().enumerate() {
            let gutter = if n == 0 {
                format!("{:>4}", number + 1)
            } else {
                "    ".to_owned()
            };
            let shown: String = chars[*from..*to].iter().map(|c| safe(*c)).collect();
            writeln!(out, "{} {}", paint.dim(&format!("{gutter} |")), shown)?;
            for (index, finding) in check.findings.iter().enumerate() {
                let (start, end) = (finding.start.max(at + from), finding.end.min(at + to));
                let here =
                    start < end || (finding.start == finding.end && finding.start == at + from);
                if !here || told[index] {
                    continue;
                }
                let before: usize = chars[*from..start - at].iter().map(|c| width(*c)).sum();
                let marked: usize = chars[start - at..end - at].iter().map(|c| width(*c)).sum();
                let carets = format!("{}{}", " ".repeat(before), "^".repeat(marked.max(1)));
                writeln!(
                    out,
                    "{} {}",
                    paint.dim("     |"),
                    paint.severity(finding.severity, &carets)
                )?;
                told[index] = true;
                tell(out, finding, &paint)?;
            }
        }
        at += text[..]
            .split('\n')
            .nth(number)
            .map_or(0, |l| l.chars().count())
            + 1;
    }
    summary(out, check, &paint)
}

fn tell(out: &mut impl Write, finding: &Finding, paint: &Paint) -> std::io::Result<()> {
    let edge = paint.dim("     |");
    writeln!(
        out,
        "{edge}   {}: {} [{}]",
        paint.severity(finding.severity, word(finding.severity)),
        finding.message,
        finding.rule
    )?;
    let mut parts = vec![finding.why.clone()];
    if !finding.instead.is_empty() {
        parts.push(format!("Instead: {}", finding.instead));
    }
    for suggestion in &finding.suggestions {
        parts.push(if suggestion.is_empty() {
            "You could leave these words out.".to_owned()
        } else {
            format!("You could write: {suggestion}")
        });
    }
    let s = &finding.source;
    let place = if s.at.is_empty() {
        String::new()
    } else {
        format!(", {}", s.at)
    };
    parts.push(format!(
        "Source: {}{place} ({}, read {})",
        s.title, s.by, s.read
    ));
    for part in parts {
        let chars: Vec<char> = part.chars().collect();
        for (from, to) in rows(&chars) {
            writeln!(
                out,
                "{edge}   {}",
                chars[from..to].iter().collect::<String>()
            )?;
        }
    }
    Ok(())
}

fn summary(out: &mut impl Write, check: &Check, paint: &Paint) -> std::io::Result<()> {
    if check.findings.is_empty() {
        return writeln!(out, "Nothing found.\n");
    }
    let mut parts = Vec::new();
    for severity in [Severity::Block, Severity::Warn, Severity::Advise] {
        let n = check
            .findings
            .iter()
            .filter(|f| f.severity == severity)
            .count();
        if n > 0 {
            parts.push(format!("{}: {n}", paint.severity(severity, word(severity))));
        }
    }
    writeln!(out, "{}\n", parts.join(", "))
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Block => "Must change",
        Severity::Warn => "Ask someone",
        Severity::Advise => "Worth a look",
    }
}

/// A line cut into rows that fit, at blanks where there are any.
fn rows(chars: &[char]) -> Vec<(usize, usize)> {
    let mut rows = Vec::new();
    let mut from = 0;
    while from < chars.len() {
        let mut to = from;
        let mut columns = 0;
        let mut blank = None;
        while to < chars.len() && columns + width(chars[to]) <= WIDTH {
            columns += width(chars[to]);
            if chars[to] == ' ' {
                blank = Some(to + 1);
            }
            to += 1;
        }
        if to < chars.len() {
            to = blank.unwrap_or(to).max(from + 1);
        }
        rows.push((from, to));
        from = to;
    }
    if rows.is_empty() {
        rows.push((0, 0));
    }
    rows
}

/// Columns that a character takes on a terminal; near enough for carets to stand under it.
fn width(c: char) -> usize {
    match c as u32 {
        0x0300..=0x036f
        | 0x200b..=0x200f
        | 0x202a..=0x202e
        | 0x2060..=0x206f
        | 0xfe00..=0xfe0f
        | 0xfeff
        | 0x1f3fb..=0x1f3ff => 0,
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1f64f
        | 0x1f680..=0x1f6ff
        | 0x1f900..=0x1faff => 2,
        _ => 1,
    }
}

/// A character that cannot command the terminal or turn the line round.
fn safe(c: char) -> char {
    match c {
        '\t' => ' ',
        c if c.is_control() => '\u{fffd}',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{200b}',
        c => c,
    }
}

fn printable(text: &str) -> String {
    text.chars().map(safe).collect()
}

struct Paint {
    on: bool,
}

impl Paint {
    fn severity(&self, severity: Severity, text: &str) -> String {
        let code = match severity {
            Severity::Block => "1;31",
            Severity::Warn => "1;33",
            Severity::Advise => "36",
        };
        self.with(code, text)
    }

    fn bold(&self, text: &str) -> String {
        self.with("1", text)
    }

    fn dim(&self, text: &str) -> String {
        self.with("2", text)
    }

    fn with(&self, code: &str, text: &str) -> String {
        if self.on {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}
