//! Links in a text, as X and Mastodon find them: a host that ends in a known top-level domain, then port, path and query.

use std::ops::Range;

use super::tld::is_tld;

/// Links that begin with `http://` or `https://`.
pub(super) fn with_protocol(text: &str) -> Vec<Range<usize>> {
    find(text, false)
}

/// Links with or without a protocol.
pub(super) fn with_or_without_protocol(text: &str) -> Vec<Range<usize>> {
    find(text, true)
}

/// Longest link that is one.
const LONGEST: usize = 4096;

fn find(text: &str, bare: bool) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some(c) = text.get(at..).and_then(|t| t.chars().next()) {
        let here = &text[at..];
        let protocol = ["https://", "http://"].into_iter().find(|p| {
            here.get(..p.len())
                .is_some_and(|h| h.eq_ignore_ascii_case(p))
        });
        if let Some(protocol) = protocol {
            let before = text[..at].chars().next_back();
            let host = at + protocol.len();
            if !before.is_some_and(bars)
                && let Some(end) = link_end(text, host, |_| true)
                && end - at <= LONGEST
            {
                found.push(at..end);
                at = end;
                continue;
            }
            at = host;
            // Without its protocol the host is looked at again only behind a blank.
            if bare && text[host..].starts_with(char::is_whitespace) {
                continue;
            }
            at += text[host..]
                .chars()
                .take_while(|c| {
                    !c.is_whitespace() && host_letter(*c) || matches!(c, '.' | '/' | ':')
                })
                .map(char::len_utf8)
                .sum::<usize>();
            continue;
        }
        if bare && (c.is_ascii_alphanumeric() || matches!(c as u32, 0xc0..=0x24f)) {
            let before = text[..at].chars().next_back();
            let barred =
                before.is_some_and(|b| bars(b) || matches!(b, '-' | '_' | '.' | '/' | '@'));
            if !barred && let Some(end) = link_end(text, at, bare_letter) {
                found.push(at..end);
                at = end;
                continue;
            }
            // On to the end of this word.
            at += here
                .chars()
                .take_while(|c| bare_letter(*c) || matches!(c, '.' | '@'))
                .map(char::len_utf8)
                .sum::<usize>()
                .max(1);
            continue;
        }
        at += c.len_utf8();
    }
    found
}

/// Characters before which a link does not begin.
fn bars(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(
            c,
            '@' | '＠' | '$' | '#' | '＃' | '\u{fffe}' | '\u{feff}' | '\u{ffff}'
        )
}

/// Letters of a host behind a protocol: anything but blanks, marks and direction signs.
fn host_letter(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    }
    !(c.is_whitespace()
        || matches!(c as u32, 0x80..=0xbf | 0x2000..=0x206f | 0x3000..=0x303f | 0xff00..=0xff0f | 0xff1a..=0xff20 | 0xfe00..=0xfe0f | 0xfffe..=0xffff | 0xfeff))
}

/// Letters of a host that no protocol announces: Latin ones.
fn bare_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_') || matches!(c as u32, 0xc0..=0x24f)
}

/// End of the link whose host begins at `start`.
fn link_end(text: &str, start: usize, letter: impl Fn(char) -> bool) -> Option<usize> {
    let host_len: usize = text[start..]
        .chars()
        .take_while(|c| host_letter(*c) || *c == '.')
        .map(char::len_utf8)
        .sum();
    let host = &text[start..start + host_len];
    // The longest stretch that ends in a top-level domain which nothing of a name follows.
    let mut best = None;
    for (dot, _) in host.match_indices('.') {
        if dot == 0 || dot > 1000 {
            continue;
        }
        if !host[..dot].chars().all(|c| c == '.' || letter(c)) {
            break;
        }
        let name = &host[dot + 1..];
        for length in tld_lengths(name) {
            let end = start + dot + 1 + length;
            let after = text[end..].chars().next();
            if after
                .is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '@' | '+' | '-' | '_'))
            {
                continue;
            }
            // A dot that begins another label of letters goes on with the name; one that ends a sentence does not.
            if after == Some('.')
                && text[end + 1..]
                    .chars()
                    .next()
                    .is_some_and(|c| c.is_ascii_alphanumeric())
            {
                let label: usize = text[end..]
                    .chars()
                    .take(300)
                    .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
                    .map(char::len_utf8)
                    .sum();
                if text[end + label..].starts_with('@') {
                    continue;
                }
            }
            if labels_ok(&host[..dot]) {
                best = Some(end);
            }
        }
    }
    let mut end = best?;
    // What follows must not make it part of another name ("tar.gz.example2").
    if text[end..].starts_with('.')
        && text[end + 1..]
            .chars()
            .next()
            .is_some_and(|c| c.is_ascii_alphanumeric())
        && text[end + 1..]
            .chars()
            .take(300)
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '.')
            .any(|c| c.is_ascii_digit())
        && !text[start..end].contains("www.")
    {
        return None;
    }
    end = port(text, end);
    let short = text[start..end].eq_ignore_ascii_case("t.co");
    if text[end..].starts_with('/') {
        end = if short {
            slug(text, end)?
        } else {
            path(text, end)
        };
    }
    if !short && text[end..].starts_with('?') {
        end = query(text, end);
    }
    Some(end)
}

/// Possible lengths of a top-level domain at the beginning of `name`, shortest first.
fn tld_lengths(name: &str) -> Vec<usize> {
    let ascii = name
        .bytes()
        .take_while(|b| b.is_ascii_alphanumeric() || *b == b'-')
        .count();
    let whole: usize = name
        .chars()
        .take_while(|c| *c != '.')
        .map(char::len_utf8)
        .sum();
    let mut all = Vec::new();
    if ascii >= 2 && is_tld(&name[..ascii].to_ascii_lowercase()) {
        all.push(ascii);
    }
    if whole != ascii {
        // A domain in another alphabet may be followed by more of it; the longest that is known counts.
        let mut end = 0;
        for c in name[..whole].chars() {
            end += c.len_utf8();
            if !c.is_ascii() && is_tld(&name[..end]) {
                all.push(end);
            }
        }
    }
    all
}

/// Labels of a host: none empty or longer than 63 in their ASCII form, no mark at an edge.
fn labels_ok(host: &str) -> bool {
    let mut labels = host.split('.').peekable();
    while let Some(label) = labels.next() {
        let last = labels.peek().is_none();
        let edge = |c: char| matches!(c, '-' | '_');
        if label.is_empty()
            || label.starts_with(edge)
            || label.ends_with(edge)
            || (last && label.contains('_'))
        {
            return false;
        }
        if ascii_length(label).is_none_or(|n| n > 63) {
            return false;
        }
        if !label.is_ascii() && label.starts_with("xn--") {
            return false;
        }
    }
    true
}

/// Length of a label in its ASCII form (RFC 3492, with its prefix).
fn ascii_length(label: &str) -> Option<usize> {
    if label.is_ascii() {
        return Some(label.len());
    }
    let basic = label.chars().filter(char::is_ascii).count();
    let mut length = 4 + basic + usize::from(basic > 0);
    let (mut n, mut delta, mut bias, mut handled) =
        (128_u32, 0_u32, 72_u32, u32::try_from(basic).ok()?);
    let total = u32::try_from(label.chars().count()).ok()?;
    let first = handled;
    while handled < total {
        let next = label.chars().map(|c| c as u32).filter(|c| *c >= n).min()?;
        delta = delta.checked_add((next - n).checked_mul(handled + 1)?)?;
        n = next;
        for c in label.chars().map(|c| c as u32) {
            if c < n {
                delta = delta.checked_add(1)?;
            }
            if c == n {
                let (mut q, mut k) = (delta, 36);
                loop {
                    let t = if k <= bias {
                        1
                    } else if k >= bias + 26 {
                        26
                    } else {
                        k - bias
                    };
                    length += 1;
                    if q < t {
                        break;
                    }
                    q = (q - t) / (36 - t);
                    k += 36;
                }
                bias = adapt(delta, handled + 1, handled == first);
                delta = 0;
                handled += 1;
            }
        }
        delta += 1;
        n += 1;
        if length > 300 {
            return None;
        }
    }
    Some(length)
}

fn adapt(delta: u32, points: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta += delta / points;
    let mut k = 0;
    while delta > 455 {
        delta /= 35;
        k += 36;
    }
    k + 36 * delta / (delta + 38)
}

fn port(text: &str, end: usize) -> usize {
    let figures = text[end..]
        .strip_prefix(':')
        .map_or(0, |t| t.bytes().take_while(u8::is_ascii_digit).count());
    if figures > 0 { end + 1 + figures } else { end }
}

/// The way of a shortened link: letters and figures, 40 at most.
fn slug(text: &str, end: usize) -> Option<usize> {
    let length = text[end + 1..]
        .bytes()
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    (length <= 40).then_some(if length == 0 { end } else { end + 1 + length })
}

/// Characters of a path, in any place.
fn path_letter(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(
            c,
            '!' | '*'
                | '\''
                | ';'
                | ':'
                | '='
                | '+'
                | ','
                | '.'
                | '$'
                | '/'
                | '%'
                | '#'
                | '['
                | ']'
                | '-'
                | '\u{2013}'
                | '_'
                | '~'
                | '@'
                | '|'
                | '&'
        )
        || matches!(c as u32, 0xc0..=0x24f | 0x253..=0x28b | 0x2bb | 0x300..=0x36f | 0x400..=0x4ff | 0x1e00..=0x1eff)
}

/// Characters at which a path may end.
fn path_close(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c, '=' | '_' | '#' | '/' | '+' | '-')
        || matches!(c as u32, 0xc0..=0x24f | 0x253..=0x28b | 0x2bb | 0x300..=0x36f | 0x400..=0x4ff | 0x1e00..=0x1eff)
}

fn path(text: &str, start: usize) -> usize {
    let mut end = start + 1;
    let mut at = start + 1;
    while let Some(c) = text[at..].chars().next() {
        if c == '(' {
            // Brackets belong to it when they are closed again, one within another at most.
            let Some(close) = brackets(&text[at..]) else {
                break;
            };
            at += close;
            end = at;
            continue;
        }
        if !path_letter(c) {
            break;
        }
        at += c.len_utf8();
        if path_close(c) {
            end = at;
        }
    }
    end
}

fn brackets(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => {
                depth -= 1;
                if depth == 0 {
                    return (at > 1).then_some(at + 1);
                }
            }
            c if path_letter(c) && depth <= 2 => {}
            _ => return None,
        }
    }
    None
}

fn query(text: &str, start: usize) -> usize {
    let mut end = start;
    let mut at = start + 1;
    while let Some(c) = text[at..].chars().next() {
        let inside = c.is_ascii_alphanumeric()
            || matches!(
                c,
                '!' | '?'
                    | '*'
                    | '\''
                    | '('
                    | ')'
                    | ';'
                    | ':'
                    | '&'
                    | '='
                    | '+'
                    | '$'
                    | '/'
                    | '%'
                    | '#'
                    | '['
                    | ']'
                    | '-'
                    | '_'
                    | '.'
                    | ','
                    | '~'
                    | '|'
                    | '@'
            );
        if !inside {
            break;
        }
        at += c.len_utf8();
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '&' | '=' | '#' | '/') {
            end = at;
        }
    }
    end
}
