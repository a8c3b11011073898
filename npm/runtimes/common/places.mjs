//! Which storages each place has, and why it has no others.

const NO_INDEXEDDB = { indexeddb: "it has no IndexedDB" };
const NOTHING = { ...NO_INDEXEDDB, localStorage: "it keeps nothing for pages", caches: "it keeps nothing for pages" };

export const PLACES = {
  node: { has: ["memory"], hasNot: NOTHING, hears: true },
  deno: { has: ["memory", "caches"], hasNot: NO_INDEXEDDB, hears: true },
  bun: { has: ["memory"], hasNot: NOTHING, hears: true },
  edge: { has: ["memory"], hasNot: NOTHING, hears: false },
  workerd: { has: ["memory", "caches", "kv"], hasNot: { ...NO_INDEXEDDB, localStorage: "it keeps nothing for pages" }, hears: false },
  page: { has: ["memory", "indexeddb", "localStorage", "caches"], hasNot: {}, hears: true },
  worker: { has: ["memory", "indexeddb", "caches"], hasNot: { localStorage: "workers have none" }, hears: true },
};
