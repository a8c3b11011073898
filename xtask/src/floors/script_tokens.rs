//! TypeScript and JavaScript source to tokens; what matters is that no quote inside a comment,
//! a regular expression or a template leads astray.

use super::cursor::Cursor;
use super::tokens::{Kind, Token};

/// The tokens of a file. Templates give none; strings give their text as written.
pub(super) fn tokens(source: &str) -> Vec<Token> {
    let mut cursor = Cursor::new(source);
    let mut tokens: Vec<Token> = Vec::new();
    while let Some(char) = cursor.peek(0) {
        let line = cursor.line();
        if char.is_whitespace() {
            cursor.take();
        } else if cursor.take_text("//") {
            cursor.take_while(|char| char != '\n');
        } else if cursor.take_text("/*") {
            while cursor.peek(0).is_some() && !cursor.take_text("*/") {
                cursor.take();
            }
        } else if char == '"' || char == '\'' {
            tokens.push(Token { kind: Kind::Quoted, text: string(&mut cursor), line });
        } else if char == '`' {
            skip_template(&mut cursor);
        } else if char == '/' && starts_expression(tokens.last()) {
            skip_pattern(&mut cursor);
        } else if is_word(char) {
            tokens.push(Token { kind: Kind::Word, text: cursor.take_while(is_word), line });
        } else {
            tokens.push(Token {
                kind: Kind::Mark,
                text: cursor.take().into_iter().collect(),
                line,
            });
        }
    }
    tokens
}

fn string(cursor: &mut Cursor) -> String {
    let quote = cursor.take();
    let mut text = String::new();
    while let Some(char) = cursor.take() {
        match char {
            '\\' => _ = cursor.take(),
            '\n' => break, // not closed: no string goes on in the next line
            char if Some(char) == quote => break,
            char => text.push(char),
        }
    }
    text
}

fn skip_template(cursor: &mut Cursor) {
    cursor.take();
    while let Some(char) = cursor.peek(0) {
        if cursor.take_text("${") {
            skip_hole(cursor);
        } else {
            cursor.take();
            match char {
                '\\' => _ = cursor.take(),
                '`' => return,
                _ => {}
            }
        }
    }
}

/// The expression in a template's `${…}`.
fn skip_hole(cursor: &mut Cursor) {
    let mut depth = 1;
    while let Some(char) = cursor.peek(0) {
        match char {
            '`' => {
                skip_template(cursor);
                continue;
            }
            '"' | '\'' => {
                string(cursor);
                continue;
            }
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        cursor.take();
        if depth == 0 {
            return;
        }
    }
}

/// A slash divides after a value and opens a regular expression elsewhere.
fn starts_expression(before: Option<&Token>) -> bool {
    before.is_none_or(|token| match token.kind {
        Kind::Word => matches!(&*token.text, "return" | "case" | "typeof" | "of" | "in"),
        Kind::Mark => !matches!(&*token.text, ")" | "]" | "}"),
        Kind::Quoted => false,
    })
}

fn skip_pattern(cursor: &mut Cursor) {
    cursor.take();
    let mut in_class = false;
    while let Some(char) = cursor.take() {
        match char {
            '\\' => _ = cursor.take(),
            '[' => in_class = true,
            ']' => in_class = false,
            '/' if !in_class => return,
            '\n' => return,
            _ => {}
        }
    }
}

fn is_word(char: char) -> bool {
    char == '_' || char == '$' || char.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_in_patterns_templates_and_comments_lead_nowhere() {
        let source =
            "a = /[/\"`]/.test(b) / 2; // \"c\n`${d + `${\"}\"}`}\"` + \"e\\\"\"; /* ' */ f";
        let texts: Vec<String> = tokens(source).into_iter().map(|token| token.text).collect();
        assert_eq!(
            texts,
            ["a", "=", ".", "test", "(", "b", ")", "/", "2", ";", "+", "e", ";", "f"]
        );
    }
}
