//! How connections are set up.

use std::fmt;
use std::time::Duration;

use cachefn_core::Error;

use crate::handle::Redis;
use crate::opening::{Servers, open};
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
    servers: Servers,
    settings: Settings,
    database: Option<i64>,
}

impl Redis {
    /// Connects to one server, with the settings that [`Builder`] begins with.
    ///
    /// # Errors
    /// Those of [`Builder::connect`].
    ///
    /// ```no_run
    /// # async fn example() -> Result<(), cachefn_core::Error> {
    /// let redis = cachefn_redis::Redis::connect("redis://127.0.0.1/").await?;
    /// # Ok(()) }
    /// ```
    pub async fn connect(url: impl Into<String>) -> Result<Self, Error> {
        Self::builder(url).connect().await
    }

    /// Settings for one server: `redis://`, `rediss://` or `unix://`, with login and database where there
    /// are some.
    ///
    /// ```
    /// let builder = cachefn_redis::Redis::builder("redis://app:secret@127.0.0.1:6379/0");
    /// assert!(!format!("{builder:?}").contains("secret"));
    /// ```
    pub fn builder(url: impl Into<String>) -> Builder {
        Builder::new(Servers::One(Url::new(url)))
    }

    /// Settings for the master that these Sentinels know by this name. They are asked again whenever the
    /// connection is lost, so a failover needs no restart. A login in their urls is for the Sentinels; that
    /// of the master is set by [`username`](Builder::username) and [`password`](Builder::password).
    ///
    /// ```
    /// use cachefn_redis::Redis;
    /// let builder = Redis::sentinel(["redis://10.0.0.1:26379", "redis://10.0.0.2:26379"], "mymaster");
    /// assert!(format!("{builder:?}").contains("mymaster"));
    /// ```
    pub fn sentinel<U: Into<String>>(
        urls: impl IntoIterator<Item = U>,
        master: impl Into<String>,
    ) -> Builder {
        let urls = urls.into_iter().map(Url::new).collect();
        Builder::new(Servers::Sentinel(urls, master.into()))
    }

    /// Settings for a Cluster that has a server at one of these addresses; the others are found. The login
    /// in the first url is for all of them.
    ///
    /// ```
    /// use cachefn_redis::Redis;
    /// let builder = Redis::cluster(["redis://10.0.0.1:7000", "redis://10.0.0.2:7000"]);
    /// assert!(format!("{builder:?}").contains("10.0.0.2"));
    /// ```
    pub fn cluster<U: Into<String>>(urls: impl IntoIterator<Item = U>) -> Builder {
        Builder::new(Servers::Cluster(urls.into_iter().map(Url::new).collect()))
    }
}

impl Builder {
    fn new(servers: Servers) -> Self {
        Builder { servers, settings: Settings::default(), database: None }
    }

    /// What every name in Redis begins with, before a colon; `cachefn` unless said. Nothing else is ever
    /// read, deleted or listed.
    ///
    /// ```
    /// let builder = cachefn_redis::Redis::builder("redis://127.0.0.1/").prefix("shop");
    /// assert!(format!("{builder:?}").contains("shop"));
    /// ```
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.settings.prefix = prefix.into();
        self
    }

    /// How long a command may take; 500 ms unless said. A command that took longer may have been done.
    ///
    /// ```
    /// use std::time::Duration;
    /// let builder = cachefn_redis::Redis::builder("redis://127.0.0.1/");
    /// let builder = builder.timeout(Duration::from_millis(50));
    /// assert!(format!("{builder:?}").contains("50ms"));
    /// ```
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout;
        self
    }

    /// How long it may take to connect and log in; 1 s unless said.
    ///
    /// ```
    /// use std::time::Duration;
    /// let builder = cachefn_redis::Redis::builder("redis://127.0.0.1/");
    /// let builder = builder.connect_timeout(Duration::from_secs(3));
    /// assert!(format!("{builder:?}").contains("3s"));
    /// ```
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.settings.connect_timeout = timeout;
        self
    }

    /// How many connections there are to each server, shared by all callers; 1 unless said, which is
    /// enough until a processor is busy with it. What listens to messages has one more.
    ///
    /// ```
    /// let builder = cachefn_redis::Redis::builder("redis://127.0.0.1/").connections(2);
    /// assert!(format!("{builder:?}").contains("connections: 2"));
    /// ```
    pub fn connections(mut self, connections: usize) -> Self {
        self.settings.connections = connections;
        self
    }

    /// The user to log in as, instead of the one in the url.
    ///
    /// ```
    /// let builder = cachefn_redis::Redis::builder("redis://127.0.0.1/").username("app").password("secret");
    /// assert!(!format!("{builder:?}").contains("secret"));
    /// ```
    pub fn username(mut self, username: impl Into<String>) -> Self {
        self.settings.login.username = Some(username.into());
        self
    }

    /// The password to log in with, instead of the one in the url. It appears in no error.
    ///
    /// ```
    /// let builder = cachefn_redis::Redis::builder("redis://127.0.0.1/").password("secret");
    /// assert!(!format!("{builder:?}").contains("secret"));
    /// ```
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.settings.login.password = Some(password.into());
        self
    }

    /// The number of the database, instead of the one in the url. A Cluster has only 0.
    ///
    /// ```
    /// let builder = cachefn_redis::Redis::sentinel(["redis://10.0.0.1:26379"], "mymaster").database(2);
    /// assert!(format!("{builder:?}").contains("database: Some(2)"));
    /// ```
    pub fn database(mut self, database: i64) -> Self {
        self.database = Some(database);
        self
    }

    /// The authority that signed the certificates of the servers, in PEM, instead of those that the
    /// system trusts.
    ///
    /// ```
    /// let builder = cachefn_redis::Redis::builder("rediss://10.0.0.1/").ca_certificate("-----BEGIN…");
    /// assert!(!format!("{builder:?}").contains("BEGIN"));
    /// ```
    #[cfg(any(feature = "tls", feature = "smol-tls"))]
    pub fn ca_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.settings.certificates.authority = Some(pem.into());
        self
    }

    /// The certificate to show to servers that ask for one, and its key, in PEM.
    ///
    /// ```
    /// let builder = cachefn_redis::Redis::builder("rediss://10.0.0.1/");
    /// let builder = builder.client_certificate("-----BEGIN…", "-----BEGIN…");
    /// assert!(!format!("{builder:?}").contains("BEGIN"));
    /// ```
    #[cfg(any(feature = "tls", feature = "smol-tls"))]
    pub fn client_certificate(
        mut self,
        certificate: impl Into<Vec<u8>>,
        key: impl Into<Vec<u8>>,
    ) -> Self {
        self.settings.certificates.own = Some((certificate.into(), key.into()));
        self
    }

    /// Checks the settings and asks nobody: whoever needs a connection first makes it. For programs that must
    /// be able to start while their servers are away; [`ping`](Redis::ping) tells whether they are.
    ///
    /// # Errors
    /// Of kind `config` when a url or another setting is wrong. A wrong login or database is known only when a
    /// server was asked.
    ///
    /// ```
    /// use cachefn_redis::Redis;
    /// let redis = Redis::builder("redis://127.0.0.1:1/").open()?; // nobody is there, and nobody was asked
    /// assert!(Redis::builder("http://127.0.0.1/").open().is_err());
    /// # drop(redis);
    /// # Ok::<(), cachefn_core::Error>(())
    /// ```
    pub fn open(self) -> Result<Redis, Error> {
        open(self.servers, self.settings, self.database).map(Redis::new)
    }

    /// Connects once, so that what is wrong is known now. A server that is lost later is reached again
    /// without being asked to.
    ///
    /// # Errors
    /// Of kind `config` when a url, the login, the database, a certificate or another setting is wrong, or
    /// nothing drives connections here; `unavailable` or `timeout` when the server cannot be reached. No
    /// text shows a password.
    ///
    /// ```no_run
    /// # async fn example() {
    /// use cachefn_core::ErrorKind;
    /// let error = cachefn_redis::Redis::builder("http://127.0.0.1/").connect().await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Config);
    /// # }
    /// ```
    pub async fn connect(self) -> Result<Redis, Error> {
        let redis = self.open()?;
        redis.ping().await?;
        Ok(redis)
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Builder");
        match &self.servers {
            Servers::One(url) => shown.field("url", url),
            Servers::Sentinel(urls, master) => {
                shown.field("sentinels", urls).field("master", master)
            }
            Servers::Cluster(urls) => shown.field("cluster", urls),
        };
        shown.field("database", &self.database).field("settings", &self.settings).finish()
    }
}
