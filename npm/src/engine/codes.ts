//! The names that stand behind the numbers of the engine.

/** The policies; the positions are the engine's codes. */
export const POLICIES = ["lru", "lfu", "fifo", "sieve", "s3-fifo", "w-tinylfu", "adaptive"] as const;

/**
 * Which entry leaves a full cache:
 *
 * - `"lru"`: the least recently used.
 * - `"lfu"`: the least frequently used, where what was popular long ago grows old (LFU-DA; Arlitt et al.,
 *   "Evaluating content management techniques for web proxy caches", 1999).
 * - `"fifo"`: the oldest, whether it was used or not.
 * - `"sieve"`: the oldest of those not used since they were looked at last (Zhang et al., "SIEVE is simpler
 *   than LRU", NSDI 2024).
 * - `"s3-fifo"`: what was asked for only once leaves first (Yang et al., "FIFO queues are all you need for
 *   cache eviction", SOSP 2023).
 * - `"w-tinylfu"`: what leaves a window of recent keys stays only if it was asked for more often than what it
 *   would replace (Einziger et al., "TinyLFU", ACM TOS 2017, and "Adaptive software cache management",
 *   Middleware 2018).
 * - `"adaptive"`: a queue in front of a clock, whose share is found while running; the highest mean hit ratio
 *   of all, and never far behind the best of them.
 *
 * @example
 * ```ts
 * const policy: Policy = "lru";
 * const two = createCache<number>({ maxEntries: 2, policy });
 * two.set("a", 1);
 * two.set("b", 2);
 * two.get("a");
 * two.set("c", 3);
 * assert(two.has("a") && !two.has("b"));
 * ```
 */
export type Policy = (typeof POLICIES)[number];

/** Why an entry leaves; the positions are the engine's codes. */
export const CAUSES = ["replaced", "deleted", "expired", "evicted", "tag", "pattern", "cleared", "too-heavy"] as const;
export const DELETED = 1;
export const EXPIRED = 2;
export const EVICTED = 3;
export const PATTERN = 5;
export const TOO_HEAVY = 7;

/** The most entries that one cache can hold. */
export const MOST_ENTRIES = 50_331_648;
