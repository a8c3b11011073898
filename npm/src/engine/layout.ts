//! Where things stand in the engine's memory, counted in words of 32 bits.

// Positions in the header of a cache; times and weights have two words, the low one first.
export const LAYOUT = 0;
export const CELLS = 1;
export const SHIFT = 2;
export const MASK = 3;
export const SLOT_BITS = 4;
export const NODES = 5;
export const STATES = 32;
export const DEADLINES = 6;
export const TAGS = 7;
export const TAG_EPOCH = 8;
export const RING = 9;
export const RING_CAPACITY = 10;
export const HITS_MAX = 11;
export const SAMPLES = 12;
export const REMOVED = 13;
export const REMOVED_LEN = 14;
export const LEN = 15;
export const DUE = 16;
export const SLOTS = 18;
export const STALE = 19;
export const IDLE = 20;
export const WEIGHT = 21;
export const BRINGS = 23;
export const IDLES = 24;
export const REVALIDATES = 26;
export const BRIDGES = 28;
export const WEIGHS = 30;
/** Only as new as the latest answer to `state`. */
export const LINKS = 33;

// A cell of the index: five bits of distance from home plus one, bits of the hash, the slot.
export const DISTANCE = 27;
export const STEP = 1 << DISTANCE;
export const FARTHEST = 31;

// A node has so many words; this one is the hash.
export const NODE = 3;
export const HASH = 2;

// A state is a word: hits in the low byte, flags in the high one.
export const HITS = 0xff;
export const TIMED = 1 << 24;
export const TAGGED = 2 << 24;
export const USED = 4 << 24;
export const CAN_BE_STALE = 8 << 24;
export const CAN_IDLE = 16 << 24;
export const RECORDED = 32 << 24;
export const AGEING = CAN_BE_STALE | CAN_IDLE;
export const GUARDED = TIMED | TAGGED | AGEING;

// Words of an entry in the columns of those that may be stale or idle: the time until when it is fresh, or
// may idle; of the latter also for how long, and when it is not fresh any more however much it is used.
export const AGEING_WORDS = 6;
export const IDLE_FOR = 2;
export const IDLE_DEADLINE = 4;

// Of an entry with tags, behind its stamp: the tag itself with a mark, or the number of a link. A link is a
// tag, and again what leads to the next, up to the mark or this end.
export const LAST_LINK = 2 ** 31;
export const NO_LINK = 2 ** 32 - 1;

// An item of the list of what left: a slot and its cause, or a tag.
export const CAUSE = 28;
export const NUMBER = (1 << CAUSE) - 1;
export const TAG_LEFT = 15;
