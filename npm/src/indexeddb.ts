//! `cachefn-wasm/indexeddb`: entries that a browser keeps, for pages and workers.

import type { CacheStorage } from "./storage.js";
import { type IndexedDBOptions, indexedStorage } from "./storages/indexeddb/options.js";
import { withTier } from "./tier/with-tier.js";

export type { IndexedDBOptions } from "./storages/indexeddb/options.js";

/**
 * Keeps entries in IndexedDB, by structured clone: dates, maps, sets, bigints, typed arrays and cycles stay what
 * they are, prototypes do not.
 *
 * It opens the database when it is first asked, and again when it was closed, deleted or upgraded by others. Where
 * there is none, as in some private modes, its methods are rejected with a {@link CachefnError} of the code
 * `unavailable`. When the browser gives no more room, dead rows go, then the oldest, at most half of all. Browsers may
 * discard a whole database, as Chromium does with some to which it was writing when it was killed itself: then all are
 * misses, and no entry is there that was removed before.
 *
 * @throws {CachefnError} code `config` for an option that cannot work or does not exist.
 *
 * @example
 * ```ts browser
 * const storage = indexedDB({ database: "example" });
 * assert((await storage.get(["users:7"]))[0] === undefined);
 * await storage.close();
 * ```
 */
export function indexedDB(options: IndexedDBOptions = {}): CacheStorage {
  return withTier(indexedStorage(options));
}
