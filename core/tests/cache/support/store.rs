//! A storage in memory that pauses before and after each of its effects, counts its calls, and fails,
//! loses answers or tears bytes when it is told to.

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use bytes::Bytes;
use cachefn_core::{Capabilities, Error, Found, Keep, Page, Put, Storage, Token};

use super::Random;

/// What the storage does with calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Well,
    /// Every call fails and has no effect.
    Down,
    /// Every call has its effect, and then fails.
    Mute,
}

#[derive(Clone)]
pub(crate) struct Store(Arc<Mutex<State>>);

struct State {
    records: BTreeMap<Vec<u8>, Bytes>,
    calls: Vec<String>,
    mood: Mood,
    /// The calls of this number alone meets the mood; counted from 0.
    only: Option<usize>,
    pauses: usize,
    max_record: usize,
    tells_tokens: bool,
    chaos: Option<Random>,
}

impl Store {
    pub(crate) fn new() -> Self {
        Store(Arc::new(Mutex::new(State {
            records: BTreeMap::new(),
            calls: Vec::new(),
            mood: Mood::Well,
            only: None,
            pauses: 0,
            max_record: usize::MAX,
            tells_tokens: false,
            chaos: None,
        })))
    }

    /// From now on every call is pending so many times before its effect, and so many after it.
    pub(crate) fn pauses(&self, times: usize) {
        self.0.lock().unwrap().pauses = times;
    }

    pub(crate) fn is(&self, mood: Mood) {
        let mut state = self.0.lock().unwrap();
        (state.mood, state.only) = (mood, None);
    }

    /// The call after so many more is in that mood, the others are well.
    pub(crate) fn is_once(&self, mood: Mood, after: usize) {
        let mut state = self.0.lock().unwrap();
        let at = state.calls.len() + after;
        (state.mood, state.only) = (mood, Some(at));
    }

    /// From now on some calls fail, before or after their effect, and some records are torn; how long a
    /// call takes is drawn, too.
    pub(crate) fn is_chaotic(&self, seed: u64) {
        self.0.lock().unwrap().chaos = Some(Random(seed));
    }

    /// Caches that are made from now on are told the tokens when they write.
    pub(crate) fn tells_tokens(&self) {
        self.0.lock().unwrap().tells_tokens = true;
    }

    /// Whether a record that is written now is torn.
    fn tears(&self) -> bool {
        let mut state = self.0.lock().unwrap();
        state.chaos.as_mut().is_some_and(|random| random.below(20) == 0)
    }

    /// Records larger than this are not to be given to it.
    pub(crate) fn takes_at_most(&self, bytes: usize) {
        self.0.lock().unwrap().max_record = bytes;
    }

    /// The calls since the last look, by their names.
    pub(crate) fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().calls)
    }

    /// Whether there is a record under a name, valid or not.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.lock().unwrap().records.contains_key(name.as_bytes())
    }

    /// Changes the bytes under a name.
    pub(crate) fn change(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut state = self.0.lock().unwrap();
        let record = state.records.get_mut(name.as_bytes()).expect("a record to be changed");
        let mut bytes = record.to_vec();
        change(&mut bytes);
        *record = bytes.into();
    }

    /// The bytes under a name.
    pub(crate) fn bytes(&self, name: &str) -> Option<Bytes> {
        self.0.lock().unwrap().records.get(name.as_bytes()).cloned()
    }

    /// Puts bytes under a name, as another process would.
    pub(crate) fn put(&self, name: &str, bytes: impl Into<Bytes>) {
        self.0.lock().unwrap().records.insert(name.as_bytes().into(), bytes.into());
    }

    /// Loses everything.
    pub(crate) fn lose_all(&self) {
        self.0.lock().unwrap().records.clear();
    }

    /// Loses the record of a name.
    pub(crate) fn lose(&self, name: &str) {
        self.0.lock().unwrap().records.remove(name.as_bytes());
    }

    /// How many hold the storage.
    pub(crate) fn holders(&self) -> usize {
        Arc::strong_count(&self.0)
    }

    async fn call<T>(
        &self,
        name: &'static str,
        effect: impl FnOnce(&mut BTreeMap<Vec<u8>, Bytes>) -> T,
    ) -> Result<T, Error> {
        let (mood, pauses) = {
            let mut state = self.0.lock().unwrap();
            let number = state.calls.len();
            state.calls.push(name.into());
            let meant = state.only.is_none_or(|only| only == number);
            let asked = (if meant { state.mood } else { Mood::Well }, state.pauses);
            let drawn = state.chaos.as_mut().map(|random| {
                let mood = match random.below(24) {
                    0 => Mood::Down,
                    1 => Mood::Mute,
                    _ => Mood::Well,
                };
                (mood, random.below(4) as usize)
            });
            drawn.unwrap_or(asked)
        };
        pause(pauses).await;
        if mood == Mood::Down {
            return Err(failure());
        }
        let answer = effect(&mut self.0.lock().unwrap().records);
        pause(pauses).await;
        if mood == Mood::Mute { Err(failure()) } else { Ok(answer) }
    }
}

fn failure() -> Error {
    Error::unavailable("storage", "told to fail")
}

async fn pause(times: usize) {
    let mut left = times;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

impl Storage for Store {
    async fn get(&self, name: &[u8]) -> Result<Option<Found>, Error> {
        self.call("get", |records| records.get(name).cloned().map(Found::new)).await
    }

    async fn set(&self, name: &[u8], record: Bytes, _: Keep<'_>) -> Result<(), Error> {
        let record = if self.tears() { record.slice(..record.len() / 2) } else { record };
        self.call("set", |records| drop(records.insert(name.into(), record))).await
    }

    async fn delete(&self, name: &[u8]) -> Result<bool, Error> {
        self.call("delete", |records| records.remove(name).is_some()).await
    }

    fn capabilities(&self) -> Capabilities {
        let state = self.0.lock().unwrap();
        let all = Capabilities::default().scanning().max_record(state.max_record);
        if state.tells_tokens { all.telling_tokens() } else { all }
    }

    async fn set_telling(
        &self,
        name: &[u8],
        record: Bytes,
        keep: Keep<'_>,
    ) -> Result<Option<Vec<Option<Token>>>, Error> {
        if !self.0.lock().unwrap().tells_tokens {
            return self.set(name, record, keep).await.map(|()| None);
        }
        let record = if self.tears() { record.slice(..record.len() / 2) } else { record };
        let told = self.call("set", |records| {
            records.insert(name.into(), record);
            let token = |name: &&[u8]| records.get(*name).and_then(|bytes| Token::read(bytes));
            keep.tokens.iter().map(token).collect()
        });
        told.await.map(Some)
    }

    async fn get_many(&self, names: &[&[u8]]) -> Result<Vec<Option<Found>>, Error> {
        self.call("get_many", |records| {
            names.iter().map(|name| records.get(*name).cloned().map(Found::new)).collect()
        })
        .await
    }

    async fn set_many(&self, puts: Vec<Put<'_>>) -> Result<(), Error> {
        self.call("set_many", |records| {
            puts.into_iter().for_each(|put| drop(records.insert(put.name.into(), put.record)));
        })
        .await
    }

    async fn delete_many(&self, names: &[&[u8]]) -> Result<usize, Error> {
        self.call("delete_many", |records| {
            names.iter().filter(|name| records.remove(**name).is_some()).count()
        })
        .await
    }

    async fn delete_if(&self, name: &[u8], record: &[u8]) -> Result<bool, Error> {
        self.call("delete_if", |records| {
            let same = records.get(name).is_some_and(|own| own == record);
            same && records.remove(name).is_some()
        })
        .await
    }

    async fn tokens(&self, names: &[&[u8]]) -> Result<Vec<Option<Token>>, Error> {
        self.call("tokens", |records| {
            names.iter().map(|name| Token::read(records.get(*name)?)).collect()
        })
        .await
    }

    async fn replace_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<(), Error> {
        self.call("replace_tokens", |records| {
            for (name, token) in tokens {
                records.insert((*name).into(), Bytes::copy_from_slice(&token.0));
            }
        })
        .await
    }

    async fn create_tokens(&self, tokens: &[(&[u8], Token)]) -> Result<Vec<Token>, Error> {
        self.call("create_tokens", |records| {
            let create = |(name, token): &(&[u8], Token)| {
                let fresh = || Bytes::copy_from_slice(&token.0);
                Token::read(records.entry((*name).into()).or_insert_with(fresh))
            };
            tokens.iter().map(create).map(|token| token.expect("16 bytes")).collect()
        })
        .await
    }

    async fn scan(&self, prefix: &[u8], cursor: &[u8], limit: usize) -> Result<Page, Error> {
        self.call("scan", |records| {
            let from = if cursor.is_empty() { prefix } else { cursor };
            let mut names = records.range(from.to_vec()..).map(|(name, _)| name);
            let mut names = names.by_ref().take_while(|name| name.starts_with(prefix));
            let page =
                names.by_ref().take(limit).map(|name| Bytes::copy_from_slice(name)).collect();
            Page::new(page, names.next().map(|name| Bytes::copy_from_slice(name)))
        })
        .await
    }

    async fn purge(&self) -> Result<usize, Error> {
        self.call("purge", |_| 0).await
    }

    async fn flush(&self) -> Result<(), Error> {
        self.call("flush", |_| ()).await
    }

    async fn close(&self) -> Result<(), Error> {
        self.call("close", |_| ()).await
    }
}
