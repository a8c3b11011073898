//! The slots of a cache: a node of 12 bytes each, linked into the lists of the policies, and 4 of state.
//!
//! A hit needs the state alone: the states of many slots share a line of memory.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// No slot: the end of a list.
pub(crate) const NIL: u32 = u32::MAX;

/// The entry has a deadline.
pub(crate) const HAS_DEADLINE: u8 = 1;
/// The entry has tags.
pub(crate) const HAS_TAGS: u8 = 2;
/// The slot holds an entry.
pub(crate) const LIVE: u8 = 4;
/// The entry is stale for a while before it dies.
pub(crate) const HAS_STALE: u8 = 8;
/// The entry dies when it is not used for a while.
pub(crate) const HAS_IDLE: u8 = 16;
/// Its hits are recorded in the ring.
pub(crate) const RECORDED: u8 = 32;

/// Where an entry stands in its list, and under which hash. The layout is read by JavaScript.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) next: u32,
    pub(crate) prev: u32,
    pub(crate) hash: u32,
}

/// What the engine knows of an entry. The layout is read by JavaScript.
#[repr(C, align(4))]
#[derive(Debug)]
pub(crate) struct State {
    hits: AtomicU8,
    /// A byte for the policy: which queue holds the entry, how often it was used.
    pub(crate) mark: u8,
    /// Kept for policies that age their counts.
    pub(crate) age: u8,
    pub(crate) flags: u8,
}

impl State {
    const fn new(flags: u8) -> Self {
        State { hits: AtomicU8::new(0), mark: 0, age: 0, flags }
    }

    /// Counts a use up to `max`. Two threads may count one use together; that is harmless.
    #[inline]
    pub(crate) fn hit(&self, max: u8) {
        let hits = self.hits.load(Relaxed);
        if hits < max {
            self.hits.store(hits + 1, Relaxed);
        }
    }

    #[inline]
    pub(crate) fn hits(&self) -> u8 {
        self.hits.load(Relaxed)
    }

    #[inline]
    pub(crate) fn set_hits(&mut self, hits: u8) {
        *self.hits.get_mut() = hits;
    }
}

/// The states of all slots.
#[derive(Debug)]
pub(crate) struct States(Vec<State>);

/// All slots, with the free ones chained through `next`.
#[derive(Debug)]
pub(crate) struct Nodes {
    pub(crate) states: States,
    nodes: Vec<Node>,
    free: u32,
}

impl Nodes {
    pub(crate) const fn new() -> Self {
        Nodes { states: States(Vec::new()), nodes: Vec::new(), free: NIL }
    }

    /// Makes sure that the next [`take`](Nodes::take) needs no memory.
    #[inline]
    pub(crate) fn reserve_one(&mut self) -> Result<(), TryReserveError> {
        if self.free == NIL { self.reserve(self.len() + 1) } else { Ok(()) }
    }

    /// Makes room for so many slots in all.
    pub(crate) fn reserve(&mut self, slots: u32) -> Result<(), TryReserveError> {
        let more = (slots as usize).saturating_sub(self.nodes.len());
        // The shortest column first: the wasm module's allocator finds room for it in what longer ones
        // left behind when they grew.
        self.states.0.try_reserve(more)?;
        self.nodes.try_reserve(more)
    }

    /// A slot for a new entry; room was reserved before.
    #[inline]
    pub(crate) fn take(&mut self, hash: u32) -> u32 {
        if self.free == NIL {
            self.nodes.push(Node { next: NIL, prev: NIL, hash });
            self.states.0.push(State::new(LIVE));
            (self.nodes.len() - 1) as u32
        } else {
            let slot = self.free;
            self.free = self[slot].next;
            self.renew(slot, hash);
            slot
        }
    }

    /// Uses a slot for another entry; its list must have let it go.
    #[inline]
    pub(crate) fn renew(&mut self, slot: u32, hash: u32) {
        self[slot].hash = hash;
        self.states[slot] = State::new(LIVE);
    }

    /// Gives a slot back; its list must have let it go.
    #[inline]
    pub(crate) fn release(&mut self, slot: u32) {
        self.states[slot].flags = 0;
        self[slot].next = self.free;
        self.free = slot;
    }

    /// The hash of each slot. As one closure, so that what is generic in it exists once.
    #[inline]
    pub(crate) fn hashes(&self) -> impl Fn(u32) -> u32 + '_ {
        |slot| self[slot].hash
    }

    /// How many slots were ever used.
    pub(crate) fn len(&self) -> u32 {
        self.nodes.len() as u32
    }

    /// How many bytes are allocated.
    pub(crate) fn memory(&self) -> usize {
        self.nodes.capacity() * size_of::<Node>() + self.states.0.capacity() * size_of::<State>()
    }

    pub(crate) fn as_ptr(&self) -> *const Node {
        self.nodes.as_ptr()
    }
}

impl States {
    pub(crate) fn as_ptr(&self) -> *const State {
        self.0.as_ptr()
    }
}

impl core::ops::Index<u32> for Nodes {
    type Output = Node;
    #[inline]
    fn index(&self, slot: u32) -> &Node {
        &self.nodes[slot as usize]
    }
}

impl core::ops::IndexMut<u32> for Nodes {
    #[inline]
    fn index_mut(&mut self, slot: u32) -> &mut Node {
        &mut self.nodes[slot as usize]
    }
}

impl core::ops::Index<u32> for States {
    type Output = State;
    #[inline]
    fn index(&self, slot: u32) -> &State {
        &self.0[slot as usize]
    }
}

impl core::ops::IndexMut<u32> for States {
    #[inline]
    fn index_mut(&mut self, slot: u32) -> &mut State {
        &mut self.0[slot as usize]
    }
}

/// A doubly linked list of slots: new ones at the head, old ones at the tail.
#[derive(Debug)]
pub(crate) struct List {
    head: u32,
    tail: u32,
    len: u32,
}

impl List {
    pub(crate) const fn new() -> Self {
        List { head: NIL, tail: NIL, len: 0 }
    }

    pub(crate) fn len(&self) -> u32 {
        self.len
    }

    pub(crate) fn tail(&self) -> Option<u32> {
        (self.tail != NIL).then_some(self.tail)
    }

    #[inline]
    pub(crate) fn push_head(&mut self, nodes: &mut Nodes, slot: u32) {
        let head = self.head;
        let node = &mut nodes[slot];
        node.prev = NIL;
        node.next = head;
        if head == NIL {
            self.tail = slot;
        } else {
            nodes[head].prev = slot;
        }
        self.head = slot;
        self.len += 1;
    }

    /// Puts a slot before `follower`, on the side of the head; before [`NIL`] is at the tail.
    pub(crate) fn insert_before(&mut self, nodes: &mut Nodes, slot: u32, follower: u32) {
        let prev = if follower == NIL { self.tail } else { nodes[follower].prev };
        let node = &mut nodes[slot];
        node.prev = prev;
        node.next = follower;
        if prev == NIL {
            self.head = slot;
        } else {
            nodes[prev].next = slot;
        }
        if follower == NIL {
            self.tail = slot;
        } else {
            nodes[follower].prev = slot;
        }
        self.len += 1;
    }

    #[inline]
    pub(crate) fn remove(&mut self, nodes: &mut Nodes, slot: u32) {
        let (prev, next) = (nodes[slot].prev, nodes[slot].next);
        if prev == NIL {
            self.head = next;
        } else {
            nodes[prev].next = next;
        }
        if next == NIL {
            self.tail = prev;
        } else {
            nodes[next].prev = prev;
        }
        self.len -= 1;
    }

    pub(crate) fn move_to_head(&mut self, nodes: &mut Nodes, slot: u32) {
        if self.head != slot {
            self.remove(nodes, slot);
            self.push_head(nodes, slot);
        }
    }
}
