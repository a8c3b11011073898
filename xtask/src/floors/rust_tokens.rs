//! Rust source to tokens: comments, strings and lifetimes out of the way, code for tests left out.

use super::cursor::Cursor;
use super::tokens::{Kind, Token, is_at};

/// The tokens of a file, without items under `#[cfg(test)]`.
pub(super) fn tokens(source: &str) -> Vec<Token> {
    without_tests(all_tokens(source))
}

fn all_tokens(source: &str) -> Vec<Token> {
    let mut cursor = Cursor::new(source);
    let mut tokens = Vec::new();
    while let Some(char) = cursor.peek(0) {
        let line = cursor.line();
        if char.is_whitespace() {
            cursor.take();
        } else if cursor.take_text("//") {
            cursor.take_while(|char| char != '\n');
        } else if cursor.take_text("/*") {
            skip_comment(&mut cursor);
        } else if is_word(char) {
            let word = cursor.take_while(is_word);
            if !skip_prefixed(&mut cursor, &word) {
                tokens.push(Token { kind: Kind::Word, text: word, line });
            }
        } else if char == '"' {
            skip_string(&mut cursor);
        } else if char == '\'' {
            skip_quote(&mut cursor);
        } else {
            let text = if cursor.take_text("::") {
                "::".into()
            } else {
                cursor.take().into_iter().collect()
            };
            tokens.push(Token { kind: Kind::Mark, text, line });
        }
    }
    tokens
}

/// Handles `r"…"`, `br#"…"#`, `b'x'`, `c"…"`; of `r#name` the `r` is dropped and the name comes next.
fn skip_prefixed(cursor: &mut Cursor, word: &str) -> bool {
    let raw = matches!(word, "r" | "br" | "cr");
    let next = cursor.peek(0);
    if raw && (next == Some('"') || next == Some('#')) {
        let hashes = cursor.take_while(|char| char == '#');
        if cursor.take_text("\"") {
            let end = format!("\"{hashes}");
            while cursor.peek(0).is_some() && !cursor.take_text(&end) {
                cursor.take();
            }
        }
        true
    } else if matches!(word, "b" | "c") && next == Some('"') {
        skip_string(cursor);
        true
    } else if word == "b" && next == Some('\'') {
        skip_quote(cursor);
        true
    } else {
        false
    }
}

fn skip_comment(cursor: &mut Cursor) {
    let mut depth = 1;
    while depth > 0 && cursor.peek(0).is_some() {
        if cursor.take_text("/*") {
            depth += 1;
        } else if cursor.take_text("*/") {
            depth -= 1;
        } else {
            cursor.take();
        }
    }
}

fn skip_string(cursor: &mut Cursor) {
    cursor.take();
    while let Some(char) = cursor.take() {
        match char {
            '\\' => _ = cursor.take(),
            '"' => return,
            _ => {}
        }
    }
}

/// A character (`'a'`, `'\''`) or a lifetime (`'a`).
fn skip_quote(cursor: &mut Cursor) {
    cursor.take();
    if cursor.peek(0) == Some('\\') {
        cursor.take();
        cursor.take();
        cursor.take_while(|char| char != '\''); // \u{1f600}
        cursor.take();
    } else if cursor.peek(1) == Some('\'') {
        cursor.take();
        cursor.take();
    } else {
        cursor.take_while(is_word);
    }
}

fn is_word(char: char) -> bool {
    char == '_' || char.is_alphanumeric()
}

fn without_tests(tokens: Vec<Token>) -> Vec<Token> {
    let mut kept = Vec::with_capacity(tokens.len());
    let mut index = 0;
    while index < tokens.len() {
        match attribute_end(&tokens, index) {
            Some(end) if is_for_tests(&tokens[index..end]) => index = item_end(&tokens, end),
            _ => {
                kept.push(tokens[index].clone());
                index += 1;
            }
        }
    }
    kept
}

/// Just behind the `]` of an attribute that starts here.
fn attribute_end(tokens: &[Token], start: usize) -> Option<usize> {
    (is_at(tokens, start, "#") && is_at(tokens, start + 1, "["))
        .then(|| group_end(tokens, start + 1))
}

/// `#[cfg(test)]` or `#[cfg(all(test, …))]`, but not `not(test)` or `any(test, …)`.
fn is_for_tests(attribute: &[Token]) -> bool {
    let has = |word| attribute.iter().any(|token| token.is(word));
    is_at(attribute, 2, "cfg") && has("test") && !has("not") && !has("any")
}

/// Just behind the item that follows: its body, its `;`, or the end of what encloses it.
fn item_end(tokens: &[Token], start: usize) -> usize {
    let mut index = start;
    while let Some(end) = attribute_end(tokens, index) {
        index = end;
    }
    let head = tokens[index..].iter().take_while(|token| !matches!(&*token.text, "{" | ";" | "="));
    let head: Vec<&str> = head.map(|token| &*token.text).collect();
    let has_no_body = ["use", "const", "static", "type"].iter().any(|word| head.contains(word));
    let ends_with_body = !has_no_body || head.contains(&"fn");
    while index < tokens.len() {
        match &*tokens[index].text {
            ";" => return index + 1,
            "}" | ")" | "]" => return index,
            "{" if ends_with_body => return group_end(tokens, index),
            "{" | "(" | "[" => index = group_end(tokens, index),
            _ => index += 1,
        }
    }
    index
}

/// Just behind the bracket that closes the one that opens here.
fn group_end(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0usize;
    for (index, token) in tokens.iter().enumerate().skip(open) {
        match &*token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return index + 1;
        }
    }
    tokens.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(source: &str) -> Vec<String> {
        let words = tokens(source).into_iter().filter(|token| token.kind == Kind::Word);
        words.map(|token| format!("{}:{}", token.text, token.line)).collect()
    }

    #[test]
    fn comments_strings_and_lifetimes_hold_no_words() {
        let source = "\
/* crate::a /* b */ c */ fn one<'a>(x: &'a str) // crate::d
{ \"crate::e \\\" f\"; r#\"crate::\"g\"\"#; b'h'; '\\''; '\"'; '\\u{1f600}'; br\"i\"; two }";
        assert_eq!(words(source), ["fn:1", "one:1", "x:1", "str:1", "two:2"]);
    }

    #[test]
    fn raw_names_are_names() {
        assert_eq!(words("r#type r"), ["type:1", "r:1"]);
    }

    #[test]
    fn items_for_tests_are_left_out() {
        let source = "
#[cfg(test)] use a::{b, c}; #[cfg(test)] const fn m() {}
#[cfg(all(test, feature = \"x\"))] #[allow(dead_code)] pub(crate) fn d<T>(e: [u8; 2]) -> f { g; { h } }
#[cfg(not(test))] fn i() {}
#[cfg(feature = \"test\")] fn j() {}
#[cfg(test)] mod tests { use k; }
fn l() {}";
        let words = words(source);
        assert_eq!(
            words,
            [
                "cfg:4",
                "not:4",
                "test:4",
                "fn:4",
                "i:4",
                "cfg:5",
                "feature:5",
                "fn:5",
                "j:5",
                "fn:7",
                "l:7"
            ]
        );
    }
}
