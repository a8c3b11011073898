//! Values in numbered places, some of them empty, without a byte beside a value but one bit.

use alloc::collections::TryReserveError;
use alloc::vec::Vec;
use core::fmt;
use core::hint::black_box;
use core::mem::MaybeUninit;

/// A `Vec<Option<T>>` that keeps the `Option`s' tags in a bitmap: for two `u64` 16 bytes, not 24.
pub(crate) struct Slots<T> {
    /// A place is initialised if and only if its bit in `used` is set.
    places: Vec<MaybeUninit<T>>,
    used: Vec<u64>,
}

impl<T> Slots<T> {
    pub(crate) const fn new() -> Self {
        Slots { places: Vec::new(), used: Vec::new() }
    }

    /// Makes sure that the places below `len` need no memory when they are filled.
    pub(crate) fn try_reserve(&mut self, len: usize) -> Result<(), TryReserveError> {
        self.places.try_reserve(len.saturating_sub(self.places.len()))?;
        self.used.try_reserve(len.div_ceil(64).saturating_sub(self.used.len()))
    }

    #[inline]
    pub(crate) fn get(&self, slot: u32) -> Option<&T> {
        if !self.is_used(slot) {
            return None;
        }
        // SAFETY: the bit is set, so the place exists and is initialised.
        Some(unsafe { self.places.get_unchecked(slot as usize).assume_init_ref() })
    }

    #[inline]
    pub(crate) fn get_mut(&mut self, slot: u32) -> Option<&mut T> {
        if !self.is_used(slot) {
            return None;
        }
        // SAFETY: the bit is set, so the place exists and is initialised.
        Some(unsafe { self.places.get_unchecked_mut(slot as usize).assume_init_mut() })
    }

    /// Fills a place; what was in it.
    #[inline]
    pub(crate) fn put(&mut self, slot: u32, value: T) -> Option<T> {
        if let Some(own) = self.get_mut(slot) {
            return Some(core::mem::replace(own, value));
        }
        let at = slot as usize;
        if at >= self.places.len() {
            self.places.resize_with(at + 1, MaybeUninit::uninit);
            self.used.resize(self.places.len().div_ceil(64), 0);
        }
        self.places[at] = MaybeUninit::new(value);
        self.used[at / 64] |= 1 << (at % 64);
        None
    }

    /// Empties a place; what was in it.
    #[inline]
    pub(crate) fn take(&mut self, slot: u32) -> Option<T> {
        if !self.is_used(slot) {
            return None;
        }
        let at = slot as usize;
        self.used[at / 64] &= !(1 << (at % 64));
        // SAFETY: the bit was set, so the place is initialised; it is cleared now, so that nobody else
        // reads or drops the value.
        Some(unsafe { self.places[at].assume_init_read() })
    }

    /// Reads from a place, so that it is near when it is needed.
    #[inline]
    pub(crate) fn warm_up(&self, slot: u32) {
        if let Some(place) = self.places.get(slot as usize).filter(|_| size_of::<T>() > 0) {
            let byte = core::ptr::from_ref(place).cast::<MaybeUninit<u8>>();
            // SAFETY: the place is within the vector and a byte long at least; any byte, even one that
            // was never written, is a valid `MaybeUninit<u8>`.
            black_box(unsafe { byte.read() });
        }
    }

    /// The filled places in the order of their numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &T)> + '_ {
        (0..self.places.len() as u32).filter_map(|slot| self.get(slot).map(|value| (slot, value)))
    }

    /// How many bytes are allocated.
    pub(crate) fn memory(&self) -> usize {
        self.places.capacity() * size_of::<T>() + self.used.capacity() * size_of::<u64>()
    }

    #[inline]
    fn is_used(&self, slot: u32) -> bool {
        self.used.get(slot as usize / 64).is_some_and(|word| word >> (slot % 64) & 1 == 1)
    }
}

impl<T> Drop for Slots<T> {
    fn drop(&mut self) {
        if core::mem::needs_drop::<T>() {
            for slot in 0..self.places.len() as u32 {
                // Should a drop panic, the rest is leaked, which is safe.
                drop(self.take(slot));
            }
        }
    }
}

impl<T> fmt::Debug for Slots<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slots").field("places", &self.places.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::rc::Rc;

    #[test]
    fn a_place_holds_what_was_put_last_until_it_is_taken() {
        let mut slots = Slots::new();
        assert_eq!(slots.put(70, "a"), None);
        assert_eq!(slots.put(70, "b"), Some("a"));
        assert_eq!((slots.get(70), slots.get(69), slots.get(71)), (Some(&"b"), None, None));
        *slots.get_mut(70).unwrap() = "c";
        slots.put(3, "d");
        assert_eq!(slots.iter().collect::<Vec<_>>(), [(3, &"d"), (70, &"c")]);
        assert_eq!((slots.take(70), slots.take(70), slots.take(1000)), (Some("c"), None, None));
    }

    #[test]
    fn every_value_is_dropped_once() {
        let value = Rc::new(());
        let mut slots = Slots::new();
        (0..200).for_each(|slot| drop(slots.put(slot, value.clone())));
        (0..200).step_by(3).for_each(|slot| drop(slots.take(slot)));
        (0..200).step_by(2).for_each(|slot| drop(slots.put(slot, value.clone())));
        assert_eq!(Rc::strong_count(&value) - 1, slots.iter().count());
        drop(slots);
        assert_eq!(Rc::strong_count(&value), 1);
    }
}
