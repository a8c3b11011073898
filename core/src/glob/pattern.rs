//! The steps of a key pattern, and how they are read from its text.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

/// The steps of a pattern; runs that follow each other are one.
pub(super) fn parse(pattern: &str) -> Result<Vec<Token>, Fault> {
    let characters: Vec<char> = pattern.chars().collect();
    let mut cursor = Cursor { characters: &characters, at: 0 };
    let mut tokens = Vec::new();
    while let Some(character) = cursor.peek() {
        let token = match character {
            '*' => cursor.skip(Token::Run),
            '?' => cursor.skip(Token::Any),
            '[' => Token::Set(cursor.set()?),
            _ => Token::Literal(cursor.character()?),
        };
        if token != Token::Run || tokens.last() != Some(&Token::Run) {
            tokens.push(token);
        }
    }
    Ok(tokens)
}

/// One step of a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Token {
    Literal(char),
    Any,
    Run,
    Set(Set),
}

impl Token {
    /// Whether this step takes the character.
    pub(super) fn accepts(&self, character: char) -> bool {
        match self {
            Token::Literal(own) => *own == character,
            Token::Any => true,
            Token::Set(set) => set.contains(character),
            Token::Run => false,
        }
    }

    pub(super) fn into_literal(self) -> Option<char> {
        if let Token::Literal(character) = self { Some(character) } else { None }
    }
}

/// What stands in brackets.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Set {
    negated: bool,
    /// The lowest and the highest character of each range.
    ranges: Box<[(char, char)]>,
}

impl Set {
    fn contains(&self, character: char) -> bool {
        let inside = |(low, high): &(char, char)| (*low..=*high).contains(&character);
        self.ranges.iter().any(inside) != self.negated
    }
}

struct Cursor<'a> {
    characters: &'a [char],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    fn skip<T>(&mut self, value: T) -> T {
        self.at += 1;
        value
    }

    /// One character, escaped or not; there is one.
    fn character(&mut self) -> Result<char, Fault> {
        if self.characters[self.at] == '\\' {
            self.at += 1;
        }
        let character = self.peek().ok_or(Fault::EndsInBackslash)?;
        Ok(self.skip(character))
    }

    /// What stands in the brackets that open here.
    fn set(&mut self) -> Result<Set, Fault> {
        let opened = self.skip(self.at);
        let negated = matches!(self.peek(), Some('!' | '^'));
        self.at += usize::from(negated);
        let mut ranges = Vec::new();
        loop {
            match self.peek() {
                None => return Err(Fault::NeverClosed(opened)),
                Some(']') if !ranges.is_empty() => break,
                Some(_) => ranges.push(self.range(opened)?),
            }
        }
        Ok(self.skip(Set { negated, ranges: ranges.into() }))
    }

    fn range(&mut self, opened: usize) -> Result<(char, char), Fault> {
        let from = self.at;
        let low = self.character()?;
        match self.characters[self.at..] {
            ['-'] => Err(Fault::NeverClosed(opened)),
            ['-', end, ..] if end != ']' => {
                self.at += 1;
                let high = self.character()?;
                if low <= high { Ok((low, high)) } else { Err(Fault::RunsBackwards(from)) }
            }
            _ => Ok((low, low)),
        }
    }
}

/// Why a pattern cannot be parsed.
pub(super) enum Fault {
    NeverClosed(usize),
    RunsBackwards(usize),
    EndsInBackslash,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::NeverClosed(at) => {
                write!(f, r"[ at position {at} is never closed; write \[ for a bracket")
            }
            Fault::RunsBackwards(at) => write!(
                f,
                r"the range at position {at} runs backwards; write the lower end first, or \- for a dash"
            ),
            Fault::EndsInBackslash => {
                f.write_str(r"it ends in a backslash; write \\ for a backslash")
            }
        }
    }
}
