//! What an outbox knows, under its lock: what waits, and how the storage is.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use cachefn_core::Error;

use super::aside::Aside;
use super::change::{Change, Replacement};
use super::doubts::Doubts;
use super::heirs::Heirs;
use super::journal::Journal;
use super::known::Known;
use super::lists::Lists;
use super::options::{Mode, Options};
use super::promised::Promised;
use super::queue::Queue;
use super::spilled::Spilled;
use super::stage::Stage;
pub(crate) use super::telling::{Stranded, Telling};
use super::told::{OutboxEvent, Pending, shown};

pub(crate) struct State {
    pub(crate) queue: Queue,
    /// What waits on the disk alone.
    pub(crate) spilled: Spilled,
    /// Messages by the number of the change that they follow.
    pub(crate) messages: BTreeMap<u64, Telling>,
    /// So many messages are looked for on the disk just now.
    pub(crate) sweeps: usize,
    /// Those whose bus is not here.
    pub(crate) stranded: Vec<Stranded>,
    /// Who has told something through this outbox: what comes back from them is no news.
    pub(crate) origins: BTreeSet<u128>,
    pub(crate) known: Known,
    pub(crate) lists: Lists,
    pub(crate) heirs: Heirs,
    pub(crate) promised: Promised,
    pub(crate) doubts: Doubts,
    /// Tokens that waited and were replaced by those that wait now.
    pub(crate) befores: BTreeMap<Bytes, Vec<cachefn_core::Token>>,
    /// Sets that were left to wait one by one.
    pub(crate) sets: u64,
    /// The number that was given last.
    pub(crate) last: u64,
    pub(crate) is_down: bool,
    /// So many changes are tried at once: few after a failure.
    pub(crate) batch: usize,
    pub(crate) stuck: Option<Stuck>,
    /// What the storage did not take while it took others.
    pub(crate) aside: Aside,
    pub(crate) is_draining: bool,
    pub(crate) has_worker: bool,
    /// The worker found nothing that it could do.
    pub(crate) is_stalled: bool,
    /// The worker waits for a batch to be full.
    pub(crate) is_gathering: bool,
    pub(crate) stage: Stage,
    /// Counts alone; the rest is filled in when somebody asks.
    pub(crate) counts: Pending,
    pub(crate) events: Vec<OutboxEvent>,
    pub(crate) options: Options,
    pub(crate) journal: Journal,
}

/// A change that failed alone, as often as that, and how often others were accepted in between.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stuck {
    pub(crate) version: u64,
    pub(crate) times: u32,
    pub(crate) proofs: u32,
}

/// Whether a call asks the storage itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Direct,
    Queue,
    /// Another call concerns one of the names: it is waited for.
    Wait,
}

impl State {
    pub(crate) fn new(options: Options, journal: Journal) -> Self {
        State {
            queue: Queue::default(),
            spilled: Spilled::default(),
            messages: BTreeMap::new(),
            sweeps: 0,
            stranded: Vec::new(),
            origins: BTreeSet::new(),
            known: Known::default(),
            lists: Lists::default(),
            heirs: Heirs::default(),
            promised: Promised::default(),
            doubts: Doubts::default(),
            befores: BTreeMap::new(),
            sets: 0,
            last: 0,
            is_down: false,
            batch: options.batch,
            stuck: None,
            aside: Aside::default(),
            is_draining: false,
            has_worker: false,
            is_stalled: false,
            is_gathering: false,
            stage: Stage::Open,
            counts: Pending::default(),
            events: Vec::new(),
            options,
            journal,
        }
    }

    /// How a set of these names goes.
    pub(crate) fn way_of_sets<'n>(&self, names: impl IntoIterator<Item = &'n [u8]>) -> Way {
        let is_free =
            self.options.mode == Mode::Through && self.waiting() == 0 && !self.journal.is_open();
        let is_direct =
            is_free && !self.is_down && !names.into_iter().any(|name| self.is_busy(name));
        if is_direct { Way::Direct } else { Way::Queue }
    }

    /// How a removal of these names goes: it waits for no batch, only for a storage that is down, and for
    /// what is on its way.
    pub(crate) fn way_of_removals<'n>(&self, names: impl IntoIterator<Item = &'n [u8]>) -> Way {
        let is_free = self.options.mode == Mode::Behind || self.waiting() == 0;
        if !is_free || self.is_down {
            return Way::Queue;
        }
        if names.into_iter().any(|name| self.is_busy(name)) { Way::Wait } else { Way::Direct }
    }

    fn is_busy(&self, name: &[u8]) -> bool {
        self.queue.is_busy(name)
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// Keeps a change for the storage.
    pub(crate) fn note(&mut self, name: &[u8], change: Change, now: u64) -> u64 {
        self.together(|state| {
            let version = state.enter(name, change);
            state.make_room(now);
            version
        })
    }

    /// [`note`](Self::note), however little room there is.
    pub(crate) fn enter(&mut self, name: &[u8], change: Change) -> u64 {
        let version = self.number();
        self.note_token(name, &change, version);
        let spot = self.log_change(version, name, &change);
        self.place(name, change, version, spot);
        version
    }

    /// A change that was on its way is to wait after all, unless another took its place.
    pub(crate) fn keep(&mut self, name: &[u8], version: u64, now: u64) {
        if let Some(entry) = self.queue.get(name).filter(|entry| entry.version == version) {
            let change = entry.change.clone();
            self.note(name, change, now);
        }
    }

    /// The token that the storage had when one is to be replaced now, as far as that is known.
    pub(crate) fn known_before(&self, name: &[u8]) -> Option<cachefn_core::Token> {
        if self.is_busy(name) {
            return None;
        }
        match self.change(name).as_deref() {
            Some(Change::Token(Replacement { known, .. })) => *known,
            _ => self.known.get(name),
        }
    }

    /// A token is about to wait: what was written before it is not valid, and a token that waited may be on
    /// its way.
    pub(crate) fn note_token(&mut self, name: &[u8], change: &Change, version: u64) {
        if !matches!(change, Change::Token(_)) {
            return;
        }
        self.promised.end(name, version);
        if let Some(before) = self.queued(name) {
            let befores = self.befores.entry(Bytes::copy_from_slice(name)).or_default();
            befores.truncate(MOST_BEFORE - 1);
            befores.insert(0, before);
        }
    }

    /// Whether nobody but this outbox has replaced the token that was known since.
    pub(crate) fn is_ours(
        &self,
        name: &[u8],
        there: cachefn_core::Token,
        own: &Replacement,
    ) -> bool {
        let befores = self.befores.get(name).into_iter().flatten().copied();
        befores.chain(own.known).any(|before| self.heirs.descends(name, there, before))
    }

    /// The token that the storage had last, or that was promised.
    pub(crate) fn remembered(&self, name: &[u8]) -> Option<cachefn_core::Token> {
        self.known.get(name).or_else(|| self.promised.get(name))
    }

    /// The storage is about to be asked to keep these tokens where it has none. While something waits, they
    /// are heirs there of those that were known.
    pub(crate) fn expect_heirs(&mut self, tokens: &[(&[u8], cachefn_core::Token)]) {
        if self.waiting() == 0 {
            return;
        }
        for (name, heir) in tokens {
            if let Some(before) = self.remembered(name) {
                self.heirs.insert(name, *heir, before);
            }
        }
    }

    /// The token that waits under a name, or is on its way.
    pub(crate) fn queued(&self, name: &[u8]) -> Option<cachefn_core::Token> {
        match self.queue.get(name)?.change {
            Change::Token(Replacement { token, .. }) => Some(token),
            _ => None,
        }
    }

    /// The storage failed.
    pub(crate) fn fail(&mut self, error: &Error) {
        self.counts.last_error = Some(error.clone());
        if !self.is_down {
            self.is_down = true;
            self.events.push(OutboxEvent::Waiting(error.clone()));
        }
    }

    /// The storage does not take this record. Of one that is not there no older one may be: a delete takes its place,
    /// so that what follows it follows the delete.
    pub(crate) fn refuse(&mut self, name: &[u8], version: u64, error: Error, now: u64) {
        self.counts.refused += 1;
        self.events.push(OutboxEvent::Refused { name: shown(name), error });
        // A line of the log that cannot be read any more is not found by its name.
        let is_there = self.version_of(name) == Some(version)
            || self.remove_version(name, version) == Some(true);
        if is_there {
            self.note(name, Change::Gone, now);
        }
    }

    /// What waits before nothing that is left.
    pub(crate) fn first(&self) -> Option<u64> {
        self.queue.first().into_iter().chain(self.spilled.first()).min()
    }

    /// How many wait for somebody to write them.
    pub(crate) fn waiting(&self) -> usize {
        self.queue.waiting() + self.spilled.len()
    }

    /// About how many bytes of memory it takes.
    pub(crate) fn weight(&self) -> usize {
        self.queue.weight() + self.spilled.weight()
    }

    /// Whether there is something to do.
    pub(crate) fn is_idle(&self) -> bool {
        self.waiting() == 0 && self.messages.is_empty()
    }

    pub(crate) fn pending(&self) -> Pending {
        Pending {
            entries: self.queue.len() + self.spilled.len(),
            sets: self.queue.puts() + self.spilled.len(),
            on_disk: self.spilled.len(),
            bytes: self.weight(),
            messages: self.messages.len() + self.untold(),
            is_down: self.is_down,
            ..self.counts.clone()
        }
    }

    /// A set that is not to be is a delete.
    pub(crate) fn turn_into_removal(&mut self, name: &[u8]) {
        self.enter(name, Change::Gone);
    }
}

/// So many of one name are known.
const MOST_BEFORE: usize = 8;
