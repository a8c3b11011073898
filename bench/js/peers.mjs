//! The caches that are compared: how each is made. All of them have `get` and `set`, used as they are.

/** The peer that the bars are about, and ours with its default policy. */
export const BASE = "lru-cache";
export const OURS = "cachefn s3-fifo";

/**
 * Makes a cache for `entries` entries; `ttl` in milliseconds, or undefined. `fixed` tells that the
 * entries stay, so none is ever evicted. A peer that has no TTL gives undefined for one.
 */
export const PEERS = {
  [OURS]: (options) => cachefn("s3-fifo", options),
  [BASE]: async ({ entries, ttl }) => {
    const { LRUCache } = await import("lru-cache");
    return new LRUCache(ttl === undefined ? { max: entries } : { max: entries, ttl });
  },
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
  "@neophi/sieve-cache": async ({ entries, ttl }) => {
    const { SieveCache } = await import("@neophi/sieve-cache");
    return ttl === undefined ? new SieveCache(entries) : undefined;
  },
  "mnemonist LRUMap": async ({ entries, ttl }) => {
    const { LRUMap } = await import("mnemonist");
    return ttl === undefined ? new LRUMap(entries) : undefined;
  },
  // No cache at all: what the loop and the making of the keys cost by themselves.
  "(the loop alone)": () => new Nothing(),
};

async function cachefn(policy, { entries, ttl }) {
  const { createCache } = await import("../../npm/dist/index.js");
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
