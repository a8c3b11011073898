//! What stands under a name: a deadline, then the record; and in which family of columns.

/// The wall clock's time, in ms since 1970, from which on nobody needs a record.
pub(crate) type Deadline = u64;

/// Families of columns: what has a life, what is kept for ever, and records where there is a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    Records,
    BoundedRecords,
    Tokens,
}

impl Family {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Family::Records => "records",
            Family::BoundedRecords => "bounded records",
            Family::Tokens => "tokens",
        }
    }
}

/// Tokens stay for ever: without them no record that they vouch for is valid.
pub(crate) fn is_token(name: &[u8]) -> bool {
    [b"%n:", b"%t:", b"%x:"].iter().any(|prefix| name.starts_with(*prefix))
}

/// The value for a record.
pub(crate) fn value(deadline: Deadline, record: &[u8]) -> Vec<u8> {
    let mut value = Vec::with_capacity(HEAD + record.len());
    value.extend_from_slice(&deadline.to_le_bytes());
    value.extend_from_slice(record);
    value
}

/// Deadline and record of a value, if it is one.
pub(crate) fn parts(value: &[u8]) -> Option<(Deadline, &[u8])> {
    let (deadline, record) = value.split_first_chunk()?;
    Some((u64::from_le_bytes(*deadline), record))
}

/// Whether nobody needs a value any more. One that is none of ours nobody can use.
pub(crate) fn is_dead(value: &[u8], now: u64) -> bool {
    parts(value).is_none_or(|(deadline, _)| deadline <= now)
}

const HEAD: usize = 8;
