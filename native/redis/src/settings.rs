//! What was set about the connections, and the clients that follow from it.

use std::fmt;
use std::time::Duration;

use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ErrorKind, IntoConnectionInfo, ProtocolVersion,
    RedisConnectionInfo, RedisResult,
};

/// Settings of all connections to the servers that keep the data.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// What every name of ours begins with.
    pub(crate) prefix: String,
    /// How long a command may take.
    pub(crate) timeout: Duration,
    pub(crate) connect_timeout: Duration,
    /// How many connections there are to each server.
    pub(crate) connections: usize,
    pub(crate) login: Login,
    pub(crate) database: i64,
    pub(crate) certificates: Certificates,
}

/// Who connects. It is never shown.
#[derive(Clone, Default)]
pub(crate) struct Login {
    pub(crate) username: Option<String>,
    pub(crate) password: Option<String>,
}

/// Of which authority the servers' certificates are, and ours. They are never shown.
#[derive(Clone, Default)]
pub(crate) struct Certificates {
    pub(crate) authority: Option<Vec<u8>>,
    /// The certificate and its key.
    pub(crate) own: Option<(Vec<u8>, Vec<u8>)>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            prefix: "cachefn".into(),
            timeout: Duration::from_millis(500),
            connect_timeout: Duration::from_secs(1),
            connections: 1,
            login: Login::default(),
            database: 0,
            certificates: Certificates::default(),
        }
    }
}

impl Settings {
    /// How connections are made and used.
    pub(crate) fn config(&self) -> AsyncConnectionConfig {
        AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.connect_timeout))
            .set_response_timeout(Some(self.timeout))
    }

    /// A client of the server at this address.
    pub(crate) fn client(&self, address: &ConnectionAddr) -> RedisResult<Client> {
        client(address, &self.login, self.database, &self.certificates)
    }
}

/// A client of the server at this address, with this login.
pub(crate) fn client(
    address: &ConnectionAddr,
    login: &Login,
    database: i64,
    certificates: &Certificates,
) -> RedisResult<Client> {
    let mut about = RedisConnectionInfo::default()
        .set_protocol(ProtocolVersion::RESP3)
        .set_db(database)
        .set_lib_name(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
    if let Some(username) = &login.username {
        about = about.set_username(username);
    }
    if let Some(password) = &login.password {
        about = about.set_password(password);
    }
    let info = address.clone().into_connection_info()?.set_redis_settings(about);
    certificates.client(info).map_err(|error| {
        let text = format!("the certificates cannot be used: {error}");
        (ErrorKind::InvalidClientConfig, "certificates", text).into()
    })
}

impl Certificates {
    pub(crate) fn is_empty(&self) -> bool {
        self.authority.is_none() && self.own.is_none()
    }

    #[cfg(any(feature = "tls", feature = "smol-tls"))]
    fn client(&self, info: redis::ConnectionInfo) -> RedisResult<Client> {
        if !matches!(info.addr(), ConnectionAddr::TcpTls { .. }) {
            return Client::open(info);
        }
        // The client takes the provider of the process; a program that chose one keeps it.
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        if self.is_empty() {
            return Client::open(info);
        }
        let own = self.own.clone();
        let client_tls =
            own.map(|(client_cert, client_key)| redis::ClientTlsConfig { client_cert, client_key });
        let root_cert = self.authority.clone();
        Client::build_with_tls(info, redis::TlsCertificates { client_tls, root_cert })
    }

    #[cfg(not(any(feature = "tls", feature = "smol-tls")))]
    fn client(&self, info: redis::ConnectionInfo) -> RedisResult<Client> {
        Client::open(info)
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.password.is_some() { "hidden" } else { "none" })
    }
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_empty() { "none" } else { "hidden" })
    }
}
