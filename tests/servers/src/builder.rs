//! What a server is to be like.

use crate::server::Server;
use crate::settings::Settings;

/// Made by [`Server::builder`].
///
/// ```
/// use cachefn_servers::Server;
///
/// let redis = Server::builder().conf("maxmemory 4mb").password("secret").start();
/// assert_eq!(redis.cli(&["CONFIG", "GET", "maxmemory"]), "maxmemory\n4194304");
/// assert!(redis.url().starts_with("redis://:secret@127.0.0.1:"));
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "it starts nothing before `start`"]
pub struct Builder(Settings);

impl Server {
    /// Starts one as most tests need it: standalone, without a password, nothing on a disk.
    ///
    /// # Panics
    /// `redis-server` is missing.
    #[must_use = "the server ends when this value is dropped"]
    pub fn start() -> Self {
        Self::builder().start()
    }

    /// For a server with a configuration of its own.
    pub fn builder() -> Builder {
        Builder::default()
    }
}

impl Builder {
    /// A line of `redis.conf`, or several. Where two say something different, the later one counts.
    pub fn conf(mut self, lines: &str) -> Self {
        self.0.lines.push(lines.to_owned());
        self
    }

    /// Asks everybody for this password (`requirepass`), with no name beside it.
    pub fn password(mut self, password: &str) -> Self {
        self.0.password = Some(password.to_owned());
        self.conf(&format!("requirepass \"{password}\""))
    }

    /// A user, as `redis.conf` has it: `user app on >secret ~cachefn:* &* +@all`.
    ///
    /// # Panics
    /// The line does not begin with `user`.
    pub fn acl(self, user: &str) -> Self {
        assert!(user.starts_with("user "), "a user's line begins with `user NAME`, not so: {user}");
        self.conf(user)
    }

    /// Speaks TLS alone, with a certificate for `localhost` and `127.0.0.1` that an authority of our own
    /// ([`Server::ca`]) has signed. Clients may show theirs; with `conf("tls-auth-clients yes")` they must.
    pub fn tls(self) -> Self {
        self.tls_for("DNS:localhost,IP:127.0.0.1")
    }

    /// As [`tls`](Self::tls), with a certificate for other names, such as `DNS:redis.example`.
    pub fn tls_for(mut self, names: &str) -> Self {
        self.0.tls_names = Some(names.to_owned());
        self
    }

    /// Listens on no port, only on the socket ([`Server::socket`]) that every server has.
    pub fn unix_socket(mut self) -> Self {
        self.0.only_socket = true;
        self
    }

    /// Starts it and waits until it answers.
    ///
    /// # Panics
    /// `redis-server` is missing or refuses the configuration.
    #[must_use = "the server ends when this value is dropped"]
    pub fn start(self) -> Server {
        Server::with(&self.0)
    }

    /// One that watches others instead.
    pub(crate) fn sentinel(mut self) -> Self {
        self.0.is_sentinel = true;
        self
    }
}
