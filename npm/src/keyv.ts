//! `cachefn-wasm/keyv`: a Keyv as a storage, and a cache as the store of a Keyv.

import type { RecordOptions } from "./records/record.js";
import type { CacheStorage } from "./storage.js";
import { checkMethods, storageIn } from "./storages/bytes/in-store.js";
import { CacheAdapter, type KeyvCache } from "./storages/keyv-adapter.js";
import { type KeyvLike, KeyvStore } from "./storages/keyv.js";
import { withTier } from "./tier/with-tier.js";

export type { RecordOptions } from "./records/record.js";
export type { KeyvLike } from "./storages/keyv.js";
export type { CacheAdapter, KeyvCache } from "./storages/keyv-adapter.js";

/**
 * Keeps entries in a Keyv, and so in whatever that keeps them in.
 *
 * They are texts under `cachefn/` and their names, within its namespace. Patterns need a store that a Keyv can iterate
 * over. What a Keyv reports as an `error` event instead of failing is a miss; who watches the storage hears of it. A
 * Keyv with a `ttl` of its own forgets after that.
 *
 * @throws {CachefnError} code `config` when this is no Keyv, and for an option that cannot work or does not exist.
 *
 * @example
 * ```ts
 * const storage = keyvStorage(new Map<string, string>());
 * await storage.set([row]);
 * assert((await storage.get([row.name]))[0].row.value.name === "Ada");
 * ```
 */
export function keyvStorage(keyv: KeyvLike, options: RecordOptions = {}): CacheStorage {
  checkMethods(keyv, ["get", "set", "delete"], "keyvStorage", "the Keyv");
  return withTier(storageIn(new KeyvStore(keyv), options, "keyvStorage", keyv));
}

/**
 * A store for a Keyv, which keeps what it is given in this cache: `new Keyv({ store: cachefnKeyv(cache) })`.
 *
 * What is too heavy for the cache rejects. To clear a Keyv with a namespace removes that alone.
 *
 * @throws {CachefnError} code `config` when this is no cache.
 *
 * @example
 * ```ts
 * const store = cachefnKeyv(createCache<unknown>({ maxEntries: 1000 }));
 * await store.set("a", 1, 5000);
 * assert((await store.get("a")) === 1);
 * ```
 */
export function cachefnKeyv(cache: KeyvCache): CacheAdapter {
  checkMethods(cache, ["get", "set", "has", "delete", "clear", "entries", "invalidateByPattern"], "cachefnKeyv", "the cache");
  return new CacheAdapter(cache);
}
