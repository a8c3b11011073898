//! The names that stand behind the numbers of the engine.

/** The policies; the positions are the engine's codes. */
export const POLICIES = ["lru", "s3-fifo"] as const;

/**
 * Which entry leaves a full cache: `"lru"`, the least recently used; or `"s3-fifo"`, which lets go first
 * what was asked for only once, and so keeps more of what is asked for again on nearly every workload
 * (Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023).
 */
export type Policy = (typeof POLICIES)[number];

/** Why an entry leaves; the positions are the engine's codes. */
export const CAUSES = ["replaced", "deleted", "expired", "evicted", "tag", "pattern", "cleared", "too-heavy"] as const;
export const DELETED = 1;
export const EXPIRED = 2;
export const EVICTED = 3;
export const PATTERN = 5;

/** The most entries that one cache can hold. */
export const MOST_ENTRIES = 50_331_648;
