//! Key patterns: parsed once, and matched without backtracking blow-up.

mod pattern;

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use crate::error::{Error, ErrorKind};
use pattern::Token;

/// A pattern for the texts of keys, anchored at both ends and case-sensitive.
///
/// | written | matches |
/// |---|---|
/// | `*` | any run of characters, also none, also over `:` and line ends |
/// | `?` | one character |
/// | `[abc]`, `[a-z]` | one character of the set |
/// | `[!a]`, `[^a]` | one character outside of the set |
/// | `\*` | the character after the backslash, whatever it is |
///
/// A character is a Unicode scalar, compared as it is: `é` as one scalar is not `e` with an accent.
/// Inside brackets:
///
/// - `!` or `^` in the first place negates; elsewhere it is itself.
/// - `]` in the first place, or right after the negation, is itself: `[]a]` is `]` or `a`, and a set is
///   never empty.
/// - `-` is a range between two characters; in the first place, in the last, and right after a range it
///   is itself.
/// - `\` takes the next character as it is, also as an end of a range.
/// - `*`, `?` and `[` are themselves; there are no named classes such as `[:alpha:]`.
///
/// Everything else, `]`, `{`, `-` and `!` outside of brackets included, is itself. Matching takes time
/// in proportion to the length of the pattern times the length of the text, at worst.
///
/// ```
/// use cachefn_core::Glob;
///
/// let glob = Glob::new("user:[0-9]*")?;
/// assert!(glob.matches("user:7:name"));
/// assert!(!glob.matches("user:x"));
/// assert!(!glob.matches("my user:7"));
/// # Ok::<(), cachefn_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Glob {
    pattern: Box<str>,
    /// The characters before the first `*`, `?` or set, unescaped.
    start: Box<str>,
    rest: Box<[Token]>,
}

impl Glob {
    /// Parses a pattern.
    ///
    /// # Errors
    /// Of kind `glob`, with the position (from 0, in characters) where that helps: for a `[` that is
    /// never closed, a range that runs backwards, and a `\` at the end.
    ///
    /// ```
    /// use cachefn_core::Glob;
    ///
    /// let error = Glob::new("user:[0-9").unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     r#"glob: "user:[0-9": [ at position 5 is never closed; write \[ for a bracket"#,
    /// );
    /// ```
    pub fn new(pattern: &str) -> Result<Glob, Error> {
        let mut tokens = pattern::parse(pattern).map_err(|fault| {
            Error::new(ErrorKind::Glob, "glob", format!("{pattern:?}: {fault}"))
        })?;
        let is_literal = |token: &Token| matches!(token, Token::Literal(_));
        let literals = tokens.iter().take_while(|token| is_literal(token)).count();
        let start: String = tokens.drain(..literals).filter_map(Token::into_literal).collect();
        Ok(Glob { pattern: pattern.into(), start: start.into(), rest: tokens.into() })
    }

    /// The pattern of all texts that begin with `text`, whatever characters it contains.
    ///
    /// ```
    /// use cachefn_core::Glob;
    ///
    /// let glob = Glob::prefix("what?");
    /// assert!(glob.matches("what? when?"));
    /// assert!(!glob.matches("what!"));
    /// ```
    pub fn prefix(text: &str) -> Glob {
        let mut pattern = Glob::escape(text);
        pattern.push('*');
        Glob { pattern: pattern.into(), start: text.into(), rest: [Token::Run].into() }
    }

    /// `text` as a pattern that matches just `text`: `*`, `?`, `[`, `]` and `\` get a backslash.
    ///
    /// ```
    /// use cachefn_core::Glob;
    ///
    /// let pattern = format!("user:{}:*", Glob::escape("[root]"));
    /// assert!(Glob::new(&pattern)?.matches("user:[root]:name"));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn escape(text: &str) -> String {
        let mut escaped = String::with_capacity(text.len());
        for character in text.chars() {
            if matches!(character, '*' | '?' | '[' | ']' | '\\') {
                escaped.push('\\');
            }
            escaped.push(character);
        }
        escaped
    }

    /// Whether the whole of `text` matches.
    ///
    /// ```
    /// use cachefn_core::Glob;
    ///
    /// assert!(Glob::new("[a-c]?")?.matches("b9"));
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn matches(&self, text: &str) -> bool {
        match (text.strip_prefix(&*self.start), &*self.rest) {
            (None, _) => false,
            (Some(rest), []) => rest.is_empty(),
            (Some(_), [Token::Run]) => true,
            (Some(rest), tokens) => matches_all(tokens, rest),
        }
    }

    /// The only text that matches, when there is only one: a storage can look it up instead of
    /// searching.
    ///
    /// ```
    /// use cachefn_core::Glob;
    ///
    /// assert_eq!(Glob::new(r"what\?")?.exact(), Some("what?"));
    /// assert_eq!(Glob::new("what?")?.exact(), None);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn exact(&self) -> Option<&str> {
        self.rest.is_empty().then_some(&self.start)
    }

    /// What every text that matches begins with, perhaps nothing: a storage can narrow its search.
    ///
    /// ```
    /// use cachefn_core::Glob;
    ///
    /// assert_eq!(Glob::new("user:*:name")?.literal_prefix(), "user:");
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn literal_prefix(&self) -> &str {
        &self.start
    }

    /// The pattern as it was written.
    ///
    /// ```
    /// let glob = cachefn_core::Glob::new("user:*")?;
    /// assert_eq!(glob.as_str(), "user:*");
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn as_str(&self) -> &str {
        &self.pattern
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.pattern)
    }
}

impl fmt::Debug for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Glob").field(&self.pattern).finish()
    }
}

impl FromStr for Glob {
    type Err = Error;

    fn from_str(pattern: &str) -> Result<Self, Error> {
        Glob::new(pattern)
    }
}

/// One glob where a list is taken.
impl AsRef<[Glob]> for Glob {
    fn as_ref(&self) -> &[Glob] {
        core::slice::from_ref(self)
    }
}

/// Only the latest `*` is ever extended: what an earlier one could take in addition, the later one can
/// take too. That bounds the time by tokens × text.
fn matches_all(tokens: &[Token], text: &str) -> bool {
    let (mut token, mut rest) = (0, text.chars());
    let mut run = None;
    loop {
        if let Some(Token::Run) = tokens.get(token) {
            token += 1;
            if token == tokens.len() {
                return true;
            }
            run = Some((token, rest.clone()));
            continue;
        }
        match (tokens.get(token), rest.next()) {
            (None, None) => return true,
            (Some(wanted), Some(character)) if wanted.accepts(character) => token += 1,
            // The text is at its end, and extending a run would not make it longer.
            (Some(_), None) => return false,
            _ => match &mut run {
                Some((after, from)) => {
                    from.next();
                    (token, rest) = (*after, from.clone());
                }
                None => return false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn h_29_a_hostile_pattern_takes_no_more_than_its_length_times_the_text() {
        let length = if cfg!(miri) { 200 } else { 20_000 };
        let text = "a".repeat(length);
        let pattern = "*a".repeat(200) + "b";
        assert!(!Glob::new(&pattern).unwrap().matches(&text));
        let pattern = "*".repeat(length) + "b";
        assert!(!Glob::new(&pattern).unwrap().matches(&text));
    }

    #[test]
    fn the_pattern_is_kept_as_it_was_written() {
        let glob: Glob = r"a\*[!x]**".parse().unwrap();
        assert_eq!(glob.to_string(), r"a\*[!x]**");
        assert_eq!(format!("{glob:>12}|"), r"   a\*[!x]**|");
        assert_eq!(format!("{glob:?}"), r#"Glob("a\\*[!x]**")"#);
        assert_eq!(Glob::prefix("a*"), Glob::new(r"a\**").unwrap());
        assert_eq!(Glob::prefix("").to_string(), "*");
    }

    #[test]
    fn a_pattern_that_cannot_be_parsed_says_where_and_what_to_write() {
        let text = |pattern| Glob::new(pattern).unwrap_err().to_string();
        assert_eq!(Glob::new("[").unwrap_err().kind(), ErrorKind::Glob);
        assert!(text("é[a-").contains("[ at position 1 is never closed"));
        assert!(text("x[ab-a]").contains("the range at position 3 runs backwards"));
        assert!(text(r"x\").contains(r"write \\ for a backslash"));
        assert!(text("[\n").starts_with(r#"glob: "[\n": "#));
    }
}
