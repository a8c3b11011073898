//! `cachefn-wasm/unstorage`: entries in a driver of unstorage.

import type { RecordOptions } from "./records/record.js";
import type { CacheStorage } from "./storage.js";
import { checkMethods, storageIn } from "./storages/bytes/in-store.js";
import { type UnstorageDriver, UnstorageStore } from "./storages/unstorage.js";
import { withTier } from "./tier/with-tier.js";

export type { RecordOptions } from "./records/record.js";
export type { UnstorageDriver } from "./storages/unstorage.js";

/**
 * Keeps entries in a driver of unstorage, or in one of its storages, under `cachefn:` and their names in letters that
 * every driver takes.
 *
 * A driver keeps bytes as they are if it can, and text otherwise. Closing the storage disposes of the driver.
 *
 * @throws {CachefnError} code `config` when this is no driver, and for an option that cannot work or does not exist.
 *
 * @example
 * ```ts
 * const items = new Map<string, string>();
 * const storage = unstorage({
 *   hasItem: (key) => items.has(key),
 *   getItem: (key) => items.get(key) ?? null,
 *   setItem: (key, value) => void items.set(key, value),
 *   removeItem: (key) => void items.delete(key),
 *   getKeys: () => [...items.keys()],
 * });
 * await storage.set([row]);
 * assert((await storage.get([row.name]))[0].row.value.name === "Ada" && items.has("cachefn:users~3a7"));
 * ```
 */
export function unstorage(driver: UnstorageDriver, options: RecordOptions = {}): CacheStorage {
  checkMethods(driver, ["hasItem", "getItem", "getKeys"], "unstorage", "the driver");
  return withTier(storageIn(new UnstorageStore(driver), options, "unstorage", driver));
}
