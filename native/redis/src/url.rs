//! Addresses as users write them, without ever showing the password in them.

use std::fmt;

use cachefn_core::Error;
use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo};

use crate::settings::Login;

/// An address that was not looked at yet.
#[derive(Clone)]
pub(crate) struct Url(String);

/// What an address says.
pub(crate) struct Target {
    pub(crate) address: ConnectionAddr,
    pub(crate) login: Login,
    pub(crate) database: i64,
}

impl Url {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Url(text.into())
    }

    /// # Errors
    /// Of kind `config` when it is no address of a Redis; the text says why without showing it.
    pub(crate) fn target(&self) -> Result<Target, Error> {
        let wrong = |text: &str| Err(Error::config("connect", text.to_string()));
        let Some((scheme, _)) = self.0.split_once(':') else { return wrong(SCHEMES) };
        let tls = match scheme {
            "redis" | "valkey" | "unix" | "redis+unix" | "valkey+unix" => false,
            "rediss" | "valkeys" => true,
            _ => return wrong(SCHEMES),
        };
        if tls && cfg!(not(any(feature = "tls", feature = "smol-tls"))) {
            return wrong(
                "the url asks for TLS, which needs the feature tls of cachefn, or tls or smol-tls of cachefn-redis",
            );
        }
        if self.0.contains('#') {
            return wrong(
                "the url has a part after #; certificates are always verified, and nothing else is said there",
            );
        }
        let info: ConnectionInfo = match self.0.as_str().into_connection_info() {
            Ok(info) => info,
            Err(error) => {
                let why = error.to_string();
                let why = why.split(" - ").next().unwrap_or_default().to_lowercase();
                return wrong(&format!("the url cannot be used: {why}; {SCHEMES}"));
            }
        };
        let about = info.redis_settings();
        let text = |text: Option<&str>| text.map(str::to_string);
        Ok(Target {
            address: info.addr().clone(),
            login: Login { username: text(about.username()), password: text(about.password()) },
            database: about.db(),
        })
    }
}

impl Target {
    pub(crate) fn is_tls(&self) -> bool {
        matches!(self.address, ConnectionAddr::TcpTls { .. })
    }
}

/// What comes after the login, where there may be one, and before a `?`, where sockets have theirs.
impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((scheme, rest)) = self.0.split_once("://") else { return f.write_str("hidden") };
        write!(f, "{scheme}://")?;
        match (rest.find('?'), rest.rfind('@')) {
            (None, None) => f.write_str(rest),
            (None, Some(at)) => write!(f, "hidden@{}", &rest[at + 1..]),
            (Some(query), None) => write!(f, "{}?hidden", &rest[..query]),
            (Some(query), Some(at)) if at < query => {
                write!(f, "hidden@{}?hidden", &rest[at + 1..query])
            }
            // In the password of a socket, whose path is shown; elsewhere nobody knows where one begins.
            (Some(query), _) if rest.starts_with('/') && !rest[..query].contains(':') => {
                write!(f, "{}?hidden", &rest[..query])
            }
            _ => f.write_str("hidden"),
        }
    }
}

const SCHEMES: &str = "a url begins with redis://, rediss:// or unix:// and looks like \
                       redis://user:password@host:6379/0, special characters percent-encoded";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_login_of_an_address_is_shown_wherever_it_stands() {
        for (text, shown) in [
            ("redis://app:ge@heim@host:1/0", "redis://hidden@host:1/0"),
            ("unix:///run/r.sock?user=app&pass=geheim", "unix:///run/r.sock?hidden"),
            ("redis+unix:///run/r.sock?pass=ge@heim", "redis+unix:///run/r.sock?hidden"),
            ("redis://:geheim@host/0?protocol=resp3", "redis://hidden@host/0?hidden"),
            ("redis://app:ge?heim@host", "redis://hidden"),
            ("unix:/run/r.sock?pass=geheim", "hidden"),
        ] {
            assert_eq!(format!("{:?}", Url::new(text)), shown);
        }
    }
}
