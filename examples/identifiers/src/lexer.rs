//! The identifiers of a Rust source, without keywords, comments, texts and lifetimes.

/// Calls `found` with each identifier of `source`, in order.
///
/// Only ASCII letters make identifiers here. Wrong sources give some identifiers, never a panic.
pub(crate) fn identifiers<'s>(source: &'s [u8], mut found: impl FnMut(&'s str)) {
    let mut at = 0;
    while at < source.len() {
        let rest = &source[at..];
        at += match rest[0] {
            b'/' if rest.starts_with(b"//") => line_comment(rest),
            b'/' if rest.starts_with(b"/*") => block_comment(rest),
            b'"' => text(rest),
            b'\'' => letter_or_lifetime(rest),
            b'0'..=b'9' => word(rest),
            first if continues(first) => {
                let length = word(rest);
                match &rest[..length] {
                    b"r" | b"br" | b"cr" if opens_raw_text(&rest[length..]) => {
                        length + raw_text(&rest[length..])
                    }
                    // The word behind `r#` is an identifier, even if it looks like a keyword.
                    b"r" if rest.get(1) == Some(&b'#') => {
                        let raw = 2 + word(&rest[2..]);
                        tell(&rest[2..raw], &mut found);
                        raw
                    }
                    b"b" | b"c" if matches!(rest.get(1), Some(b'"' | b'\'')) => length,
                    name => {
                        if !KEYWORDS.contains(&name) {
                            tell(name, &mut found);
                        }
                        length
                    }
                }
            }
            _ => 1,
        };
    }
}

fn tell<'s>(name: &'s [u8], found: &mut impl FnMut(&'s str)) {
    if let Ok(name) = str::from_utf8(name)
        && !name.is_empty()
    {
        found(name);
    }
}

fn continues(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn word(rest: &[u8]) -> usize {
    rest.iter().position(|&byte| !continues(byte)).unwrap_or(rest.len())
}

fn line_comment(rest: &[u8]) -> usize {
    rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len())
}

fn block_comment(rest: &[u8]) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

fn text(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

fn opens_raw_text(rest: &[u8]) -> bool {
    rest.iter().find(|&&byte| byte != b'#') == Some(&b'"')
}

/// From the first `#` or `"` behind the `r` to the end of the text.
fn raw_text(rest: &[u8]) -> usize {
    let hashes = rest.iter().take_while(|&&byte| byte == b'#').count();
    let mut at = hashes + 1;
    while at < rest.len() {
        let closes = rest[at] == b'"'
            && rest[at + 1..].len() >= hashes
            && rest[at + 1..][..hashes].iter().all(|&byte| byte == b'#');
        at += 1;
        if closes {
            return at + hashes;
        }
    }
    rest.len()
}

/// `'x'`, `'\n'` and `'ü'` end with a quote, `'a` does not.
fn letter_or_lifetime(rest: &[u8]) -> usize {
    let Some(&first) = rest.get(1) else { return 1 };
    if first == b'\\' {
        let end = rest.iter().skip(3).position(|&byte| byte == b'\'');
        return end.map_or(rest.len(), |end| end + 4);
    }
    let width = match first {
        0..0xC0 => 1,
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        0xF0.. => 4,
    };
    if rest.get(1 + width) == Some(&b'\'') { 2 + width } else { 1 + word(&rest[1..]) }
}

const KEYWORDS: [&[u8]; 40] = [
    b"_",
    b"as",
    b"async",
    b"await",
    b"break",
    b"const",
    b"continue",
    b"crate",
    b"dyn",
    b"else",
    b"enum",
    b"extern",
    b"false",
    b"fn",
    b"for",
    b"if",
    b"impl",
    b"in",
    b"let",
    b"loop",
    b"match",
    b"mod",
    b"move",
    b"mut",
    b"pub",
    b"ref",
    b"return",
    b"self",
    b"Self",
    b"static",
    b"struct",
    b"super",
    b"trait",
    b"true",
    b"type",
    b"union",
    b"unsafe",
    b"use",
    b"where",
    b"while",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str) -> Vec<&str> {
        let mut names = Vec::new();
        identifiers(source.as_bytes(), |name| names.push(name));
        names
    }

    #[test]
    fn names_come_in_order_and_keywords_do_not() {
        assert_eq!(found("pub fn get(&self) -> Value { self.value }"), ["get", "Value", "value"]);
        assert_eq!(found("1.max(2u8) + 0x1F + 1e-5f64 + r#type"), ["max", "type"]);
    }

    #[test]
    fn comments_and_texts_hold_no_names() {
        assert_eq!(found("a // b\nc /* d /* e */ f */ g"), ["a", "c", "g"]);
        assert_eq!(found(r#"a("b \" c") d"#), ["a", "d"]);
        assert_eq!(found(r##"a(r#"b " c"#, br"d\", b"e", c"f") g"##), ["a", "g"]);
    }

    #[test]
    fn letters_and_lifetimes_are_told_apart() {
        assert_eq!(found(r"f('a', b'b', '\'', '\u{41}', 'ü', x)"), ["f", "x"]);
        assert_eq!(found("fn f<'a>(x: &'a T)"), ["f", "x", "T"]);
    }

    #[test]
    fn a_source_that_ends_too_early_is_read_to_its_end() {
        for source in
            ["a /* b", "a \"b\\", "a r#\"b\"", "a '", "a '\\", "a b'", "a r#", "a '\u{fc}"]
        {
            assert_eq!(found(source), ["a"], "{source:?}");
        }
    }
}
