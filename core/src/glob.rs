//! Patterns over keys: parsed once, matched in time linear in pattern and key, the same everywhere.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::{Chars, FromStr};

use crate::error::{Error, ErrorKind};

/// A pattern that a whole key must match, case-sensitively, by Unicode characters.
///
/// - `*` any run of characters, also over `:` and `/`; `?` exactly one character
/// - `[abc]`, `[a-z]` one of these; `[!a]` or `[^a]` any other. A `]` right after the opening counts
///   as a character, and so does `-` at either end
/// - `\` takes the next character as it is, inside brackets too
///
/// ```
/// use cachefn_core::Glob;
///
/// let glob = Glob::new("user:[0-9]*:name")?;
/// assert!(glob.matches("user:42:name"));
/// assert!(!glob.matches("user:x:name"));
/// assert!(Glob::new("user:[0-9").unwrap_err().to_string().contains("position 5"));
/// # Ok::<(), cachefn_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Glob {
    text: String,
    tokens: Vec<Token>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Token {
    Literal(char),
    One,
    Run,
    Class { negated: bool, ranges: Vec<(char, char)> },
}

impl Glob {
    /// Parses a pattern.
    ///
    /// # Errors
    /// Of kind `glob`, naming the position in characters: an unclosed or empty `[`, a range from high
    /// to low, a `\` at the end.
    pub fn new(pattern: &str) -> Result<Self, Error> {
        let mut parser = Parser { rest: pattern.chars(), position: 0 };
        let mut tokens = Vec::new();
        while let Some(c) = parser.next() {
            tokens.push(match c {
                // A run after a run matches nothing more.
                '*' if tokens.last() == Some(&Token::Run) => continue,
                '*' => Token::Run,
                '?' => Token::One,
                '[' => parser.class(pattern)?,
                '\\' => Token::Literal(parser.escaped(pattern)?),
                literal => Token::Literal(literal),
            });
        }
        Ok(Glob { text: pattern.into(), tokens })
    }

    /// The pattern of all keys that begin with `text`, whatever characters it has.
    ///
    /// ```
    /// use cachefn_core::Glob;
    /// assert!(Glob::prefix("a*").matches("a*b"));
    /// assert!(!Glob::prefix("a*").matches("ab"));
    /// ```
    pub fn prefix(text: &str) -> Self {
        let tokens = text.chars().map(Token::Literal).chain([Token::Run]).collect();
        Glob { text: Glob::escape(text) + "*", tokens }
    }

    /// The pattern, as text, of exactly the key `text`.
    ///
    /// ```
    /// use cachefn_core::Glob;
    /// assert_eq!(Glob::escape("what?"), "what\\?");
    /// assert!(Glob::new(&Glob::escape("[a]*"))?.matches("[a]*"));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn escape(text: &str) -> String {
        let mut escaped = String::with_capacity(text.len());
        for c in text.chars() {
            if matches!(c, '*' | '?' | '[' | '\\') {
                escaped.push('\\');
            }
            escaped.push(c);
        }
        escaped
    }

    /// Whether the whole of `key` matches. Never takes longer than pattern length times key length.
    pub fn matches(&self, key: &str) -> bool {
        let mut rest = key.chars();
        let mut at = 0;
        // Where to go on when a later token fails: the last run takes one character more.
        let mut retry: Option<(usize, Chars<'_>)> = None;
        loop {
            if let Some(Token::Run) = self.tokens.get(at) {
                at += 1;
                retry = Some((at, rest.clone()));
                continue;
            }
            let mut ahead = rest.clone();
            let matched = match (self.tokens.get(at), ahead.next()) {
                (None, None) => return true,
                (Some(token), Some(c)) => token.accepts(c),
                (None, Some(_)) | (Some(_), None) => false,
            };
            if matched {
                (at, rest) = (at + 1, ahead);
                continue;
            }
            let Some((token, from)) = &mut retry else { return false };
            if from.next().is_none() {
                return false;
            }
            (at, rest) = (*token, from.clone());
        }
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl Token {
    fn accepts(&self, c: char) -> bool {
        match self {
            Token::Literal(literal) => *literal == c,
            Token::One | Token::Run => true,
            Token::Class { negated, ranges } => {
                ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != *negated
            }
        }
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Glob {
    type Err = Error;

    fn from_str(pattern: &str) -> Result<Self, Error> {
        Glob::new(pattern)
    }
}

struct Parser<'a> {
    rest: Chars<'a>,
    /// Characters read so far.
    position: usize,
}

impl Parser<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.next()?;
        self.position += 1;
        Some(c)
    }

    fn escaped(&mut self, pattern: &str) -> Result<char, Error> {
        let position = self.position - 1;
        self.next().ok_or_else(|| {
            fault(pattern, position, "`\\` escapes nothing; write `\\\\` for a backslash")
        })
    }

    /// What follows an opening bracket.
    fn class(&mut self, pattern: &str) -> Result<Token, Error> {
        let opening = self.position - 1;
        let unclosed = || fault(pattern, opening, "`[` is not closed; write `\\[` for a bracket");
        let negated = self.rest.clone().next().is_some_and(|c| matches!(c, '!' | '^'));
        if negated {
            self.next();
        }
        let mut ranges = Vec::new();
        loop {
            let low = match self.next().ok_or_else(unclosed)? {
                ']' if !ranges.is_empty() => return Ok(Token::Class { negated, ranges }),
                '\\' => self.escaped(pattern)?,
                c => c,
            };
            let mut ahead = self.rest.clone();
            let is_range = ahead.next() == Some('-') && !matches!(ahead.next(), Some(']') | None);
            let high = if is_range {
                self.next();
                match self.next().ok_or_else(unclosed)? {
                    '\\' => self.escaped(pattern)?,
                    c => c,
                }
            } else {
                low
            };
            if low > high {
                let detail = "a range goes from low to high, such as `[a-z]`";
                return Err(fault(pattern, opening, detail));
            }
            ranges.push((low, high));
        }
    }
}

fn fault(pattern: &str, position: usize, detail: &str) -> Error {
    let detail = format!("{pattern:?}, position {position}: {detail}");
    Error::new(ErrorKind::Glob, "parse", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h_29_hostile_patterns_are_matched_in_linear_steps() {
        let glob = Glob::new(&"a*".repeat(2_000)).unwrap();
        assert!(!glob.matches(&"a".repeat(1_999)));
        let glob = Glob::new("*a*a*a*a*a*a*a*a*b").unwrap();
        assert!(!glob.matches(&"a".repeat(100_000)));
    }
}
