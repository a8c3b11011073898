//! The operations of a storage in words, and how one of them ended.

use cachefn_core::{Error, ErrorKind};

/// What a storage is asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Get,
    GetMany,
    Set,
    SetMany,
    Delete,
    DeleteMany,
    DeleteIf,
    Tokens,
    ReplaceTokens,
    CreateTokens,
    Scan,
    Flush,
    Purge,
    Close,
}

impl Operation {
    pub(super) const ALL: [Operation; 14] = [
        Operation::Get,
        Operation::GetMany,
        Operation::Set,
        Operation::SetMany,
        Operation::Delete,
        Operation::DeleteMany,
        Operation::DeleteIf,
        Operation::Tokens,
        Operation::ReplaceTokens,
        Operation::CreateTokens,
        Operation::Scan,
        Operation::Flush,
        Operation::Purge,
        Operation::Close,
    ];

    /// As the methods of `Storage` are called; new tokens are an invalidation of what had the old ones.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Operation::Get => "get",
            Operation::GetMany => "get_many",
            Operation::Set => "set",
            Operation::SetMany => "set_many",
            Operation::Delete => "delete",
            Operation::DeleteMany => "delete_many",
            Operation::DeleteIf => "delete_if",
            Operation::Tokens => "tokens",
            Operation::ReplaceTokens => "invalidate",
            Operation::CreateTokens => "create_tokens",
            Operation::Scan => "scan",
            Operation::Flush => "flush",
            Operation::Purge => "purge",
            Operation::Close => "close",
        }
    }
}

/// What is asked for; only spans tell it.
#[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "there are no spans"))]
#[derive(Clone, Copy, Default)]
pub(super) struct Asked<'a> {
    /// The name of the one record that is meant.
    pub(super) name: Option<&'a [u8]>,
    /// How many there are, where a call is for many.
    pub(super) many: Option<usize>,
    /// Bytes of the record that is written.
    pub(super) bytes: Option<usize>,
}

/// How a call of a storage ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// A record was there.
    Hit,
    /// None was.
    Miss,
    Ok,
    /// There was no answer in time.
    Timeout,
    Error,
    /// Nobody waited for the answer any more.
    Cancelled,
}

impl Outcome {
    #[cfg(feature = "metrics")]
    pub(super) const ALL: [Outcome; 6] = [
        Outcome::Hit,
        Outcome::Miss,
        Outcome::Ok,
        Outcome::Timeout,
        Outcome::Error,
        Outcome::Cancelled,
    ];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Outcome::Hit => "hit",
            Outcome::Miss => "miss",
            Outcome::Ok => "ok",
            Outcome::Timeout => "timeout",
            Outcome::Error => "error",
            Outcome::Cancelled => "cancelled",
        }
    }

    pub(super) fn of_error(error: &Error) -> Self {
        match error.kind() {
            ErrorKind::Timeout => Outcome::Timeout,
            _ => Outcome::Error,
        }
    }
}
