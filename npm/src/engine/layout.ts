//! Where things stand in the engine's memory, counted in words of 32 bits.

// Positions in the header of a cache.
export const LAYOUT = 0;
export const CELLS = 1;
export const SHIFT = 2;
export const MASK = 3;
export const SLOT_BITS = 4;
export const NODES = 5;
export const DEADLINES = 6;
export const TAGS = 7;
export const TAG_EPOCH = 8;
export const RING = 9;
export const RING_CAPACITY = 10;
export const HITS_MAX = 11;
export const SAMPLING_MASK = 12;
export const REMOVED = 13;
export const REMOVED_LEN = 14;
export const LEN = 15;
export const DUE_LOW = 16;
export const DUE_HIGH = 17;
export const SLOTS = 18;

// A cell of the index: five bits of distance from home plus one, bits of the hash, the slot.
export const DISTANCE = 27;
export const STEP = 1 << DISTANCE;
export const FARTHEST = 31;

// The last words of a node: the hash; then hits in the low byte, flags in the high one.
export const HASH = 2;
export const STATE = 3;
export const HITS = 0xff;
export const TIMED = 1 << 24;
export const TAGGED = 2 << 24;
export const USED = 4 << 24;
export const GUARDED = TIMED | TAGGED;

// An item of the list of what left: a slot and its cause, or a tag.
export const CAUSE = 28;
export const NUMBER = (1 << CAUSE) - 1;
export const TAG_LEFT = 15;
