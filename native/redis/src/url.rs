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

/// What comes after the login, where there may be one.
impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((scheme, rest)) = self.0.split_once("://") else { return f.write_str("hidden") };
        match rest.rsplit_once('@') {
            Some((_, rest)) => write!(f, "{scheme}://hidden@{rest}"),
            None => write!(f, "{scheme}://{rest}"),
        }
    }
}

const SCHEMES: &str = "a url begins with redis://, rediss:// or unix:// and looks like \
                       redis://user:password@host:6379/0, special characters percent-encoded";
