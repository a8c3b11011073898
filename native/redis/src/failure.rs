//! What went wrong at a server, in the words of the cache.

use cachefn_core::Error;
use redis::{ErrorKind, RedisError, ServerErrorKind};

/// An error of the client, and which server it was about.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) at: String,
    pub(crate) error: RedisError,
}

impl Failure {
    pub(crate) fn new(at: impl Into<String>, error: RedisError) -> Self {
        Failure { at: at.into(), error }
    }

    /// As an error of this operation. The texts are the server's and the system's own, and say nothing of
    /// passwords or values.
    pub(crate) fn during(&self, operation: &'static str) -> Error {
        let at = &self.at;
        let said = said(&self.error);
        let text = match advice(&self.error) {
            Some(advice) => format!("redis at {at}: {said}; {advice}"),
            None => format!("redis at {at}: {said}"),
        };
        match sort(&self.error) {
            Sort::Setting => Error::config(operation, text),
            Sort::Slow => Error::timeout(operation, text),
            Sort::Away => Error::unavailable(operation, text),
        }
    }
}

enum Sort {
    /// It stays until somebody changes a setting.
    Setting,
    Slow,
    Away,
}

fn sort(error: &RedisError) -> Sort {
    use ServerErrorKind::{CrossSlot, Moved, NoPerm};
    match error.kind() {
        ErrorKind::AuthenticationFailed
        | ErrorKind::InvalidClientConfig
        | ErrorKind::RESP3NotSupported
        | ErrorKind::EmptySentinelList
        | ErrorKind::Server(NoPerm | Moved | CrossSlot) => Sort::Setting,
        _ if matches!(error.code(), Some("NOAUTH" | "WRONGPASS" | "NOPERM")) => Sort::Setting,
        _ if error.is_timeout() => Sort::Slow,
        _ if is_certificate(error) => Sort::Setting,
        _ if error.detail().is_some_and(is_setting) => Sort::Setting,
        _ => Sort::Away,
    }
}

/// What to do about it, where that is not plain from what the server said.
fn advice(error: &RedisError) -> Option<&'static str> {
    match error.kind() {
        ErrorKind::Server(ServerErrorKind::Moved | ServerErrorKind::CrossSlot) => {
            Some("it is part of a Cluster: use Redis::cluster")
        }
        ErrorKind::Server(ServerErrorKind::NoPerm) => {
            Some("its ACL must allow that command and key")
        }
        ErrorKind::RESP3NotSupported => Some("Redis 6 or newer is needed"),
        _ if error.code() == Some("NOAUTH") => Some("it asks for a password"),
        _ if is_certificate(error) => {
            Some("its certificate must be valid for that name and authority")
        }
        _ => None,
    }
}

fn is_setting(detail: &str) -> bool {
    [
        "DB index is out of range",
        "SELECT is not allowed in cluster mode",
        "unknown command",
        "cluster support disabled",
    ]
    .iter()
    .any(|text| detail.contains(text))
}

fn is_certificate(error: &RedisError) -> bool {
    error.is_io_error() && {
        let text = error.to_string();
        text.contains("certificate") || text.contains("CertificateRequired")
    }
}

fn said(error: &RedisError) -> String {
    if error.is_timeout() {
        return "no answer in time".into();
    }
    let text = match (error.code(), error.detail()) {
        (Some(code), Some(detail)) => format!("{code} {detail}"),
        (None, Some(detail)) => detail.to_string(),
        // The client adds how it calls the kind.
        _ => error.to_string().split(" - ").next().unwrap_or_default().to_string(),
    };
    // What follows are arguments: values, and passwords where a server knows no HELLO.
    let end = text.find(", with args beginning with").unwrap_or(text.len());
    text[..end].to_string()
}

/// A connection that gave this error is of no use any more.
pub(crate) fn is_broken(error: &RedisError) -> bool {
    error.is_connection_dropped()
        || (error.is_io_error() && !error.is_timeout())
        || matches!(
            error.kind(),
            ErrorKind::Parse
                | ErrorKind::Server(ServerErrorKind::ReadOnly | ServerErrorKind::MasterDown)
        )
        || error.code() == Some("NOAUTH")
}

pub(crate) fn timed_out() -> RedisError {
    std::io::Error::from(std::io::ErrorKind::TimedOut).into()
}

pub(crate) fn without_executor() -> RedisError {
    let detail = "connections need a tokio runtime around the call, or the feature smol";
    (ErrorKind::InvalidClientConfig, detail).into()
}

#[cfg(test)]
mod tests {
    use cachefn_core::ErrorKind as Kind;

    use super::*;

    fn server(text: &str) -> Error {
        let (code, detail) = text.split_once(' ').unwrap_or((text, ""));
        let error = redis::make_extension_error(code.to_string(), Some(detail.to_string()));
        Failure::new("host:1", error).during("get")
    }

    #[test]
    fn h_35_arguments_that_a_server_repeats_are_not_shown() {
        let error = server(
            "ERR unknown command `HELLO`, with args beginning with: `3`, `AUTH`, `app`, `s3cret`, ",
        );
        let text = "get: redis at host:1: ERR unknown command `HELLO`";
        assert_eq!((error.to_string().as_str(), error.kind()), (text, Kind::Config));
    }

    #[test]
    fn h_35_what_passes_by_itself_is_unavailable_and_what_does_not_is_a_setting() {
        for text in ["LOADING Redis is loading", "CLUSTERDOWN no", "MISCONF disk", "OOM used"] {
            assert_eq!(server(text).kind(), Kind::Unavailable, "{text}");
        }
        for text in ["WRONGPASS no", "NOAUTH no", "NOPERM no", "ERR DB index is out of range"] {
            assert_eq!(server(text).kind(), Kind::Config, "{text}");
        }
        let late = Failure::new("host:1", timed_out()).during("get");
        assert_eq!(late.to_string(), "get: redis at host:1: no answer in time");
        assert_eq!(late.kind(), Kind::Timeout);
    }
}
