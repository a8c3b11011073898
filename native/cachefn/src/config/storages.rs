//! The storage of a service, as a configuration says it.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::values::{ByteSize, Period, Secret};

/// The storage of a service. Addresses and passwords may stand in the file, in a variable of the environment
/// (`…_env`) or in a file of their own (`…_file`), in one place each.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct L2 {
    /// What the servers are.
    pub mode: Mode,
    /// Where it is: `redis://host:6379/0`, `rediss://…`, `unix://…`, several of them separated by commas for
    /// Sentinels and Clusters; or, relative to the folder of the configuration, `file:cache.db`, a file, or
    /// `rocksdb:cache`, a folder of RocksDB.
    pub connection_string: Option<Secret>,
    /// The variable that has the connection string.
    pub connection_string_env: Option<String>,
    /// The file that has the connection string.
    pub connection_string_file: Option<PathBuf>,
    /// The name of the master that the Sentinels know.
    pub master: Option<String>,
    /// The user to log in as.
    pub username: Option<String>,
    /// The password to log in with.
    pub password: Option<Secret>,
    /// The variable that has the password.
    pub password_env: Option<String>,
    /// The file that has the password.
    pub password_file: Option<PathBuf>,
    /// What every name begins with; `cachefn` unless said.
    pub prefix: Option<String>,
    /// How long an entry lives; the ttl of the service unless said.
    pub ttl: Option<Period>,
    /// How long a command may take; 500 ms unless said.
    pub timeout: Option<Period>,
    /// How long a read may take, for which somebody waits; `timeout` unless said.
    pub read_timeout: Option<Period>,
    /// How long it may take to connect; 1 s unless said.
    pub connect_timeout: Option<Period>,
    /// How many connections there are to each server; 1 unless said.
    #[schemars(range(min = 1))]
    pub connections: Option<usize>,
    /// After how many failures in a row it is left alone; 5 unless said.
    #[schemars(range(min = 1))]
    pub open_after: Option<u32>,
    /// How much of the disk a file or a folder of RocksDB may take; as much as there is unless said.
    pub max_bytes: Option<ByteSize>,
}

/// What the servers of a storage are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// One server, or what lies on this machine.
    #[default]
    Standalone,
    /// Sentinels, and the master that they know.
    Sentinel,
    /// A Cluster.
    Cluster,
}

/// How other processes hear of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Invalidation {
    /// By messages on a channel.
    #[default]
    Channel,
    /// The servers tell what changes, whoever changes it.
    Tracking,
    /// They do not: the ttl ends what is stale.
    None,
}

/// When the write-ahead log is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Durability {
    /// Before each write is acknowledged.
    #[default]
    EachWrite,
    /// Before each batch.
    EachBatch,
    /// When the system likes.
    Never,
}

/// What a connection string means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// Redis, or what speaks its protocol.
    Redis,
    /// A file of this machine.
    File,
    /// A folder of this machine, with a RocksDB database in it.
    RocksDb,
}

impl Backend {
    /// Whether it lies on this machine, for one process at a time.
    pub(crate) fn is_here(self) -> bool {
        matches!(self, Backend::File | Backend::RocksDb)
    }
}

impl L2 {
    /// What the connection string means, if there is one that means anything.
    pub fn backend(&self) -> Option<Backend> {
        let address = self.connection_string.as_ref()?.reveal();
        let (scheme, _) = address.split_once(':')?;
        match scheme {
            "file" => Some(Backend::File),
            "rocksdb" => Some(Backend::RocksDb),
            "redis" | "rediss" | "unix" | "valkey" | "valkeys" => Some(Backend::Redis),
            _ => None,
        }
    }

    /// Where on this machine it is, if it is there: a file, or a folder.
    ///
    /// ```
    /// let text = "[services.users]\ncache_type = \"l2\"\nl2.connection_string = \"rocksdb:///srv/users\"\n";
    /// let config = cachefn::config::Config::read(text)?;
    /// let l2 = config.services["users"].l2.as_ref().unwrap();
    /// assert_eq!(l2.path(), Some("/srv/users".into()));
    /// # Ok::<(), cachefn::config::ConfigError>(())
    /// ```
    pub fn path(&self) -> Option<PathBuf> {
        let own = self.backend().is_some_and(Backend::is_here);
        let (_, path) = self.connection_string.as_ref()?.reveal().split_once(':')?;
        own.then(|| path.strip_prefix("//").unwrap_or(path).into())
    }

    /// The addresses of the connection string.
    pub fn addresses(&self) -> Vec<&str> {
        let text = self.connection_string.as_ref().map_or("", Secret::reveal);
        match self.mode {
            Mode::Standalone => vec![text],
            _ => text.split(',').map(str::trim).collect(),
        }
    }
}
