//! What one process did and saw, as lines of a file that another one reads afterwards.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// One thing that happened; times are those of [`clock`](crate::clock).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A cached function was called, and gave this number of its key.
    Call {
        /// Whose number.
        key: u32,
        /// When it was called.
        began: u64,
        /// When it returned.
        ended: u64,
        /// What it returned.
        number: u64,
        /// Whether it asked the source itself.
        fetched: bool,
    },
    /// A cached function did not return a value, and why.
    Failed {
        /// Whose number.
        key: u32,
        /// When it was called.
        began: u64,
        /// What happened instead.
        why: String,
    },
    /// Numbers were raised, and then what the caches know of them was declared invalid.
    Invalidation {
        /// By which means.
        by: By,
        /// When the call began, after the numbers were raised.
        began: u64,
        /// When it returned.
        ended: u64,
        /// The kind of its error; none if it succeeded.
        error: Option<String>,
        /// The keys it is about, and what their numbers are since.
        numbers: Vec<(u32, u64)>,
    },
    /// What the process took up.
    Size {
        /// When that was.
        at: u64,
        /// Bytes in memory.
        resident: u64,
        /// Tasks in its runtime.
        tasks: u64,
    },
    /// It closed everything and ends; how many tasks are left, and what it has to say.
    End {
        /// Tasks that should not be there any more.
        tasks: u64,
        /// Counts, for the reader of a report.
        words: String,
    },
}

/// How a cache was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum By {
    /// A `delete` of one key.
    Key,
    /// A tag.
    Tag,
}

/// A diary that is being written, by many tasks.
#[derive(Debug)]
pub struct Diary(Mutex<BufWriter<File>>);

impl Diary {
    /// A new, empty one.
    ///
    /// # Errors
    /// The file cannot be made.
    pub fn create(path: &Path) -> io::Result<Self> {
        Ok(Diary(Mutex::new(BufWriter::new(File::create(path)?))))
    }

    /// Notes what happened.
    ///
    /// # Panics
    /// The disk is full: a diary with gaps proves nothing.
    pub fn note(&self, entry: &Entry) {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(file, "{}", line(entry)).unwrap_or_else(|error| panic!("write a diary: {error}"));
    }

    /// Brings everything to the file.
    ///
    /// # Errors
    /// The disk is full.
    pub fn finish(&self) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).flush()
    }
}

/// Everything in a diary.
///
/// # Errors
/// The file cannot be read, or a line is none of a diary, which is shown.
pub fn read(path: &Path) -> io::Result<Vec<Entry>> {
    let text = std::fs::read_to_string(path)?;
    let entry = |line: &str| {
        parse(line).ok_or_else(|| io::Error::other(format!("no line of a diary: {line}")))
    };
    text.lines().map(entry).collect()
}

fn line(entry: &Entry) -> String {
    match entry {
        Entry::Call { key, began, ended, number, fetched } => {
            format!("call {key} {began} {ended} {number} {}", u8::from(*fetched))
        }
        Entry::Failed { key, began, why } => format!("failed {key} {began} {}", one_line(why)),
        Entry::Invalidation { by, began, ended, error, numbers } => {
            let by = if *by == By::Key { "key" } else { "tag" };
            let error = error.as_deref().unwrap_or("-");
            let numbers: Vec<String> =
                numbers.iter().map(|(key, number)| format!("{key}={number}")).collect();
            format!("invalidation {by} {began} {ended} {error} {}", numbers.join(","))
        }
        Entry::Size { at, resident, tasks } => format!("size {at} {resident} {tasks}"),
        Entry::End { tasks, words } => format!("end {tasks} {}", one_line(words)),
    }
}

fn parse(line: &str) -> Option<Entry> {
    let (kind, rest) = line.split_once(' ')?;
    let mut words = rest.splitn(
        if kind == "end" {
            2
        } else if kind == "failed" {
            3
        } else {
            5
        },
        ' ',
    );
    let mut word = || words.next();
    Some(match kind {
        "call" => Entry::Call {
            key: word()?.parse().ok()?,
            began: word()?.parse().ok()?,
            ended: word()?.parse().ok()?,
            number: word()?.parse().ok()?,
            fetched: word()? == "1",
        },
        "failed" => Entry::Failed {
            key: word()?.parse().ok()?,
            began: word()?.parse().ok()?,
            why: word()?.to_owned(),
        },
        "invalidation" => Entry::Invalidation {
            by: match word()? {
                "key" => By::Key,
                "tag" => By::Tag,
                _ => return None,
            },
            began: word()?.parse().ok()?,
            ended: word()?.parse().ok()?,
            error: Some(word()?).filter(|error| *error != "-").map(ToOwned::to_owned),
            numbers: word()?.split(',').map(number).collect::<Option<_>>()?,
        },
        "size" => Entry::Size {
            at: word()?.parse().ok()?,
            resident: word()?.parse().ok()?,
            tasks: word()?.parse().ok()?,
        },
        "end" => Entry::End { tasks: word()?.parse().ok()?, words: word()?.to_owned() },
        _ => return None,
    })
}

fn number(text: &str) -> Option<(u32, u64)> {
    let (key, number) = text.split_once('=')?;
    Some((key.parse().ok()?, number.parse().ok()?))
}

fn one_line(text: &str) -> String {
    text.replace('\n', " / ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_read_as_it_was_written() {
        let entries = [
            Entry::Call { key: 7, began: 1, ended: 2, number: 3, fetched: true },
            Entry::Call { key: 8, began: 1, ended: 2, number: 0, fetched: false },
            Entry::Failed { key: 7, began: 1, why: "it did not return".into() },
            Entry::Invalidation {
                by: By::Key,
                began: 1,
                ended: 2,
                error: None,
                numbers: vec![(7, 3)],
            },
            Entry::Invalidation {
                by: By::Tag,
                began: 1,
                ended: 2,
                error: Some("timeout".into()),
                numbers: vec![(7, 3), (8, 1)],
            },
            Entry::Size { at: 1, resident: 2, tasks: 3 },
            Entry::End { tasks: 0, words: "many hits".into() },
        ];
        for entry in entries {
            assert_eq!(parse(&line(&entry)), Some(entry));
        }
    }

    #[test]
    fn what_is_no_line_of_a_diary_is_refused() {
        for text in
            ["", "call", "call 1 2 3", "call a 1 2 3 1", "invalidation by 1 2 - 7=1", "other 1"]
        {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
