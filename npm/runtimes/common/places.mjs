//! Which storages each place has, and why it has no others.

const EVERYWHERE = ["memoryStorage", "byteStorage", "keyvStorage", "unstorage"];
const NO_BINDING = { kv: "only edge platforms have key-value bindings" };
const NO_PAGE = { localStorage: "only pages have them", sessionStorage: "only pages have them" };
const none = (why, ...names) => Object.fromEntries(names.map((name) => [name, why]));

/** `hears` is whether there is a BroadcastChannel. */
export const PLACES = {
  node: {
    has: EVERYWHERE,
    hasNot: { ...none("Node has none of them, or behind a flag", "indexedDB", "localStorage", "sessionStorage", "cacheAPI"), ...NO_BINDING },
    hears: true,
  },
  deno: {
    has: [...EVERYWHERE, "localStorage", "sessionStorage", "cacheAPI"],
    hasNot: { ...none("Deno has none", "indexedDB"), ...NO_BINDING },
    hears: true,
  },
  bun: {
    has: EVERYWHERE,
    hasNot: { ...none("Bun has none of them", "indexedDB", "localStorage", "sessionStorage", "cacheAPI"), ...NO_BINDING },
    hears: true,
  },
  edge: {
    has: EVERYWHERE,
    hasNot: { ...none("this sandbox has none of them", "indexedDB", "localStorage", "sessionStorage", "cacheAPI"), ...NO_BINDING },
    hears: false,
  },
  workerd: {
    has: [...EVERYWHERE, "cacheAPI", "cacheAPI over caches.default", "kv"],
    hasNot: none("workerd has none of them", "indexedDB", "localStorage", "sessionStorage"),
    hears: false,
  },
  page: { has: ["memoryStorage", "indexedDB", "localStorage", "sessionStorage", "cacheAPI"], hasNot: NO_BINDING, hears: true },
  worker: { has: ["memoryStorage", "indexedDB", "cacheAPI"], hasNot: { ...NO_PAGE, ...NO_BINDING }, hears: true },
};
