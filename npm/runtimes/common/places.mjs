//! Which storages each place has, and why it has no others.

const NO_INDEXEDDB = { indexeddb: "it has no IndexedDB" };

export const PLACES = {
  node: { has: ["memory"], hasNot: NO_INDEXEDDB, hears: true },
  deno: { has: ["memory"], hasNot: NO_INDEXEDDB, hears: true },
  bun: { has: ["memory"], hasNot: NO_INDEXEDDB, hears: true },
  edge: { has: ["memory"], hasNot: NO_INDEXEDDB, hears: false },
  workerd: { has: ["memory"], hasNot: NO_INDEXEDDB, hears: false },
  page: { has: ["memory", "indexeddb"], hasNot: {}, hears: true },
  worker: { has: ["memory", "indexeddb"], hasNot: {}, hears: true },
};
