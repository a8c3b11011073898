//! The caches that are compared: how each is made. All of them have `get` and `set`, used as they are.

/** The peer that the bars are about, and ours with its default policy. */
export const BASE = "lru-cache";
export const OURS = "cachefn";
/** No cache at all: what the loop and the making of the keys cost by themselves. */
export const LOOP = "(the loop alone)";

/**
 * Makes a cache for `entries` entries; `ttl` in milliseconds, or undefined. `fixed` tells that the
 * entries stay, so none is ever evicted; `key` makes a key as the cell uses them. A peer that has no
 * TTL, or no such keys, gives undefined.
 */
export const CACHES = {
  [OURS]: (options) => cachefn("adaptive", options),
  [BASE]: async ({ entries, ttl }) => {
    const { LRUCache } = await import("lru-cache");
    return new LRUCache(ttl === undefined ? { max: entries } : { max: entries, ttl });
  },
  "cachefn s3-fifo": (options) => cachefn("s3-fifo", options),
  "cachefn sieve": (options) => cachefn("sieve", options),
  "cachefn lru": (options) => cachefn("lru", options),
  "tiny-lru": async ({ entries, ttl }) => {
    const { lru } = await import("tiny-lru");
    return lru(entries, ttl);
  },
  "quick-lru": async ({ entries, ttl, fixed }) => {
    const { default: QuickLRU } = await import("quick-lru");
    // It holds up to twice its size: half of it where entries come and go makes residents equal.
    const maxSize = fixed ? entries : entries / 2;
    return new QuickLRU(ttl === undefined ? { maxSize } : { maxSize, maxAge: ttl });
  },
  "mnemonist LRUMap": async ({ entries, ttl }) => {
    const { LRUMap } = await import("mnemonist");
    return ttl === undefined ? new LRUMap(entries) : undefined;
  },
  "@neophi/sieve-cache": async ({ entries, ttl }) => {
    const { SieveCache } = await import("@neophi/sieve-cache");
    return ttl === undefined ? new SieveCache(entries) : undefined;
  },
  "@isaacs/ttlcache": async ({ entries, ttl }) => {
    const { TTLCache } = await import("@isaacs/ttlcache");
    // Full of entries without an end, it would look for one to evict for ever.
    return new TTLCache({ max: entries, ttl: ttl ?? 3_600_000 });
  },
  CacheableMemory: async ({ entries, ttl, key }) => {
    if (typeof key(0) !== "string") return undefined;
    const { CacheableMemory } = await import("cacheable");
    return new CacheableMemory({ lruSize: entries, ttl, useClone: false });
  },
  [LOOP]: () => new Nothing(),
};

/** Those of the caches that are named, in the order of the names. */
export function some(names) {
  return Object.fromEntries(names.map((name) => [name, CACHES[name]]));
}

async function cachefn(policy, { entries, ttl }) {
  const { createCache } = await import("../../../npm/dist/index.js");
  return createCache(ttl === undefined ? { maxEntries: entries, policy } : { maxEntries: entries, policy, ttl });
}

/** Keeps the key, so that making it cannot be optimised away. */
class Nothing {
  key = undefined;
  value = {};
  get(key) {
    this.key = key;
    return this.value;
  }
  set(key, value) {
    this.key = key;
    this.value = value;
  }
}
