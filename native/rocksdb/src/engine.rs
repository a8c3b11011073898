//! The database of a folder, and what happens when there can be none.

use std::time::{Duration, Instant};

use crate::database::Database;
use crate::failure::Failure;
use crate::folder::{Damaged, Folder};
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
        self.database = Some(Database::open(folder, settings)?);
        Ok(())
    }

    /// Opens the database again after a failure; to be read only, if that was tried a moment ago. What
    /// has failed is never left open: the engine's own attempts to go on are not reliable.
    pub(crate) fn begin_again(&mut self, settings: &Settings) -> Result<(), Failure> {
        let folder = self.folder.as_ref().ok_or(Failure::Closed)?;
        if self.tried.is_none_or(|tried| tried.elapsed() >= PAUSE) {
            self.tried = Some(Instant::now());
            self.database = None;
            self.generation += 1;
            return self.begin(settings);
        }
        if self.database.as_ref().is_some_and(|database| database.takes_writes().is_ok()) {
            self.database = None;
            self.generation += 1;
            self.database = Database::open_to_read(folder, settings).ok();
        }
        self.database().map(drop)
    }

    /// Writes out and lets go of the folder.
    pub(crate) fn end(&mut self) -> Result<(), Failure> {
        let synced = self.database.take().map(|database| database.sync());
        self.folder = None;
        synced.unwrap_or(Ok(()))
    }

    fn begin(&mut self, settings: &Settings) -> Result<(), Failure> {
        let folder = self.folder.as_ref().ok_or(Failure::Closed)?;
        match Database::open(folder, settings) {
            Ok(database) => {
                self.database = Some(database);
                Ok(())
            }
            Err(Failure::Damaged(why)) if folder.data().exists() => self.replace(why, settings),
            Err(failure) => {
                // What is there can be read without space for more.
                self.database = Database::open_to_read(folder, settings).ok();
                Err(failure)
            }
        }
    }
}

/// Between two attempts to open a database that failed.
const PAUSE: Duration = Duration::from_secs(1);
