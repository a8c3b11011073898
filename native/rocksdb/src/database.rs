//! An open database: its families, and whether it can be written.

use std::sync::atomic::{AtomicBool, Ordering};

use rocksdb::{ColumnFamily, ColumnFamilyDescriptor, DB, Options};

use crate::failure::Failure;
use crate::folder::Folder;
use crate::kept::{Family, is_token};
use crate::options::Settings;

/// As long as it lives nothing else may be done with its files.
pub(crate) struct Database {
    pub(crate) inner: DB,
    records: Family,
    is_read_only: bool,
    /// The system has refused a write. The end of the log is not known any more, and must not be
    /// synced: builds of the engine with assertions end the process then.
    has_failed: AtomicBool,
}

impl Database {
    /// Opens what is there, or makes it.
    pub(crate) fn open(folder: &Folder, settings: &Settings) -> Result<Self, Failure> {
        let (options, path) = (settings.of_the_database(), folder.data());
        let mut families = settings.families()?;
        // A database with the other kind of records has to be opened with them, to be rid of them.
        let is_there = path.join("CURRENT").exists();
        let there = if is_there { DB::list_cf(&options, &path)? } else { vec![] };
        let own = settings.records().name();
        let other = [Family::Records, Family::BoundedRecords]
            .map(Family::name)
            .into_iter()
            .find(|name| *name != own && there.iter().any(|have| have == name));
        if let Some(name) = other {
            families.push(ColumnFamilyDescriptor::new(name, Options::default()));
        }
        let mut inner = DB::open_cf_descriptors(&options, path, families)?;
        if let Some(name) = other {
            inner.drop_cf(name)?;
        }
        let database = Database::of(inner, settings, false);
        let texts = settings.of_the_open_records();
        let texts: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (*name, &**text)).collect();
        database.inner.set_options_cf(database.family(settings.records())?, &texts)?;
        Ok(database)
    }

    /// Whether what is there was opened with a bound the last time, if there is something.
    pub(crate) fn is_bounded(folder: &Folder) -> Option<bool> {
        let there = DB::list_cf(&Options::default(), folder.data()).ok()?;
        Some(there.iter().any(|have| have == Family::BoundedRecords.name()))
    }

    /// Opens what is there without writing anything.
    pub(crate) fn open_to_read(folder: &Folder, settings: &Settings) -> Result<Self, Failure> {
        let (mut options, families) = (settings.of_the_database(), settings.families()?);
        options.create_if_missing(false);
        options.create_missing_column_families(false);
        let inner = DB::open_cf_descriptors_read_only(&options, folder.data(), families, false)?;
        Ok(Database::of(inner, settings, true))
    }

    fn of(inner: DB, settings: &Settings, is_read_only: bool) -> Self {
        let has_failed = AtomicBool::new(false);
        Database { inner, records: settings.records(), is_read_only, has_failed }
    }

    /// Whether a write may be tried.
    pub(crate) fn takes_writes(&self) -> Result<(), Failure> {
        if self.is_read_only {
            let why = "the database could be opened to be read only";
            return Err(Failure::Full(why.into()));
        }
        Ok(())
    }

    /// Waits until the disk has the log.
    pub(crate) fn sync(&self) -> Result<(), Failure> {
        self.takes_writes()?;
        if self.has_failed.load(Ordering::Relaxed) {
            return Err(Failure::Refused("a write has failed before".into()));
        }
        Ok(self.inner.flush_wal(true)?)
    }

    /// A write has failed.
    pub(crate) fn fail(&self) {
        self.has_failed.store(true, Ordering::Relaxed);
    }

    /// Where a name has its place.
    pub(crate) fn family_of(&self, name: &[u8]) -> Result<&ColumnFamily, Failure> {
        self.family(if is_token(name) { Family::Tokens } else { self.records })
    }

    /// Those that a walk over all names goes through.
    pub(crate) fn families(&self) -> [Family; 2] {
        [self.records, Family::Tokens]
    }

    pub(crate) fn family(&self, family: Family) -> Result<&ColumnFamily, Failure> {
        // It is opened with all of them.
        let found = self.inner.cf_handle(family.name());
        found.ok_or_else(|| Failure::Damaged(format!("it has no {}", family.name())))
    }
}
