//! What was seen of a type while it was read, and what to show it next.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::any::type_name;
use core::fmt;

use serde::de::Error;

/// What has been seen of a type, over all readings.
#[derive(Default)]
pub(super) struct Trace {
    facts: BTreeSet<u64>,
    /// Which sample is offered at a place; the first, unless that was refused.
    offers: BTreeMap<u64, usize>,
    /// The number of each type that holds others, by a hash of its name in the compiler.
    numbers: BTreeMap<u64, usize>,
    enums: BTreeMap<u64, Enum>,
    /// Numbers of the types met in this reading.
    met: BTreeSet<usize>,
    /// The sample offered last, and how many there are for its place: what refuses next refuses it.
    last: Option<(u64, usize)>,
    /// The innermost variant that was being read when something refused.
    refused: Option<(u64, u32)>,
    /// How many variants were chosen in this reading because they had more to show.
    unseen: usize,
    steps: usize,
    reads: usize,
    /// Whether the last reading had nothing more to show, and none was given up.
    is_complete: bool,
    gave_up: bool,
}

/// The variants of one enum.
#[derive(Default)]
struct Enum {
    /// Variants that have nothing more to show.
    seen: BTreeSet<u32>,
    /// One that was read to its end.
    whole: Option<u32>,
    open: Vec<u32>,
}

/// Whether a type is met for the first time in a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meeting {
    First,
    Again,
}

/// A variant that is being read.
pub(super) struct Variant {
    id: u64,
    pub(super) index: u32,
    /// How many unseen ones had been chosen before its own were.
    before: usize,
}

impl Trace {
    /// Makes ready for the next reading, unless there were too many.
    pub(super) fn begins(&mut self) -> bool {
        self.reads += 1;
        (self.last, self.refused, self.unseen) = (None, None, 0);
        self.met.clear();
        self.enums.values_mut().for_each(|known| known.open.clear());
        self.reads <= MOST_READS
    }

    /// Whether another reading could show more than the one that ended so.
    pub(super) fn goes_on(&mut self, is_read: bool) -> bool {
        if self.steps > MOST_STEPS {
            return false;
        }
        if is_read {
            self.is_complete = self.unseen == 0 && !self.gave_up;
            return self.unseen > 0;
        }
        if let Some((place, samples)) = self.last {
            let offer = self.offers.entry(place).or_default();
            if *offer + 1 < samples {
                *offer += 1;
                return true;
            }
        }
        self.gave_up = true;
        let Some((id, index)) = self.refused else { return false };
        self.enums.entry(id).or_default().seen.insert(index)
    }

    /// A number for all facts. The size of the type joins them where something was not seen.
    pub(super) fn hash(mut self, size: usize) -> u32 {
        if !self.is_complete {
            self.facts.insert(mix(ROOT, &(size as u64).to_le_bytes()));
        }
        let hash = self.facts.iter().fold(ROOT, |hash, fact| mix(hash, &fact.to_le_bytes()));
        ((hash >> 32) as u32 ^ hash as u32).max(1)
    }

    /// Notes that this is asked for here.
    pub(super) fn fact(&mut self, place: u64, what: &[&[u8]]) -> Result<(), Refused> {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            return Err(Refused);
        }
        let fact = what.iter().fold(place, |hash, part| mix(mix(hash, part), &[0xFF]));
        self.facts.insert(fact);
        Ok(())
    }

    /// Which of so many samples to offer here.
    pub(super) fn offer(&mut self, place: u64, samples: usize) -> usize {
        self.last = Some((place, samples));
        self.offers.get(&place).copied().unwrap_or(0)
    }

    /// Notes that a type that holds others stands here.
    pub(super) fn meet<T>(&mut self, place: u64) -> Result<Meeting, Refused> {
        let next = self.numbers.len();
        let number = *self.numbers.entry(identity::<T>()).or_insert(next);
        if self.met.insert(number) {
            return Ok(Meeting::First);
        }
        self.fact(place, &[b"again", &(number as u64).to_le_bytes()])?;
        Ok(Meeting::Again)
    }

    /// Chooses a variant of an enum to be read.
    pub(super) fn choose<T>(
        &mut self,
        meeting: Meeting,
        variants: u32,
    ) -> Result<Variant, Refused> {
        let (id, before) = (identity::<T>(), self.unseen);
        let known = self.enums.entry(id).or_default();
        let unseen = (0..variants).find(|index| !known.seen.contains(index));
        let index = match (meeting, unseen, known.whole) {
            (Meeting::First, Some(index), _) => {
                self.unseen += 1;
                index
            }
            (_, _, Some(index)) => index,
            // Inside itself, and no variant is known to end: each is tried inside the others.
            _ => (0..variants).find(|index| !known.open.contains(index)).ok_or(Refused)?,
        };
        known.open.push(index);
        let before = if self.unseen > before { self.unseen } else { usize::MAX };
        Ok(Variant { id, index, before })
    }

    /// Notes how the reading of a variant ended.
    pub(super) fn chosen(&mut self, variant: &Variant, is_read: bool) {
        let known = self.enums.entry(variant.id).or_default();
        if !is_read {
            self.refused = self.refused.or(Some((variant.id, variant.index)));
            return;
        }
        known.open.pop();
        known.whole = known.whole.or(Some(variant.index));
        if self.unseen == variant.before {
            known.seen.insert(variant.index);
        }
    }
}

/// A type by the name that the compiler has for it, with its parameters. It says which types are the
/// same within one program, and never becomes part of a fact.
fn identity<T>() -> u64 {
    mix(ROOT, type_name::<T>().as_bytes())
}

/// FNV-1a, and a multiplication that spreads its bits.
pub(super) fn mix(hash: u64, bytes: &[u8]) -> u64 {
    let mixed = bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(PRIME));
    (mixed ^ mixed >> 32).wrapping_mul(SPREAD)
}

/// A sample was refused, or there is none.
#[derive(Debug)]
pub(super) struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sample was refused")
    }
}

impl core::error::Error for Refused {}

impl Error for Refused {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Refused
    }
}

/// Where every type begins, and where hashing does.
pub(super) const ROOT: u64 = 0xCBF2_9CE4_8422_2325;
const PRIME: u64 = 0x0100_0000_01B3;
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// More than any type needs that people write; bounds the time for those that machines write.
const MOST_READS: usize = 4_096;
const MOST_STEPS: usize = 1 << 18;
