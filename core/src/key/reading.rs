//! The way back from the text of a key, piece by piece. What it finds is checked by writing it again, so it
//! may take more than was ever written.

use alloc::string::String;
use alloc::vec::Vec;

/// What comes next up to the end of a part: a number, or a word.
pub(super) fn word<'a>(text: &mut &'a str) -> Option<&'a str> {
    let end = text.find([',', ']', ')']).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    *text = rest;
    (!word.is_empty()).then_some(word)
}

/// Goes past what must come next.
pub(super) fn eat(text: &mut &str, expected: &str) -> Option<()> {
    *text = text.strip_prefix(expected)?;
    Some(())
}

/// A JSON string.
pub(super) fn string(text: &mut &str) -> Option<String> {
    eat(text, "\"")?;
    let (mut string, mut rest) = (String::new(), text.chars());
    loop {
        match rest.next()? {
            '"' => break,
            '\\' => string.push(escaped(&mut rest)?),
            character => string.push(character),
        }
    }
    *text = rest.as_str();
    Some(string)
}

fn escaped(rest: &mut core::str::Chars<'_>) -> Option<char> {
    Some(match rest.next()? {
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => {
            let digits = rest.as_str().get(..4)?;
            *rest = rest.as_str().get(4..)?.chars();
            char::from_u32(u32::from_str_radix(digits, 16).ok()?)?
        }
        character => character,
    })
}

/// A JSON array.
pub(super) fn list<T>(
    text: &mut &str,
    mut element: impl FnMut(&mut &str) -> Option<T>,
) -> Option<Vec<T>> {
    let mut elements = Vec::new();
    eat(text, "[")?;
    while eat(text, "]").is_none() {
        if !elements.is_empty() {
            eat(text, ",")?;
        }
        elements.push(element(text)?);
    }
    Some(elements)
}

/// What is nothing but the one thing that `part` reads.
pub(super) fn whole<T>(mut text: &str, part: impl FnOnce(&mut &str) -> Option<T>) -> Option<T> {
    let part = part(&mut text)?;
    text.is_empty().then_some(part)
}
