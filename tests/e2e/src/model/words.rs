//! What is promised, what was done to the servers, and what a call saw.

use std::collections::HashMap;

use crate::diary::Entry;

/// What is promised, in nanoseconds.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// How long another process may go on with what it has when its connections may be broken: as long as
    /// memory is trusted then, and the time to notice it.
    pub elsewhere: u64,
    /// The same while all is well: until a message comes.
    pub quiet: u64,
    /// How long after a fault all is well again.
    pub settling: u64,
    /// How long an entry lives: nothing may be seen for longer after it was outdated, whatever happens.
    pub life: u64,
    /// For how long before a server fails its replica may lack its writes.
    pub replication: u64,
}

/// Something that was done to the servers.
#[derive(Debug, Clone)]
pub struct Fault {
    /// When it began.
    pub began: u64,
    /// When all was well again.
    pub ended: u64,
    /// What it was.
    pub what: String,
    /// Whether another server may have taken over, without the last writes.
    pub loses_writes: bool,
}

/// What a call saw.
pub(super) struct Seen {
    pub(super) process: usize,
    pub(super) key: u32,
    pub(super) began: u64,
    pub(super) number: u64,
}

/// What is to be said of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Judgement {
    /// It saw nothing that it should not.
    Fine,
    /// It did, and the cache could not know.
    Excused(Excuse),
    Fault,
}

/// Why something outdated was seen without a fault of the caches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Excuse {
    Failover,
    Overtaken,
}

/// All entries, with the number of their process.
pub(super) fn each(diaries: &[Vec<Entry>]) -> impl Iterator<Item = (usize, &Entry)> {
    diaries
        .iter()
        .enumerate()
        .flat_map(|(process, diary)| diary.iter().map(move |entry| (process, entry)))
}

pub(super) type ByKey<T> = HashMap<u32, Vec<T>>;
