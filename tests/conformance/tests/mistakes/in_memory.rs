//! Mistakes of storages that answer at once, list their names and have a clock.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use cachefn_conformance::{MapStorage, Options, Outcome, check, yield_now};
use cachefn_core::{Capabilities, Error, Keep, ManualClock, Page, Put, Storage, Token};

use super::Found;

/// A mistake that somebody could make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mistake {
    CreatesOverATokenThatIsThere,
    CutsLargeRecords,
    CutsNamesAt255Bytes,
    DeletesByPrefix,
    DeletesIfOfTheSameLength,
    DeletesIfWithoutLooking,
    DropsTheFirstOfMany,
    FailsOnAnEmptyList,
    FailsOnALifeOfZero,
    FoldsCaseOfNames,
    ForgetsItsClock,
    ForgetsToKeepTheLastOfARepeatedName,
    HoldsNoEmptyRecord,
    ListsAlsoWhatDoesNotBeginWithThePrefix,
    ListsByOffset,
    ListsForEver,
    LosesTheFormerLifeNever,
    MisreadsForeignBytesAsTokens,
    OverflowsOnTheLongestLife,
    PanicsAfterClose,
    PendsThoughImmediate,
    PurgesTheLiving,
    PurgesTokens,
    ReadsEachNameOnlyOnce,
    RemembersTheTokensOfTheWrite,
    RoundsLivesUpToSeconds,
    SaysAlwaysDeleted,
    ShowsHalfOfARecord,
    SkipsTheLastPage,
    StopsNamesAtNul,
    TellsEveryTokenAsAbsent,
    TellsTheFullLifeAlways,
    TrimsNames,
}

use Mistake::*;

struct Broken {
    map: MapStorage,
    mistake: Mistake,
    is_closed: AtomicBool,
    writes: AtomicUsize,
}

/// Each with the case that looks for it, and how a check of it ended.
pub(crate) fn all() -> Vec<Found> {
    let expected = [
        (CreatesOverATokenThatIsThere, "s_28_a_token_that_is_there_is_not_created"),
        (CutsLargeRecords, "large_records_come_back"),
        (CutsNamesAt255Bytes, "h_05_long_names_differ_in_their_last_byte"),
        (DeletesByPrefix, "s_31_a_delete_leaves_the_others"),
        (DeletesIfOfTheSameLength, "s_39_delete_if_deletes_only_that_record"),
        (DeletesIfWithoutLooking, "s_39_delete_if_deletes_only_that_record"),
        (DropsTheFirstOfMany, "h_36_a_thousand_at_once_all_arrive"),
        (FailsOnAnEmptyList, "many_of_nothing_is_nothing"),
        (FailsOnALifeOfZero, "h_17_every_duration_is_a_life"),
        (FoldsCaseOfNames, "h_06_names_are_any_bytes"),
        (ForgetsItsClock, "s_05_what_remains_becomes_less"),
        (ForgetsToKeepTheLastOfARepeatedName, "of_a_repeated_name_the_last_record_stays"),
        (HoldsNoEmptyRecord, "an_empty_record_is_a_record"),
        (ListsAlsoWhatDoesNotBeginWithThePrefix, "a_walk_finds_what_begins_with_the_prefix"),
        (ListsByOffset, "s_32_a_walk_that_deletes_reaches_all"),
        (ListsForEver, "a_walk_of_nothing_ends"),
        (LosesTheFormerLifeNever, "an_overwrite_brings_its_own_life"),
        (MisreadsForeignBytesAsTokens, "s_28_bytes_that_are_no_token_are_none"),
        (OverflowsOnTheLongestLife, "h_17_every_duration_is_a_life"),
        (PanicsAfterClose, "a_closed_storage_fails_or_answers_truly"),
        (PendsThoughImmediate, "a_write_is_read"),
        (PurgesTheLiving, "h_20_purge_takes_only_the_dead"),
        (PurgesTokens, "s_28_neither_purge_nor_time_takes_a_token"),
        (ReadsEachNameOnlyOnce, "get_many_answers_in_order"),
        (RemembersTheTokensOfTheWrite, "s_28_tokens_beside_a_record_are_those_of_now"),
        (RoundsLivesUpToSeconds, "s_05_no_life_is_made_longer"),
        (SaysAlwaysDeleted, "s_31_delete_tells_whether_a_record_was_there"),
        (ShowsHalfOfARecord, "h_32_reads_are_whole_and_never_go_back"),
        (SkipsTheLastPage, "a_walk_finds_what_begins_with_the_prefix"),
        (StopsNamesAtNul, "h_06_names_are_any_bytes"),
        (TellsEveryTokenAsAbsent, "s_28_tokens_told_by_a_write_are_those_of_now"),
        (TellsTheFullLifeAlways, "s_05_what_remains_becomes_less"),
        (TrimsNames, "h_06_names_are_any_bytes"),
    ];
    // Some of these panic, and are meant to; other tests go on beside them.
    let (own, tell) = (std::thread::current().id(), std::panic::take_hook());
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().id() != own {
            tell(panic);
        }
    }));
    let found = expected.map(|(mistake, case)| {
        let clock = ManualClock::new();
        let moved = clock.clone();
        let options = Options::new().advance(move |by| moved.advance(by));
        let report = pollster::block_on(check(|_| broken(mistake, &clock), options));
        Found { mistake: format!("{mistake:?}"), case, reports: vec![report] }
    });
    drop(std::panic::take_hook());
    found.into()
}

#[test]
fn a_failure_says_rule_expectation_and_what_came() {
    let clock = ManualClock::new();
    let options = Options::new().seed(7).only("s_31_delete_tells");
    let report = pollster::block_on(check(|_| broken(SaysAlwaysDeleted, &clock), options));
    let text = report.to_string();
    assert!(!report.holds());
    for part in [
        "0 cases hold, 1 fail, 0 not tried; seed 7",
        "FAILS      s_31_delete_tells_whether_a_record_was_there",
        "rule: delete says whether there was a record",
        "delete of a name just deleted: expected false, got true",
    ] {
        assert!(text.contains(part), "{part:?} is not in\n{text}");
    }
}

#[test]
fn a_storage_that_cannot_be_opened_fails_every_case() {
    let open = |_| async { Err::<MapStorage, _>(Error::unavailable("open", "no such folder")) };
    let report = pollster::block_on(check(open, Options::new()));
    assert!(report.cases().iter().all(|case| matches!(case.outcome, Outcome::Failed(_))));
    assert!(report.to_string().contains("got the error open: no such folder"));
}

async fn broken(mistake: Mistake, clock: &ManualClock) -> Result<Broken, Error> {
    let map = match mistake {
        ForgetsItsClock => MapStorage::with_clock(ManualClock::new()),
        _ => MapStorage::with_clock(clock.clone()),
    };
    let (is_closed, writes) = (AtomicBool::new(false), AtomicUsize::new(0));
    Ok(Broken { map, mistake, is_closed, writes })
}

impl Broken {
    fn is(&self, mistake: Mistake) -> bool {
        self.mistake == mistake
    }

    fn name(&self, name: &[u8]) -> Vec<u8> {
        match self.mistake {
            CutsNamesAt255Bytes => name[..name.len().min(255)].to_vec(),
            FoldsCaseOfNames => name.to_ascii_lowercase(),
            StopsNamesAtNul => name.split(|byte| *byte == 0).next().unwrap_or_default().to_vec(),
            TrimsNames => name.trim_ascii().to_vec(),
            _ => name.to_vec(),
        }
    }

    async fn listed(&self) -> Vec<Bytes> {
        self.map.scan(b"", b"", usize::MAX).await.unwrap_or_default().names
    }
}

impl Storage for Broken {
    async fn get(&self, name: &[u8]) -> Result<Option<cachefn_core::Found>, Error> {
        if self.is(PanicsAfterClose) {
            assert!(!self.is_closed.load(Ordering::Relaxed), "no handle");
        }
        if self.is(PendsThoughImmediate) {
            yield_now().await;
        }
        let Some(mut found) = self.map.get(&self.name(name)).await? else { return Ok(None) };
        match self.mistake {
            HoldsNoEmptyRecord if found.record.is_empty() => return Ok(None),
            RemembersTheTokensOfTheWrite => {
                found.tokens = found.tokens.map(|tokens| tokens.iter().map(|_| None).collect());
            }
            RoundsLivesUpToSeconds => {
                found.remaining =
                    found.remaining.map(|left| Duration::from_secs(left.as_secs() + 1));
            }
            TellsTheFullLifeAlways if found.remaining.is_some() => {
                found.remaining = Some(Duration::from_secs(10));
            }
            ShowsHalfOfARecord if self.writes.load(Ordering::Relaxed) % 7 == 6 => {
                found.record.truncate(found.record.len() / 2);
            }
            _ => {}
        }
        Ok(Some(found))
    }

    async fn set(&self, name: &[u8], record: Bytes, keep: Keep<'_>) -> Result<(), Error> {
        self.writes.fetch_add(1, Ordering::Relaxed);
        let name = self.name(name);
        let mut life = keep.life;
        match self.mistake {
            CutsLargeRecords => {
                let record = record.slice(..record.len().min(1 << 18));
                return self.map.set(&name, record, keep).await;
            }
            FailsOnALifeOfZero if life == Some(Duration::ZERO) => {
                return Err(Error::unavailable("set", "invalid expire time"));
            }
            OverflowsOnTheLongestLife => {
                life = life.map(|life| Duration::from_millis(life.as_millis() as u64 + 1));
            }
            LosesTheFormerLifeNever => {
                let before = self.map.get(&name).await?.and_then(|found| found.remaining);
                life = before.or(life);
            }
            _ => {}
        }
        self.map.set(&name, record, Keep::new(life, keep.tokens)).await
    }

    async fn delete(&self, name: &[u8]) -> Result<bool, Error> {
        if self.is(DeletesByPrefix) {
            for listed in self.listed().await.iter().filter(|listed| listed.starts_with(name)) {
                self.map.delete(listed).await?;
            }
        }
        Ok(self.map.delete(&self.name(name)).await? || self.is(SaysAlwaysDeleted))
    }

    fn capabilities(&self) -> Capabilities {
        let all = self.map.capabilities();
        if self.is(TellsEveryTokenAsAbsent) { all.telling_tokens() } else { all }
    }

    async fn set_telling(
        &self,
        name: &[u8],
        record: Bytes,
        keep: Keep<'_>,
    ) -> Result<Option<Vec<Option<Token>>>, Error> {
        self.set(name, record, keep).await?;
        Ok(self.is(TellsEveryTokenAsAbsent).then(|| vec![None; keep.tokens.len()]))
    }

    async fn get_many(&self, names: &[&[u8]]) -> Result<Vec<Option<cachefn_core::Found>>, Error> {
        let mut found = Vec::new();
        for name in names {
            found.push(self.get(name).await?);
        }
        if self.is(ReadsEachNameOnlyOnce) {
            let mut seen = HashSet::new();
            let firsts = names.iter().zip(found).filter(|(name, _)| seen.insert(**name));
            return Ok(firsts.map(|(_, found)| found).collect());
        }
        Ok(found)
    }

    async fn set_many(&self, mut records: Vec<Put<'_>>) -> Result<(), Error> {
        match self.mistake {
            FailsOnAnEmptyList if records.is_empty() => {
                return Err(Error::unavailable("set_many", "wrong number of arguments"));
            }
            DropsTheFirstOfMany if records.len() > 100 => drop(records.remove(0)),
            ForgetsToKeepTheLastOfARepeatedName => records.reverse(),
            _ => {}
        }
        for Put { name, record, keep } in records {
            self.set(name, record, keep).await?;
        }
        Ok(())
    }

    async fn delete_if(&self, name: &[u8], record: &[u8]) -> Result<bool, Error> {
        let found = self.map.get(&self.name(name)).await?.map(|found| found.record);
        match self.mistake {
            DeletesIfWithoutLooking => self.delete(name).await,
            DeletesIfOfTheSameLength if found.is_some_and(|found| found.len() == record.len()) => {
                self.delete(name).await
            }
            _ => self.map.delete_if(&self.name(name), record).await,
        }
    }

    async fn tokens(&self, names: &[&[u8]]) -> Result<Vec<Option<Token>>, Error> {
        let found = self.get_many(names).await?;
        let token = |found: cachefn_core::Found| {
            if self.is(MisreadsForeignBytesAsTokens) && found.record.len() > 16 {
                return Token::read(&found.record[..16]);
            }
            Token::read(&found.record)
        };
        Ok(found.into_iter().map(|found| token(found?)).collect())
    }

    async fn create_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<Vec<Token>, Error> {
        if self.is(CreatesOverATokenThatIsThere) {
            self.replace_tokens(tokens).await?;
        }
        self.map.create_tokens(tokens).await
    }

    async fn scan(&self, prefix: &[u8], cursor: &[u8], limit: usize) -> Result<Page, Error> {
        match self.mistake {
            ListsForEver => Ok(Page::new(vec![], Some(b"on and on"[..].into()))),
            ListsAlsoWhatDoesNotBeginWithThePrefix => {
                self.map.scan(&prefix[..prefix.len().min(1)], cursor, limit).await
            }
            ListsByOffset => {
                let start = cursor.try_into().map_or(0, usize::from_le_bytes);
                let names: Vec<Bytes> = self.listed().await;
                let names = names.into_iter().filter(|name| name.starts_with(prefix));
                let page: Vec<Bytes> = names.skip(start).take(limit).collect();
                let next = (page.len() == limit)
                    .then(|| Bytes::copy_from_slice(&(start + limit).to_le_bytes()));
                Ok(Page::new(page, next))
            }
            SkipsTheLastPage => {
                let page = self.map.scan(prefix, cursor, limit).await?;
                let is_last = page.next.is_none() && !cursor.is_empty();
                Ok(if is_last { Page::default() } else { page })
            }
            _ => self.map.scan(prefix, cursor, limit).await,
        }
    }

    async fn purge(&self) -> Result<usize, Error> {
        if self.is(PurgesTheLiving) || self.is(PurgesTokens) {
            for name in self.listed().await {
                if name.starts_with(b"%") == self.is(PurgesTokens) {
                    self.map.delete(&name).await?;
                }
            }
        }
        self.map.purge().await
    }

    async fn close(&self) -> Result<(), Error> {
        self.is_closed.store(true, Ordering::Relaxed);
        self.map.close().await
    }
}
