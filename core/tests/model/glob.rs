//! A naive matcher for key patterns, written from the rules alone: a table over pattern and text.

use std::collections::VecDeque;

use cachefn_core::Glob;

/// One step of a pattern.
enum Step {
    Run,
    Any,
    One(char),
    Set { negated: bool, ranges: Vec<(char, char)> },
}

/// Whether the whole text matches; `None` when the pattern cannot be parsed.
pub(crate) fn matches(pattern: &str, text: &str) -> Option<bool> {
    let steps = parse(pattern)?;
    let text: Vec<char> = text.chars().collect();
    // `reached[at]`: the steps so far match the first `at` characters.
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for step in steps {
        let mut next = vec![false; text.len() + 1];
        for at in 0..=text.len() {
            next[at] = match &step {
                Step::Run => reached[at] || at > 0 && next[at - 1],
                single => at > 0 && reached[at - 1] && single.takes(text[at - 1]),
            };
        }
        reached = next;
    }
    Some(reached[text.len()])
}

impl Step {
    fn takes(&self, character: char) -> bool {
        match self {
            Step::Run => false,
            Step::Any => true,
            Step::One(own) => *own == character,
            Step::Set { negated, ranges } => {
                ranges.iter().any(|(low, high)| *low <= character && character <= *high) != *negated
            }
        }
    }
}

fn parse(pattern: &str) -> Option<Vec<Step>> {
    let mut rest: VecDeque<char> = pattern.chars().collect();
    let mut steps = Vec::new();
    while let Some(character) = rest.pop_front() {
        steps.push(match character {
            '*' => Step::Run,
            '?' => Step::Any,
            '\\' => Step::One(rest.pop_front()?),
            '[' => set(&mut rest)?,
            other => Step::One(other),
        });
    }
    Some(steps)
}

fn set(rest: &mut VecDeque<char>) -> Option<Step> {
    let negated = matches!(rest.front(), Some('!' | '^'));
    if negated {
        rest.pop_front();
    }
    let mut ranges = Vec::new();
    loop {
        if rest.front() == Some(&']') && !ranges.is_empty() {
            rest.pop_front();
            return Some(Step::Set { negated, ranges });
        }
        let low = escaped(rest)?;
        let is_range = rest.front() == Some(&'-') && rest.get(1).is_some_and(|end| *end != ']');
        let mut high = low;
        if is_range {
            rest.pop_front();
            high = escaped(rest)?;
        }
        if high < low {
            return None;
        }
        ranges.push((low, high));
    }
}

fn escaped(rest: &mut VecDeque<char>) -> Option<char> {
    match rest.pop_front()? {
        '\\' => rest.pop_front(),
        character => Some(character),
    }
}

/// What a fuzz target does with its input: one byte for the pattern's length, the pattern, a text.
/// Nothing when the input is empty.
///
/// # Panics
/// The two matchers disagree.
pub(crate) fn replay(bytes: &[u8]) -> Option<()> {
    let (length, rest) = bytes.split_first()?;
    let (pattern, text) = rest.split_at(usize::from(*length).min(rest.len()));
    let (pattern, text) = (String::from_utf8_lossy(pattern), String::from_utf8_lossy(text));
    let right = matches(&pattern, &text);
    let glob = Glob::new(&pattern).ok();
    let matched = glob.as_ref().map(|glob| glob.matches(&text));
    assert_eq!(matched, right, "{pattern:?} on {text:?} (right: the naive matcher)");
    if let Some(glob) = glob {
        assert_eq!(glob.as_str(), pattern);
        let starts = text.starts_with(glob.literal_prefix());
        assert!(starts || !glob.matches(&text), "{pattern:?} on {text:?}");
        let only = glob.exact().is_none_or(|exact| (exact == text) == glob.matches(&text));
        assert!(only, "{pattern:?} on {text:?}");
    }
    let escaped = Glob::new(&Glob::escape(&text)).expect("an escaped text is a pattern");
    assert_eq!(escaped.exact(), Some(&*text));
    let prefix = Glob::prefix(&pattern);
    assert_eq!(prefix.matches(&text), text.starts_with(&*pattern), "{prefix:?} on {text:?}");
    assert_eq!(Glob::new(prefix.as_str()), Ok(prefix));
    Some(())
}
