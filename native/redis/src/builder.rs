//! How connections are set up.

use std::fmt;
use std::time::Duration;

use cachefn_core::Error;

use crate::connection::{Dial, Link};
use crate::handle::Redis;
use crate::settings::Settings;
use crate::url::Url;

/// Settings of a [`Redis`]; all have a default.
///
/// ```no_run
/// # async fn example() -> Result<(), cachefn_core::Error> {
/// use cachefn_redis::Redis;
/// use std::time::Duration;
///
/// let redis = Redis::builder("redis://127.0.0.1/1")
///     .prefix("shop")
///     .timeout(Duration::from_millis(200))
///     .connect()
///     .await?;
/// # Ok(()) }
/// ```
#[must_use]
pub struct Builder {
    url: Url,
    settings: Settings,
}

impl Redis {
    /// Connects to one server, with the settings that [`Builder`] begins with.
    ///
    /// # Errors
    /// Those of [`Builder::connect`].
    pub async fn connect(url: impl Into<String>) -> Result<Self, Error> {
        Self::builder(url).connect().await
    }

    /// Settings for one server: `redis://`, `rediss://` or `unix://`, with login and database where there
    /// are some.
    pub fn builder(url: impl Into<String>) -> Builder {
        Builder { url: Url::new(url), settings: Settings::default() }
    }
}

impl Builder {
    /// What every name in Redis begins with, before a colon; `cachefn` unless said. Nothing else is ever
    /// read, deleted or listed.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.settings.prefix = prefix.into();
        self
    }

    /// How long a command may take; 500 ms unless said.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// Connects once, so that what is wrong is known now.
    ///
    /// # Errors
    /// Of kind `config` when the url, the login, the database or a certificate is wrong; `unavailable` or
    /// `timeout` when the server cannot be reached.
    pub async fn connect(self) -> Result<Redis, Error> {
        let target = self.url.target()?;
        let mut settings = self.settings;
        settings.login = target.login;
        settings.database = target.database;
        let link = Link::to(Dial::Direct(target.address), settings);
        link.run("connect", link.request(b"", redis::cmd("PING"))).await?;
        Ok(Redis::new(link))
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Builder");
        shown.field("url", &self.url).field("settings", &self.settings).finish()
    }
}
