//! How long records and tokens are kept, in the words of Redis.

use std::io::Write;
use std::time::Duration;

use redis::{Cmd, RedisWrite};

use crate::frame;

/// So many milliseconds, or without an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Life {
    Milliseconds(u64),
    Endless,
}

impl Life {
    /// The life of a record; none where it has none at all.
    pub(super) fn of_record(life: Option<Duration>) -> Option<Self> {
        let Some(life) = life else { return Some(Life::Endless) };
        match u64::try_from(life.as_nanos().div_ceil(1_000_000)) {
            Ok(0) => None,
            Ok(milliseconds) if milliseconds < LONGEST => Some(Life::Milliseconds(milliseconds)),
            _ => Some(Life::Endless),
        }
    }

    /// How long a token is needed at least by a record that lives so long.
    pub(super) fn of_token(self, name: &[u8]) -> Self {
        match self {
            Life::Milliseconds(milliseconds) if is_of_tag(name) => {
                Life::Milliseconds(milliseconds + MARGIN)
            }
            _ => Life::Endless,
        }
    }

    /// How long a token lives that no record uses yet: longer than loads take.
    pub(super) fn of_new_token(name: &[u8]) -> Self {
        if is_of_tag(name) { Life::Milliseconds(HOUR) } else { Life::Endless }
    }

    /// For the scripts.
    pub(super) fn text(self) -> String {
        match self {
            Life::Milliseconds(milliseconds) => milliseconds.to_string(),
            Life::Endless => "0".into(),
        }
    }
}

/// Whether the name is that of a token of a tag, which goes when nobody needs it any more. There are few
/// namespaces, and their tokens stay.
pub(super) fn is_of_tag(name: &[u8]) -> bool {
    !name.starts_with(b"%n:")
}

/// The command that keeps bytes for so long.
pub(super) fn set(key: &[u8], bytes: &[u8], life: Life) -> Cmd {
    let mut command = Cmd::with_capacity(5, key.len() + bytes.len() + 32);
    command.arg("SET").arg(key).arg(bytes);
    live(&mut command, life);
    command
}

/// The command that keeps the frame of a record for so long, both written where they are sent from.
pub(super) fn set_record(
    key: [&[u8]; 2],
    tokens: Option<&[&[u8]]>,
    record: &[u8],
    life: Life,
) -> Cmd {
    let length = key[0].len() + key[1].len() + frame::length(tokens, record);
    let mut command = Cmd::with_capacity(5, length + 32);
    command.arg("SET");
    let mut whole = command.writer_for_next_arg();
    // To write into a command cannot fail.
    let _ = key.iter().try_for_each(|part| whole.write_all(part));
    drop(whole);
    let _ = frame::write(tokens, record, &mut command.writer_for_next_arg());
    live(&mut command, life);
    command
}

fn live(command: &mut Cmd, life: Life) {
    if let Life::Milliseconds(life) = life {
        command.arg("PX").arg(life);
    }
}

/// A thousand years: longer than anybody waits, and not too long for Redis.
const LONGEST: u64 = 1_000 * 365 * 24 * HOUR;
const HOUR: u64 = 3_600_000;
/// A token outlives the record by so much.
const MARGIN: u64 = 60_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h_19_lives_are_rounded_up_to_milliseconds_and_never_overflow() {
        let of = |life| Life::of_record(Some(life));
        assert_eq!(of(Duration::ZERO), None);
        assert_eq!(of(Duration::from_nanos(1)), Some(Life::Milliseconds(1)));
        assert_eq!(of(Duration::from_micros(1_001)), Some(Life::Milliseconds(2)));
        assert_eq!(of(Duration::MAX), Some(Life::Endless));
        assert_eq!(Life::of_record(None), Some(Life::Endless));
    }

    #[test]
    fn a_record_written_where_it_is_sent_from_is_the_same_command() {
        let (names, record): ([&[u8]; 2], _) = ([b"%n:users", b"%t:users:tag"], &b"record"[..]);
        for (tokens, life) in [(None, Life::Endless), (Some(&names[..]), Life::Milliseconds(7))] {
            let whole = set(b"cachefn:users:7", &frame::record(tokens, record), life);
            let parts = set_record([b"cachefn:", b"users:7"], tokens, record, life);
            assert_eq!(parts.get_packed_command(), whole.get_packed_command());
        }
    }

    #[test]
    fn s_28_a_token_outlives_the_longest_record_that_uses_it() {
        let life = Life::Milliseconds(5);
        assert!(life.of_token(b"%t:users:tag") > life && life.of_token(b"%n:users") > life);
        assert_eq!(Life::Endless.of_token(b"%t:users:tag"), Life::Endless);
        assert!(Life::Endless > Life::Milliseconds(u64::MAX));
    }
}
