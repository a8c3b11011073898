//! What can be said on the command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Looks into the storages of caches, and changes them.
#[derive(Debug, Parser)]
#[command(name = "cachefn", version, max_term_width = 80, after_long_help = AFTER)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) place: Place,
    /// Print JSON, one object a line
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Where the records lie.
#[derive(Debug, Default, Clone, Args)]
pub(crate) struct Place {
    /// A storage in a file; one process at a time has it open
    #[arg(long, global = true, value_name = "PATH", help_heading = "Storage")]
    pub(crate) file: Option<PathBuf>,
    /// A storage in a folder of RocksDB; one process at a time has it open
    #[arg(long, global = true, value_name = "PATH", help_heading = "Storage")]
    pub(crate) rocksdb: Option<PathBuf>,
    /// A storage in Redis: redis://, rediss:// or unix://; several for Sentinels and a Cluster; that
    /// in CACHEFN_URL if no storage is named
    #[arg(long, global = true, value_delimiter = ',', help_heading = "Storage")]
    pub(crate) url: Vec<String>,
    /// The configuration of a program, which says where its services keep their entries
    #[arg(long, global = true, value_name = "PATH", help_heading = "Storage")]
    pub(crate) config: Option<PathBuf>,
    /// Which service of the configuration; lists are of all, if they share one storage
    #[arg(long, short, global = true, value_name = "NAME", help_heading = "Storage")]
    pub(crate) service: Option<String>,
    /// The urls are those of Sentinels, which know the server by this name
    #[arg(long, global = true, value_name = "NAME", help_heading = "Storage")]
    pub(crate) master: Option<String>,
    /// The urls are those of a Cluster
    #[arg(long, global = true, help_heading = "Storage")]
    pub(crate) cluster: bool,
    /// What all names in Redis begin with [default: cachefn]
    #[arg(long, global = true, help_heading = "Storage")]
    pub(crate) prefix: Option<String>,
    /// Which cache of the storage: the name that it was built with
    #[arg(long, short, global = true, value_name = "NAME", help_heading = "Storage")]
    pub(crate) namespace: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what is under a key
    Get(Get),
    /// Put a JSON value under a key
    Set(Set),
    /// Remove keys
    Del(Del),
    /// List keys
    Keys(Keys),
    /// Count records, by cache
    Stats,
    /// List tags, and how many entries carry each
    Tags(Tags),
    /// Remove entries by tag, by pattern, or all
    Invalidate(Invalidate),
    /// Write entries as JSON lines
    Export(Export),
    /// Read entries that `export` wrote, and tell caches that run
    Import(Import),
    /// Watch the caches of a storage
    Top(Top),
    /// Check a storage, or a configuration and its servers
    Doctor,
    /// Show which policy and size a record of requests would need
    Replay(Replay),
    /// Print what a shell needs to complete commands
    Completions(Completions),
}

#[derive(Debug, Args)]
pub(crate) struct Get {
    /// The text of the key
    pub(crate) key: String,
    /// Print the bytes of the value as they are
    #[arg(long, conflicts_with = "json")]
    pub(crate) raw: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Set {
    /// The text of the key
    pub(crate) key: String,
    /// JSON, or - to read it from the standard input
    pub(crate) value: String,
    /// Take the value as a text, not as JSON
    #[arg(long)]
    pub(crate) text: bool,
    /// How long it is fresh, such as 10m; for ever unless said
    #[arg(long, value_parser = duration)]
    pub(crate) ttl: Option<Duration>,
    /// How long after that it may be returned while it is fetched anew
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) stale_while_revalidate: Option<Duration>,
    /// How long after that it may be returned when fetching fails
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub(crate) stale_if_error: Option<Duration>,
    /// A tag; may come several times
    #[arg(long = "tag", value_name = "TAG")]
    pub(crate) tags: Vec<String>,
    /// What the cache was built with; that of its other entries unless said
    #[arg(long)]
    pub(crate) codec: Option<Codec>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Codec {
    Json,
    #[value(name = "messagepack")]
    MessagePack,
}

#[derive(Debug, Args)]
pub(crate) struct Del {
    /// The texts of the keys
    #[arg(required = true)]
    pub(crate) keys: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Keys {
    /// Those that match: * any run, ? one character, [a-z] one of a set
    pub(crate) pattern: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// Those of no use any more, too
    #[arg(long)]
    pub(crate) dead: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Tags {
    /// At most so many
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
}

#[derive(Debug, Args)]
#[group(skip)]
#[command(group(clap::ArgGroup::new("what").required(true)))]
pub(crate) struct Invalidate {
    /// All entries with this tag; may come several times
    #[arg(long, group = "what")]
    pub(crate) tag: Vec<String>,
    /// All entries whose keys match
    #[arg(long, value_name = "GLOB", group = "what")]
    pub(crate) pattern: Option<String>,
    /// All entries of the cache; asks first
    #[arg(long, group = "what")]
    pub(crate) all: bool,
    /// Do not remove entries with the tag, but make them stale
    #[arg(long, conflicts_with_all = ["pattern", "all"])]
    pub(crate) expire: bool,
    /// Count the entries with the tag first, for which all records are read
    #[arg(long, conflicts_with_all = ["pattern", "all"])]
    pub(crate) count: bool,
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// Into this file, which is replaced when all is written, instead of the standard output
    #[arg(long, short, value_name = "PATH")]
    pub(crate) output: Option<PathBuf>,
    /// Only keys that match
    #[arg(long, value_name = "GLOB")]
    pub(crate) pattern: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// What `export` wrote, or - for the standard input
    pub(crate) source: PathBuf,
    /// Go on after so many lines
    #[arg(long, value_name = "LINES", default_value_t = 0)]
    pub(crate) skip: u64,
    /// Replace entries that are younger than the imported ones, too
    #[arg(long)]
    pub(crate) overwrite: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Top {
    /// How long between two looks
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = duration)]
    pub(crate) interval: Duration,
    /// End after so many looks
    #[arg(long, value_name = "N")]
    pub(crate) count: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// A key a line, or numbers of 32 bits in a file called *.u32; - for lines on the standard input
    pub(crate) trace: PathBuf,
    /// Sizes of the cache, in entries or as a part of the keys: 1000,1%,10%
    #[arg(long, value_name = "SIZES", value_delimiter = ',')]
    pub(crate) sizes: Vec<String>,
    /// Policies, such as lru,sieve,adaptive; all unless said
    #[arg(long, value_delimiter = ',')]
    pub(crate) policies: Vec<String>,
    /// Draw the hit ratios into this file, as SVG
    #[arg(long, value_name = "PATH")]
    pub(crate) plot: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// For which shell
    pub(crate) shell: clap_complete::Shell,
}

fn duration(text: &str) -> Result<Duration, &'static str> {
    cachefn_core::private::read_duration(text)
}

const AFTER: &str = "\
Examples:
  cachefn keys 'user:*' --file cache.db
  cachefn get user:7 -n users --url redis://127.0.0.1/
  cachefn invalidate --tag eu --config cachefn.toml --service users
  cachefn export -o users.jsonl -n users --rocksdb /srv/cache

Exit codes:
  0    done
  1    there was nothing: no such key, no entry to remove; doctor found a fault
  2    the command line is wrong
  3    the storage cannot be reached, or refused
  4    what was given cannot be used: an exported file, a trace, a value,
       a configuration
  130  ended by Ctrl-C
  141  whoever read the output went away

A url with a password is better given by the environment, in CACHEFN_URL: others
can see the words of a command line. Servers of rediss:// are verified with the
certificates of the system, or those in the file that SSL_CERT_FILE names.
NO_COLOR turns colours off.";
