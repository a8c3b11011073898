//! A position in a source text that knows its line.

/// Walks over the characters of a text.
pub(super) struct Cursor {
    chars: Vec<char>,
    next: usize,
    line: usize,
}

impl Cursor {
    pub(super) fn new(text: &str) -> Self {
        Self { chars: text.chars().collect(), next: 0, line: 1 }
    }

    /// The line of the next character, counted from 1.
    pub(super) fn line(&self) -> usize {
        self.line
    }

    /// A character further on, 0 being the next.
    pub(super) fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.next + ahead).copied()
    }

    /// Takes the next character.
    pub(super) fn take(&mut self) -> Option<char> {
        let char = self.peek(0)?;
        self.next += 1;
        if char == '\n' {
            self.line += 1;
        }
        Some(char)
    }

    /// Takes `text` if it comes next.
    pub(super) fn take_text(&mut self, text: &str) -> bool {
        let here = text.chars().enumerate().all(|(ahead, char)| self.peek(ahead) == Some(char));
        if here {
            text.chars().for_each(|_| {
                self.take();
            });
        }
        here
    }

    /// Takes characters as long as they satisfy the condition.
    pub(super) fn take_while(&mut self, mut wanted: impl FnMut(char) -> bool) -> String {
        let mut taken = String::new();
        while let Some(char) = self.peek(0).filter(|char| wanted(*char)) {
            taken.push(char);
            self.take();
        }
        taken
    }
}
