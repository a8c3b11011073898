//! The open database, and what happens when there can be none.

use std::time::{Duration, Instant};

use rocksdb::{ColumnFamily, ColumnFamilyDescriptor, DB, Options};

use crate::failure::Failure;
use crate::folder::{Damaged, Folder};
use crate::kept::{Family, is_token};
use crate::options::Settings;

/// A database, and how to get another one in its place.
pub(crate) struct Engine {
    /// None while it cannot be opened, and after the end. Before the folder, so that it goes first.
    database: Option<Database>,
    /// None after the end.
    folder: Option<Folder>,
    /// Grows when another database takes the place of this one.
    pub(crate) generation: u64,
    damaged: Vec<Damaged>,
    tried: Option<Instant>,
}

/// An open database.
pub(crate) struct Database {
    pub(crate) inner: DB,
    records: Family,
}

impl Database {
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

impl Engine {
    /// Opens the database in a folder, or makes one. A damaged one is moved away before.
    pub(crate) fn open(
        folder: Folder,
        moved: Option<Damaged>,
        settings: &Settings,
    ) -> Result<Self, Failure> {
        let mut engine = Engine {
            database: None,
            folder: Some(folder),
            generation: 0,
            damaged: moved.into_iter().collect(),
            tried: None,
        };
        engine.begin(settings)?;
        Ok(engine)
    }

    pub(crate) fn database(&self) -> Result<&Database, Failure> {
        match (&self.database, &self.folder) {
            (Some(database), _) => Ok(database),
            (None, None) => Err(Failure::Closed),
            (None, Some(_)) => Err(Failure::Refused("the database could not be opened".into())),
        }
    }

    /// Whether it could not be opened again after a failure.
    pub(crate) fn is_broken(&self) -> bool {
        self.database.is_none() && self.folder.is_some()
    }

    pub(crate) fn damaged(&self) -> Vec<Damaged> {
        self.damaged.clone()
    }

    /// Moves the database away and begins an empty one.
    pub(crate) fn replace(&mut self, why: String, settings: &Settings) -> Result<(), Failure> {
        let folder = self.folder.as_ref().ok_or(Failure::Closed)?;
        self.database = None;
        self.generation += 1;
        let moved = folder.set_aside(why.clone()).map_err(|error| {
            Failure::Refused(format!("{why}, and it could not be moved away: {error}"))
        })?;
        self.damaged.push(moved);
        self.database = Some(connect(folder, settings)?);
        Ok(())
    }

    /// Opens the database again after a failure, but not over and over.
    pub(crate) fn begin_again(&mut self, settings: &Settings) -> Result<(), Failure> {
        if self.folder.is_none() {
            return Err(Failure::Closed);
        }
        if self.tried.is_some_and(|tried| tried.elapsed() < PAUSE) {
            return self.database().map(drop);
        }
        self.tried = Some(Instant::now());
        self.database = None;
        self.generation += 1;
        self.begin(settings)
    }

    /// Writes out and lets go of the folder.
    pub(crate) fn end(&mut self) -> Result<(), Failure> {
        let synced = self.database.take().map(|database| database.inner.flush_wal(true));
        self.folder = None;
        Ok(synced.transpose()?.unwrap_or_default())
    }

    fn begin(&mut self, settings: &Settings) -> Result<(), Failure> {
        let folder = self.folder.as_ref().ok_or(Failure::Closed)?;
        match connect(folder, settings) {
            Ok(database) => {
                self.database = Some(database);
                Ok(())
            }
            Err(Failure::Damaged(why)) if folder.data().exists() => self.replace(why, settings),
            Err(failure) => Err(failure),
        }
    }
}

/// Opens what is there, or makes it.
fn connect(folder: &Folder, settings: &Settings) -> Result<Database, Failure> {
    let options = settings.of_the_database();
    let path = folder.data();
    let mut families = settings.families()?;
    // A database with the other kind of records has to be opened with them, to be rid of them.
    let there = if path.join("CURRENT").exists() { DB::list_cf(&options, &path)? } else { vec![] };
    let other = [Family::Records, Family::BoundedRecords]
        .map(Family::name)
        .into_iter()
        .find(|name| *name != settings.records().name() && there.iter().any(|have| have == name));
    if let Some(name) = other {
        families.push(ColumnFamilyDescriptor::new(name, Options::default()));
    }
    let mut inner = DB::open_cf_descriptors(&options, path, families)?;
    if let Some(name) = other {
        inner.drop_cf(name)?;
    }
    let database = Database { inner, records: settings.records() };
    let texts = settings.of_the_open_records();
    let texts: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (*name, &**text)).collect();
    database.inner.set_options_cf(database.family(settings.records())?, &texts)?;
    Ok(database)
}

/// Between two attempts to open a database that failed.
const PAUSE: Duration = Duration::from_secs(1);
