//! Mistakes of storages that outlive their process, that wait, and that take only so much.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use cachefn_conformance::{Options, Outcome, Report, check, yield_now};
use cachefn_core::{Capabilities, Error, Keep, Page, Put, Storage, Token};

use super::Found;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mistake {
    Nothing,
    AnswersAfterClose,
    CloseForgetsToFlush,
    CutsLongNames,
    CutsRecordsThatAreTooLarge,
    DroppedInTheMiddleStaysLocked,
    FlushForgetsDeletes,
    FlushWaitsForClose,
    ListsNothingThoughItCannotList,
    LivesBeginAnewWhenOpened,
    OneTooLargeLosesAll,
    OnePlaceForAll,
    RemovesThenInserts,
    WritesBackTheTokenItRead,
    WritesHalvesFirst,
}

use Mistake::*;

/// What is on the disk, by place.
type Disk = Arc<Mutex<BTreeMap<u32, Map>>>;
type Map = BTreeMap<Vec<u8>, (Bytes, Option<Duration>)>;

struct OnDisk {
    disk: Disk,
    place: u32,
    memory: Mutex<Map>,
    mistake: Mistake,
    is_closed: AtomicBool,
    is_locked: AtomicBool,
    was_there: bool,
}

#[test]
fn a_storage_that_outlives_its_process_conforms() {
    for seed in 0..2 {
        let report = checked(Nothing, seed);
        report.assert();
        let not_tried = |outcome: &Outcome| matches!(outcome, Outcome::NotTried(_));
        let names = report.cases().iter().filter(|case| not_tried(&case.outcome));
        assert!(names.count() < 12, "{report}"); // those of clocks, lists and threads
    }
}

/// Each with the case that looks for it, and how checks of it ended, in several orders of their steps.
pub(crate) fn all() -> Vec<Found> {
    let expected = [
        (AnswersAfterClose, "a_closed_storage_fails_or_answers_truly"),
        (CloseForgetsToFlush, "what_was_closed_is_there_again"),
        (CutsLongNames, "a_name_too_long_is_refused_or_kept_whole"),
        (CutsRecordsThatAreTooLarge, "a_record_too_large_is_refused_or_kept_whole"),
        (DroppedInTheMiddleStaysLocked, "h_11_a_dropped_future_harms_nothing"),
        (FlushForgetsDeletes, "what_was_flushed_is_there_again"),
        (FlushWaitsForClose, "what_was_flushed_is_there_again"),
        (ListsNothingThoughItCannotList, "a_storage_that_cannot_list_says_so"),
        (LivesBeginAnewWhenOpened, "what_was_closed_is_there_again"),
        (OneTooLargeLosesAll, "h_36_one_that_is_too_large_loses_no_other"),
        (OnePlaceForAll, "a_new_place_is_empty"),
        (RemovesThenInserts, "h_32_reads_are_whole_and_never_go_back"),
        (WritesBackTheTokenItRead, "s_28_creators_do_not_undo_a_replacement"),
        (WritesHalvesFirst, "h_30_what_was_not_flushed_is_whole_or_gone"),
    ];
    let found = |(mistake, case)| {
        let reports = (0..2).map(|seed| checked(mistake, seed)).collect();
        Found { mistake: format!("{mistake:?}"), case, reports }
    };
    expected.map(found).into()
}

fn checked(mistake: Mistake, seed: u64) -> Report {
    let disk = Disk::default();
    let open = |place| {
        let place = if mistake == OnePlaceForAll { 0 } else { place };
        let disk = Arc::clone(&disk);
        async move {
            let there = disk.lock().unwrap().get(&place).cloned();
            Ok(OnDisk {
                disk,
                place,
                was_there: there.is_some(),
                memory: Mutex::new(there.unwrap_or_default()),
                mistake,
                is_closed: AtomicBool::default(),
                is_locked: AtomicBool::default(),
            })
        }
    };
    pollster::block_on(check(open, Options::new().seed(seed)))
}

impl OnDisk {
    fn open(&self, operation: &'static str) -> Result<MutexGuard<'_, Map>, Error> {
        if self.is_locked.load(Ordering::Relaxed) {
            return Err(Error::unavailable(operation, "the storage is locked"));
        }
        if self.is_closed.load(Ordering::Relaxed) && self.mistake != AnswersAfterClose {
            return Err(Error::unavailable(operation, "the storage is closed"));
        }
        Ok(self.memory.lock().unwrap())
    }

    fn save(&self, memory: &Map) {
        let mut disk = self.disk.lock().unwrap();
        let saved = disk.entry(self.place).or_default();
        if self.mistake != FlushForgetsDeletes {
            saved.clear();
        }
        saved.extend(memory.clone());
    }
}

impl Storage for OnDisk {
    async fn get(&self, name: &[u8]) -> Result<Option<cachefn_core::Found>, Error> {
        yield_now().await;
        let name = if self.mistake == CutsLongNames { &name[..name.len().min(NAME)] } else { name };
        let Some((record, life)) = self.open("get")?.get(name).cloned() else { return Ok(None) };
        let mut found = cachefn_core::Found::new(record);
        if self.mistake == LivesBeginAnewWhenOpened && self.was_there {
            found.remaining = life.map(|life| life * 2);
        }
        Ok(Some(found))
    }

    async fn set(&self, name: &[u8], record: Bytes, keep: Keep<'_>) -> Result<(), Error> {
        let mut name = name.to_vec();
        let mut record = record;
        match self.mistake {
            CutsLongNames => name.truncate(NAME),
            CutsRecordsThatAreTooLarge => record.truncate(RECORD),
            DroppedInTheMiddleStaysLocked => {
                drop(self.open("set")?);
                self.is_locked.store(true, Ordering::Relaxed);
                yield_now().await;
                self.is_locked.store(false, Ordering::Relaxed);
            }
            RemovesThenInserts => {
                self.open("set")?.remove(&name);
                yield_now().await;
            }
            WritesHalvesFirst => {
                let half = record.slice(..record.len() / 2);
                let mut disk = self.disk.lock().unwrap();
                disk.entry(self.place).or_default().insert(name.clone(), (half, keep.life));
            }
            _ => {}
        }
        if name.len() > NAME || record.len() > RECORD {
            return Err(Error::unavailable("set", "it is too large"));
        }
        yield_now().await;
        self.open("set")?.insert(name, (record, keep.life));
        Ok(())
    }

    async fn delete(&self, name: &[u8]) -> Result<bool, Error> {
        yield_now().await;
        Ok(self.open("delete")?.remove(name).is_some())
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default().surviving().max_name(NAME).max_record(RECORD)
    }

    async fn set_many(&self, records: Vec<Put<'_>>) -> Result<(), Error> {
        if self.mistake == OneTooLargeLosesAll
            && records.iter().any(|put| put.record.len() > RECORD)
        {
            return Err(Error::unavailable("set_many", "one is too large"));
        }
        let mut result = Ok(());
        for Put { name, record, keep } in records {
            result = result.and(self.set(name, record, keep).await);
        }
        result
    }

    async fn create_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<Vec<Token>, Error> {
        let names: Vec<&[u8]> = tokens.iter().map(|(name, _)| *name).collect();
        let there = self.tokens(&names).await?;
        let pairs = tokens.iter().zip(there);
        let all: Vec<(&[u8], Token)> =
            pairs.clone().map(|((name, own), there)| (*name, there.unwrap_or(*own))).collect();
        let absent = pairs.filter(|(_, there)| there.is_none()).map(|(own, _)| *own).collect();
        let written = if self.mistake == WritesBackTheTokenItRead { all.clone() } else { absent };
        self.replace_tokens(&written).await?;
        Ok(all.into_iter().map(|(_, token)| token).collect())
    }

    async fn scan(&self, _: &[u8], _: &[u8], _: usize) -> Result<Page, Error> {
        match self.mistake {
            ListsNothingThoughItCannotList => Ok(Page::default()),
            _ => Err(Error::unsupported("scan", "this storage cannot list its names")),
        }
    }

    async fn flush(&self) -> Result<(), Error> {
        yield_now().await;
        let memory = self.open("flush")?;
        if self.mistake != FlushWaitsForClose {
            self.save(&memory);
        }
        Ok(())
    }

    async fn purge(&self) -> Result<usize, Error> {
        self.open("purge").map(|_| 0)
    }

    async fn close(&self) -> Result<(), Error> {
        let memory = self.open("close")?;
        if self.mistake != CloseForgetsToFlush {
            self.save(&memory);
        }
        self.is_closed.store(true, Ordering::Relaxed);
        Ok(())
    }
}

const NAME: usize = 1 << 12;
const RECORD: usize = 1 << 20;
