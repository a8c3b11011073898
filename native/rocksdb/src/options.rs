//! How the engine is set up: what it may take of memory and of the disk.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use cachefn_core::Clock;
use rocksdb::{
    BlockBasedOptions, Cache, ColumnFamilyDescriptor, CompactionDecision, DBCompactionStyle,
    DBCompressionType, Error, FifoCompactOptions, LogLevel, Options,
};

use crate::kept::{Family, is_dead};

/// What the user set.
#[derive(Clone)]
pub(crate) struct Settings {
    /// What the folder may take of the disk, in bytes.
    pub(crate) most: u64,
    /// Whether the bound that the folder has holds over that.
    pub(crate) keeps_bound: bool,
    /// Of memory, for what was read.
    pub(crate) cache_bytes: usize,
    /// Of memory, for what was written and is in the log only.
    pub(crate) write_buffer_bytes: usize,
    pub(crate) clock: SharedClock,
}

pub(crate) type SharedClock = Arc<dyn Clock + Send + Sync>;

impl Settings {
    /// Bounds the folder, and with it what of it may be in memory alone.
    pub(crate) fn set_most(&mut self, most: u64) {
        self.most = most;
        let share = usize::try_from(most / 16).unwrap_or(usize::MAX);
        self.write_buffer_bytes = self.write_buffer_bytes.clamp(BUFFER, share.max(BUFFER));
    }

    pub(crate) fn is_bounded(&self) -> bool {
        self.most != u64::MAX
    }

    /// The family that holds the records.
    pub(crate) fn records(&self) -> Family {
        if self.is_bounded() { Family::BoundedRecords } else { Family::Records }
    }

    pub(crate) fn of_the_database(&self) -> Options {
        let mut options = Options::default();
        options.create_if_missing(true);
        options.create_missing_column_families(true);
        options.set_db_write_buffer_size(self.write_buffer_bytes);
        // Tokens are seldom written; without this they would hold on to old logs.
        options.set_max_total_wal_size(2 * self.write_buffer_bytes as u64);
        // Where there is a bound there are few files, and the engine wants all of them.
        options.set_max_open_files(if self.is_bounded() { -1 } else { OPEN_FILES });
        options.set_log_level(LogLevel::Warn);
        options.set_max_log_file_size(LOG_BYTES);
        options.set_keep_log_file_num(2);
        options.set_stats_dump_period_sec(0);
        // The system writes in small pieces instead of all at once.
        options.set_bytes_per_sync(PIECE);
        options.set_wal_bytes_per_sync(PIECE);
        options
    }

    /// All families, and how each is set up.
    pub(crate) fn families(&self) -> Result<Vec<ColumnFamilyDescriptor>, Error> {
        let cache = Cache::new_lru_cache(self.cache_bytes).made()?;
        let descriptor = |family: Family| {
            let mut options = Options::default();
            let mut blocks = BlockBasedOptions::default();
            blocks.set_block_cache(&cache);
            blocks.set_cache_index_and_filter_blocks(true);
            blocks.set_bloom_filter(BITS_A_NAME, false);
            options.set_block_based_table_factory(&blocks);
            options.set_compression_type(DBCompressionType::Lz4);
            options.set_write_buffer_size(self.write_buffer_bytes / 2);
            if family != Family::Tokens {
                self.let_the_dead_go(&mut options);
            }
            if family == Family::BoundedRecords {
                self.let_the_oldest_go(&mut options);
            }
            ColumnFamilyDescriptor::new(family.name(), options)
        };
        Ok([Family::Tokens, self.records()].map(descriptor).into())
    }

    /// What the engine takes only as text, and only once it is open.
    pub(crate) fn of_the_open_records(&self) -> Vec<(&'static str, String)> {
        match self.is_bounded() {
            false => vec![("periodic_compaction_seconds", DAY.to_string())],
            true => {
                // Small files, as each opening makes one, are put together.
                let most = self.most_in_files();
                let fifo = format!("{{allow_compaction=true;max_table_files_size={most}}}");
                vec![("compaction_options_fifo", fifo), ("ttl", "0".into())]
            }
        }
    }

    fn most_in_files(&self) -> u64 {
        // The rest is for logs, and for files that are written before old ones are deleted.
        self.most / 2
    }

    /// Whoever rewrites a file for another reason leaves out what nobody needs.
    fn let_the_dead_go(&self, options: &mut Options) {
        let clock = Arc::clone(&self.clock);
        options.set_compaction_filter("cachefn: the dead", move |_, _, value| {
            // The caller is C++, and must not be unwound.
            let now = catch_unwind(AssertUnwindSafe(|| clock.wall_ms()));
            match now {
                Ok(now) if is_dead(value, now) => CompactionDecision::Remove,
                _ => CompactionDecision::Keep,
            }
        });
    }

    /// Files are deleted in the order in which they were written.
    fn let_the_oldest_go(&self, options: &mut Options) {
        let mut fifo = FifoCompactOptions::default();
        fifo.set_max_table_files_size(self.most_in_files());
        options.set_fifo_compaction_options(&fifo);
        options.set_compaction_style(DBCompactionStyle::Fifo);
    }
}

/// The engine's crate made caches that could fail to be made, and makes them without that now.
trait Made {
    fn made(self) -> Result<Cache, Error>;
}

impl Made for Cache {
    fn made(self) -> Result<Cache, Error> {
        Ok(self)
    }
}

impl Made for Result<Cache, Error> {
    fn made(self) -> Result<Cache, Error> {
        self
    }
}

/// One name in a hundred that is not in a file is looked for in vain.
const BITS_A_NAME: f64 = 10.0;
/// Others are opened and closed again.
const OPEN_FILES: i32 = 256;
/// In seconds. A file that nothing else made the engine rewrite is rewritten after it, for the dead.
const DAY: u32 = 24 * 60 * 60;
const LOG_BYTES: usize = 1 << 20;
/// The engine takes memory in pieces of this size.
const BUFFER: usize = 256 << 10;
const PIECE: u64 = 1 << 20;
