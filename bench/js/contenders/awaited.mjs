//! The asynchronous caches and memoisers that are compared: each gives a function of a key to be awaited.

export const OURS = "cachefn";

/** Makes `load`, an asynchronous function of a text, remember `entries` results where the library has a bound. */
export const AWAITED = {
  [OURS]: async (load, { entries }) => {
    const { memoize } = await import("../../../npm/dist/index.js");
    return memoize(load, { maxEntries: entries });
  },
  "cachefn getOrFetch": async (load, { entries }) => {
    const { createCache } = await import("../../../npm/dist/index.js");
    const cache = createCache({ maxEntries: entries });
    return (key) => cache.getOrFetch(key, () => load(key));
  },
  "cachefn, a storage behind": async (load, { entries }) => {
    const [{ memoize }, { memoryStorage }] = await Promise.all([
      import("../../../npm/dist/index.js"),
      import("../../../npm/dist/storage.js"),
    ]);
    return memoize(load, { maxEntries: entries, id: "user", storage: memoryStorage() });
  },
  "lru-cache fetch": async (load, { entries }) => {
    const { LRUCache } = await import("lru-cache");
    const cache = new LRUCache({ max: entries, fetchMethod: load });
    return (key) => cache.fetch(key);
  },
  "lodash, unbounded": async (load) => {
    const { default: memoize } = await import("lodash.memoize");
    return memoize(load);
  },
  "memoize + quick-lru": async (load, { entries }) => {
    const [{ default: memoize }, { default: QuickLRU }] = await Promise.all([import("memoize"), import("quick-lru")]);
    return memoize(load, { cache: new QuickLRU({ maxSize: entries }) });
  },
  "p-memoize + quick-lru": async (load, { entries }) => {
    const [{ default: memoize }, { default: QuickLRU }] = await Promise.all([import("p-memoize"), import("quick-lru")]);
    return memoize(load, { cache: new QuickLRU({ maxSize: entries }) });
  },
  memoizee: async (load, { entries }) => {
    const { default: memoizee } = await import("memoizee");
    return memoizee(load, { promise: true, primitive: true, max: entries });
  },
  "micro-memoize": async (load, { entries }) => {
    const { memoize } = await import("micro-memoize");
    return memoize(load, { async: true, maxSize: entries });
  },
  moize: async (load, { entries }) => {
    const { default: moize } = await import("moize");
    const wrap = typeof moize === "function" ? moize : moize.default;
    return wrap(load, { isPromise: true, maxSize: entries });
  },
  "cachified + lru-cache": async (load, { entries }) => {
    const [{ cachified }, { LRUCache }] = await Promise.all([import("@epic-web/cachified"), import("lru-cache")]);
    const cache = new LRUCache({ max: entries });
    return (key) => cachified({ key, cache, getFreshValue: () => load(key) });
  },
  cacheable: async (load, { entries }) => {
    const { Cacheable, createKeyv } = await import("cacheable");
    const cache = new Cacheable({ primary: createKeyv({ lruSize: entries, useClone: false }) });
    return (key) => cache.getOrSet(key, () => load(key));
  },
  bentocache: async (load, { entries }) => {
    const [{ BentoCache, bentostore }, { memoryDriver }] = await Promise.all([
      import("bentocache"),
      import("bentocache/drivers/memory"),
    ]);
    const layer = memoryDriver({ maxItems: entries, serialize: false });
    const cache = new BentoCache({ default: "memory", stores: { memory: bentostore().useL1Layer(layer) } });
    return (key) => cache.getOrSet({ key, factory: () => load(key) });
  },
  "query-core": async (load) => {
    const { QueryClient } = await import("@tanstack/query-core");
    const client = new QueryClient();
    return (key) => client.fetchQuery({ queryKey: [key], queryFn: () => load(key), staleTime: Number.POSITIVE_INFINITY });
  },
};
