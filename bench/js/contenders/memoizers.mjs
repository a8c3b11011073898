//! The memoisers that are compared: how each wraps a synchronous function.

/** The name of ours. */
export const OURS = "cachefn";

/**
 * Wraps `fn`, bounded to `entries` results where the library can; `kind` is what the function takes:
 * `"text"` one string, `"pair"` two integers, `"object"` one object that counts by its value. What a
 * library does not do by itself is given to it the way its documentation shows.
 */
export const MEMOIZERS = {
  [OURS]: async (fn, { entries }) => {
    const { memoize } = await import("../../../npm/dist/index.js");
    return memoize(fn, { maxEntries: entries });
  },
  // What one writes without a library for functions.
  "lru-cache by hand": async (fn, { entries, kind }) => {
    const { LRUCache } = await import("lru-cache");
    return byHand(fn, new LRUCache({ max: entries }), KEYS[kind]);
  },
  memoizee: async (fn, { entries, kind }) => {
    const { default: memoizee } = await import("memoizee");
    const byValue = { normalizer: ([first]) => JSON.stringify(first) };
    return memoizee(fn, { max: entries, ...(kind === "object" ? byValue : { primitive: true }) });
  },
  "memoize + quick-lru": async (fn, { entries, kind }) => {
    const [{ default: memoize }, { default: QuickLRU }] = await Promise.all([import("memoize"), import("quick-lru")]);
    return memoize(fn, { cache: new QuickLRU({ maxSize: entries }), ...resolver(kind) });
  },
  "memoize, unbounded": async (fn, { kind }) => {
    const { default: memoize } = await import("memoize");
    return memoize(fn, resolver(kind));
  },
  "lodash, unbounded": async (fn, { kind }) => {
    const { default: memoize } = await import("lodash.memoize");
    return kind === "text" ? memoize(fn) : memoize(fn, KEYS[kind]);
  },
  "micro-memoize": async (fn, { entries, kind }) => {
    const { memoize } = await import("micro-memoize");
    return memoize(fn, { maxSize: entries, ...(kind === "object" ? { isKeyItemEqual: "deep" } : {}) });
  },
  moize: async (fn, { entries, kind }) => {
    const { default: moize } = await import("moize");
    const wrap = typeof moize === "function" ? moize : moize.default;
    return wrap(fn, { maxSize: entries, ...(kind === "object" ? { isDeepEqual: true } : {}) });
  },
};

/** The keys of those that want a text. */
const KEYS = {
  text: (first) => first,
  pair: (first, second) => `${first},${second}`,
  object: (first) => JSON.stringify(first),
};

function resolver(kind) {
  return kind === "text" ? {} : { cacheKey: (args) => KEYS[kind](...args) };
}

function byHand(fn, cache, keyOf) {
  return (first, second) => {
    const key = keyOf(first, second);
    let value = cache.get(key);
    if (value === undefined) cache.set(key, (value = fn(first, second)));
    return value;
  };
}
