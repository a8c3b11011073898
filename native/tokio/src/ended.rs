//! What is told of an end.

use std::fmt;

use cachefn_core::Error;

/// How everything ended, part by part; shown as one line each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ended {
    parts: Vec<PartEnded>,
}

/// How one part ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PartEnded {
    /// What it is called.
    pub name: String,
    /// What went wrong.
    pub errors: Vec<Error>,
    /// Whether it was given up, because it had not ended in its time.
    pub is_left: bool,
}

impl Ended {
    pub(crate) fn new(parts: Vec<PartEnded>) -> Self {
        Ended { parts }
    }

    /// Every part, in the order of their steps; the tasks of the runtime are the last one.
    pub fn parts(&self) -> &[PartEnded] {
        &self.parts
    }

    /// Whether all of it ended in time and without an error.
    pub fn is_clean(&self) -> bool {
        self.parts.iter().all(|part| part.errors.is_empty() && !part.is_left)
    }

    /// The names of the parts that were given up.
    pub fn left(&self) -> Vec<&str> {
        let left = self.parts.iter().filter(|part| part.is_left);
        left.map(|part| part.name.as_str()).collect()
    }

    /// Every error, with the name of its part.
    pub fn errors(&self) -> Vec<(&str, &Error)> {
        let of = |part| {
            let PartEnded { name, errors, .. }: &PartEnded = part;
            errors.iter().map(move |error| (name.as_str(), error))
        };
        self.parts.iter().flat_map(of).collect()
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, part) in self.parts.iter().enumerate() {
            if at > 0 {
                writeln!(f)?;
            }
            let end = if part.is_left { "did not end in time" } else { "ended" };
            write!(f, "{}: {end}", part.name)?;
            for error in &part.errors {
                write!(f, "; {error}")?;
            }
        }
        Ok(())
    }
}
