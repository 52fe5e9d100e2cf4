//! Folding one character to the letters it is read as. Shared with the build script, so that the words of the rules and
//! the words of a text are folded by the same code.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What becomes of one character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fold {
    /// It is not seen (zero-width, direction marks, accents, skin tones): nothing is left of it.
    Drop,
    /// It separates words.
    Space,
    /// It stands alone, as an emoji does.
    Symbol(char),
    /// Letters, figures or punctuation: the result is in the buffer.
    Letters,
}

/// Folds `c`; letters are appended to `out`, in lower case and mostly ASCII.
pub(crate) fn fold(c: char, out: &mut String) -> Fold {
    if c.is_ascii() {
        if c.is_ascii_whitespace() {
            return Fold::Space;
        }
        if c.is_ascii_control() {
            return Fold::Drop;
        }
        out.push(c.to_ascii_lowercase());
        return Fold::Letters;
    }
    match c {
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{1f3fb}'..='\u{1f3ff}'
        | '\u{e0000}'..='\u{e0fff}' => return Fold::Drop,
        '\u{2122}' | '\u{ae}' | '\u{a9}' | '\u{2120}' => return Fold::Drop,
        '\u{2010}'..='\u{2015}'
        | '\u{2212}'
        | '\u{fe58}'
        | '\u{fe63}'
        | '\u{ff0d}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{b7}' => return Fold::Space,
        '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{ff07}' | '\u{b4}' | '\u{2bc}' => {
            out.push('\'');
            return Fold::Letters;
        }
        '\u{201c}'..='\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{2033}' | '\u{ff02}' => {
            out.push('"');
            return Fold::Letters;
        }
        '\u{1f130}'..='\u{1f149}' | '\u{1f150}'..='\u{1f169}' | '\u{1f170}'..='\u{1f189}' => {
            let base = match c {
                '\u{1f130}'..='\u{1f149}' => 0x1f130,
                '\u{1f150}'..='\u{1f169}' => 0x1f150,
                _ => 0x1f170,
            };
            out.push(char::from(
                b'a' + u8::try_from(c as u32 - base).unwrap_or(0),
            ));
            return Fold::Letters;
        }
        _ => {}
    }
    if c.is_whitespace() {
        return Fold::Space;
    }
    if is_symbol(c) {
        return Fold::Symbol(c);
    }
    if is_combining_mark(c) {
        return Fold::Drop;
    }
    let before = out.len();
    let mut space = false;
    for d in std::iter::once(c).nfkd() {
        if is_combining_mark(d) {
            continue;
        }
        if d.is_whitespace() {
            space = true;
            continue;
        }
        for l in d.to_lowercase() {
            if !is_combining_mark(l) {
                push_lookalike(l, out);
            }
        }
    }
    if out.len() == before {
        if space { Fold::Space } else { Fold::Drop }
    } else {
        Fold::Letters
    }
}

/// Pictures and marks that stand as words of their own.
fn is_symbol(c: char) -> bool {
    matches!(c as u32,
        0x2190..=0x21ff | 0x2300..=0x23ff | 0x25a0..=0x27bf | 0x2900..=0x297f | 0x2b00..=0x2bff | 0x1f000..=0x1f0ff
        | 0x1f18a..=0x1f1ff | 0x1f200..=0x1f64f | 0x1f680..=0x1f8ff | 0x1f900..=0x1faff | 0x1f650..=0x1f67f)
}

/// Letters of other alphabets that are drawn like Latin ones (after Unicode's list of confusables, the common part).
fn push_lookalike(c: char, out: &mut String) {
    let latin = match c {
        'а' | 'α' | 'ɑ' => 'a',
        'в' | 'ь' | 'β' | 'ƅ' => 'b',
        'с' | 'ϲ' | 'ᴄ' => 'c',
        'ԁ' | 'đ' | 'ð' => 'd',
        'е' | 'є' | 'ε' | 'ҽ' | 'ə' => 'e',
        'ƒ' => 'f',
        'ɡ' | 'ց' => 'g',
        'һ' | 'н' | 'հ' | 'ħ' => 'h',
        'і' | 'ι' | 'ı' | 'ɩ' | 'ӏ' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'ł' | 'ⅼ' => 'l',
        'м' => 'm',
        'п' | 'η' | 'ո' => 'n',
        'о' | 'ο' | 'σ' | 'օ' | 'ø' | 'ס' => 'o',
        'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'г' | 'ᴦ' => 'r',
        'ѕ' | 'ꜱ' => 's',
        'т' | 'τ' | 'ŧ' => 't',
        'υ' | 'ս' | 'ц' => 'u',
        'ν' | 'ѵ' | 'ᴠ' => 'v',
        'ѡ' | 'ω' | 'ԝ' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' | 'ү' => 'y',
        'ᴢ' => 'z',
        'ß' => {
            out.push_str("ss");
            return;
        }
        'æ' => {
            out.push_str("ae");
            return;
        }
        'œ' => {
            out.push_str("oe");
            return;
        }
        'þ' => {
            out.push_str("th");
            return;
        }
        '⁄' | '∕' => '/',
        '–' | '—' => '-',
        other => other,
    };
    out.push(latin);
}
