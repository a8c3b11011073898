//! What a configuration says, as typed data: of the whole program, and of each service.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::given::Given;
use super::storages::{Durability, Invalidation, L2};
use super::values::{ByteSize, Period};

/// A configuration: what holds for the whole program, and its services by name. Nothing in it has to be
/// checked again, unless somebody changes it by hand.
///
/// Written out (`Debug`, JSON) it shows no password.
///
/// ```
/// use cachefn::config::Config;
/// let config = Config::read("[services.users]\nttl = \"10m\"\nl1.max_entries = 1000\n")?;
/// assert_eq!(config.services["users"].l1.max_entries, Some(1_000));
/// # Ok::<(), cachefn::config::ConfigError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// What holds for the whole program.
    pub global: Global,
    /// The caches of the program, each by its name.
    pub services: BTreeMap<String, Service>,
    /// The profile that was chosen, if any.
    #[serde(skip)]
    pub profile: Option<String>,
    /// The file it was read from, if any.
    #[serde(skip)]
    pub file: Option<PathBuf>,
    /// The environment it was read with, if it was given one.
    #[serde(skip)]
    pub given: Given,
}

/// What holds for the whole program.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Global {
    /// The ttl of services that say none.
    pub default_ttl: Option<Period>,
    /// How often a storage that is given up is asked whether it answers again; 1 s unless said.
    pub health_check_interval: Option<Period>,
    /// How values become bytes, unless a service says it.
    pub codec: Codec,
    /// Whether the services are measured.
    pub metrics: bool,
    /// Whether a storage that cannot be reached when the program starts is an error. Otherwise memory and functions
    /// serve until it is there, and what is set waits for it. What is wrong, as a password, is an error always.
    pub require_storage: bool,
    /// What is written down of changes.
    pub audit: Audit,
}

/// What is written down of changes, besides the `tracing` events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Audit {
    /// The file that has one line of JSON for each event. Relative to the folder of the configuration.
    pub file: Option<PathBuf>,
    /// From which size on a new file is begun; 16 MiB unless said.
    pub max_bytes: Option<ByteSize>,
    /// How many older files are kept; 4 unless said.
    pub keep: Option<u32>,
    /// Whether what the program's own code deletes, invalidates and clears is written down. It may be too much for
    /// programs that do so all the time.
    pub removals: bool,
}

impl Default for Audit {
    fn default() -> Self {
        Audit { file: None, max_bytes: None, keep: None, removals: true }
    }
}

/// One cache of the program.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Service {
    /// In which tiers the entries are.
    pub cache_type: CacheType,
    /// How long an entry lives.
    pub ttl: Option<Period>,
    /// How long an entry lives after each use.
    pub tti: Option<Period>,
    /// How long a stale entry may be returned while one caller loads. That one waits, unless it asks by
    /// `get_or_fetch_shared`.
    pub stale_while_revalidate: Option<Period>,
    /// How long a stale entry may be returned when a load fails.
    pub stale_if_error: Option<Period>,
    /// How long a caller waits for another one's load.
    pub load_timeout: Option<Period>,
    /// How long a load may take until those who wait for it have an older value instead, where `stale_if_error` allows
    /// one; the load goes on. Who runs it itself waits for it, unless by `get_or_fetch_shared`.
    pub soft_timeout: Option<Period>,
    /// The random part, from 0 to 1, by which each ttl is shortened.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub jitter: Option<f64>,
    /// Who leaves a full memory.
    pub policy: Option<Policy>,
    /// How values become bytes.
    pub codec: Option<Codec>,
    /// The memory of this process.
    pub l1: L1,
    /// The storage outside.
    pub l2: Option<L2>,
    /// How the two work together.
    pub two_level: TwoLevel,
}

/// In which tiers the entries of a service are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CacheType {
    /// In the memory of this process.
    #[default]
    L1,
    /// In the storage alone: memory keeps nothing, and lets callers of the same key wait for one load.
    L2,
    /// In both.
    TwoLevel,
}

/// The memory of this process.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct L1 {
    /// How many entries there may be; 10,000 unless said.
    #[schemars(range(min = 1))]
    pub max_entries: Option<usize>,
    /// How long an entry lives, in a service of type `l1`; in others not longer than in the storage.
    pub ttl: Option<Period>,
    /// Who leaves when it is full, instead of the policy of the service.
    pub policy: Option<Policy>,
}

/// How memory and storage work together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TwoLevel {
    /// Whether what is found in the storage goes to memory.
    pub promote_on_hit: bool,
    /// Whether a write waits for the storage. Otherwise it waits for a batch, and the caller does not.
    pub write_through: bool,
    /// How many changes go to the storage in one call; 1,024 unless said.
    #[schemars(range(min = 1))]
    pub batch_size: Option<usize>,
    /// How long a write waits for others, without `write_through`; 10 ms unless said.
    pub batch_interval: Option<Period>,
    /// How many changes may wait while the storage is away; 100,000 unless said.
    #[schemars(range(min = 1))]
    pub max_pending: Option<usize>,
    /// How many bytes of memory these may take, about; 64 MiB unless said.
    pub max_pending_bytes: Option<ByteSize>,
    /// How other processes hear of changes.
    pub invalidation: Invalidation,
    /// The name under which processes hear of each other; the prefix of the storage unless said.
    pub invalidation_channel: Option<String>,
    /// How long memory is trusted while nothing can be heard; 10 s unless said.
    pub stale_while_lost: Option<Period>,
    /// Whether of all processes one runs a function for a key that nobody has, and the others wait for its value. Only
    /// Redis can do that.
    pub leases: bool,
    /// How long a lease lasts when its process dies, and how long others wait; `load_timeout` unless said, or 30 s.
    pub lease_time: Option<Period>,
    /// The folder of the write-ahead log, one for each process. Relative to the folder of the configuration.
    pub wal_path: Option<PathBuf>,
    /// When the log is on the disk.
    pub wal_durability: Durability,
    /// How much of the disk the log may take, 16 MiB at least: twice what waits in it; 256 MiB unless said.
    pub wal_max_bytes: Option<ByteSize>,
}

impl Default for TwoLevel {
    fn default() -> Self {
        TwoLevel {
            promote_on_hit: true,
            write_through: true,
            batch_size: None,
            batch_interval: None,
            max_pending: None,
            max_pending_bytes: None,
            invalidation: Invalidation::Channel,
            invalidation_channel: None,
            stale_while_lost: None,
            leases: false,
            lease_time: None,
            wal_path: None,
            wal_durability: Durability::EachWrite,
            wal_max_bytes: None,
        }
    }
}

/// How values become bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Codec {
    /// Small and fast; Rust reads it.
    #[default]
    Postcard,
    /// Text; every language reads it.
    Json,
    /// Small; every language reads it.
    Messagepack,
}

/// Who leaves a full memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// What serves best, found while it runs.
    Adaptive,
    /// First in, first out.
    Fifo,
    /// Least often used.
    Lfu,
    /// Not used for longest.
    Lru,
    /// S3-FIFO.
    S3Fifo,
    /// SIEVE.
    Sieve,
    /// W-TinyLFU.
    #[serde(rename = "w-tinylfu")]
    WTinyLfu,
}
