//! The stores that keep entries in IndexedDB: each gives, for the name of a database, what sets, gets and ends it.

export const OURS = "cachefn";

/** `open(place)` is what a program does first; `flush` waits until everything that was set is in the database. */
export const PERSISTENT = {
  [OURS]: async () => {
    const [{ createCache }, { indexedDB }] = await Promise.all([
      import("../../../npm/dist/index.js"),
      import("../../../npm/dist/indexeddb.js"),
    ]);
    return (place) => {
      const cache = createCache({ name: "bench", storage: indexedDB({ database: place }), maxEntries: 20_000 });
      return {
        set: (key, value) => cache.set(key, value),
        get: (key) => cache.get(key),
        flush: () => cache.flush(),
        close: () => cache.close(),
      };
    };
  },
  "idb-keyval": async () => {
    const { createStore, get, set } = await import("idb-keyval");
    return (place) => {
      const store = createStore(place, "entries");
      return { set: (key, value) => set(key, value, store), get: (key) => get(key, store), flush() {}, close() {} };
    };
  },
  localforage: async () => {
    const { default: localforage } = await import("localforage");
    return (place) => {
      const store = localforage.createInstance({ name: place, driver: localforage.INDEXEDDB });
      return { set: (key, value) => store.setItem(key, value), get: (key) => store.getItem(key), flush() {}, close() {} };
    };
  },
  unstorage: async () => {
    const [{ createStorage }, { default: driver }] = await Promise.all([import("unstorage"), import("unstorage/drivers/indexedb")]);
    return (place) => {
      const store = createStorage({ driver: driver({ dbName: place, storeName: "entries", base: "" }) });
      return {
        set: (key, value) => store.setItem(key, value),
        get: (key) => store.getItem(key),
        flush() {},
        close: () => store.dispose(),
      };
    };
  },
};
