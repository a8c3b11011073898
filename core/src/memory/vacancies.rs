//! Loads whose leader brought nothing: one of those who wait begins anew, and the others wait on.

use alloc::sync::Arc;
use core::mem;

use super::landing::{Heir, Landing, Leader};
use super::loads::{Ended, Load, Loads, Ticket};
use crate::key::Lookup;
use crate::options::EntryOptions;

impl<K, V> Loads<K, V> {
    /// Begins the load of a key anew where nobody leads it, but some wait.
    pub(super) fn take_over<Q: Lookup<K> + ?Sized>(
        &mut self,
        hash: u32,
        key: &Q,
        options: &mut EntryOptions,
        leader: Leader,
    ) -> Option<Ticket<V>> {
        let is_it = |load: &Load<K, V>| {
            load.hash == hash && key.matches(&load.key) && !load.landing.is_led()
        };
        let at = self.running.iter().position(is_it)?;
        if !self.running[at].landing.is_vacant() {
            // Its leader ended in a panic before it could leave the list.
            let load = self.running.swap_remove(at);
            self.let_go(load);
            return None;
        }
        // Of a number of its own: what was invalidated before it begins does not concern it.
        let id = self.next();
        let load = &mut self.running[at];
        load.id = id;
        load.options = mem::take(options);
        load.carried.clear();
        self.ended.push(Ended::Said(load.landing.lead(leader)));
        Some((id, load.landing.clone()))
    }

    /// The leader of a load brings nothing: who leads it now. It stays on the list, so that nobody
    /// begins another one meanwhile; unless nobody waits.
    pub(super) fn vacate(&mut self, id: u64) -> Option<Heir> {
        let at = self.running.iter().position(|load| load.id == id)?;
        let heir = self.running[at].landing.vacate();
        if heir.is_none() {
            let load = self.running.swap_remove(at);
            self.forget_tags();
            self.let_go(load);
        }
        heir
    }

    /// Takes a load off the list that nobody leads, nor will.
    pub(super) fn forsake(&mut self, landing: &Arc<Landing<V>>) {
        self.fence_where(|load| Arc::ptr_eq(&load.landing, landing) && load.landing.is_vacant());
        self.forget_tags();
    }

    /// The key of a load that is not fenced.
    pub(super) fn key_of(&self, id: u64) -> Option<&K> {
        self.running.iter().find(|load| load.id == id).map(|load| &load.key)
    }
}
