//! `cachefn-wasm/storage`: a storage in memory, and what those need who write their own.

import type { RecordOptions } from "./records/record.js";
import type { CacheStorage } from "./storage.js";
import { bytesIn } from "./storages/bytes/byte-storage.js";
import type { ByteStore } from "./storages/bytes/byte-store.js";
import { plainMemoryStorage } from "./storages/memory.js";
import { withTier } from "./tier/with-tier.js";

export type { CacheStorage, Found, Named, Page, Row, RowTag, Storage, Token, Trouble } from "./storage.js";
export type { Bus, Invalidation, Message, Notice } from "./bus.js";
export type { Codec } from "./records/codecs/codec.js";
export type { RecordOptions } from "./records/record.js";
export type { Awaitable, ByteStore, Keep, Put } from "./storages/bytes/byte-store.js";
export { tokenNamesOf } from "./token-names.js";
export { withTier } from "./tier/with-tier.js";

/**
 * A storage in the memory of this process.
 *
 * @example
 * ```ts
 * const storage = memoryStorage();
 * const [one, other] = [1, 2].map(() => createCache<{ name: string }>({ name: "users", storage }));
 * const ada = { name: "Ada" };
 * await one.set("7", ada);
 * await one.flush();
 * assert((await one.get("7")) === ada); // in memory the caller's own
 * assert((await other.get("7")) !== ada); // from the storage a copy
 * ```
 */
export function memoryStorage(): CacheStorage {
  return withTier(plainMemoryStorage());
}

/**
 * A storage that keeps records in a place of your own, which only has to keep bytes under names.
 *
 * Tokens are entries of 16 bytes beside the records. To create one takes a look and a write, in turn for all who
 * use the same `store` object; between processes one of two may be lost, which costs misses.
 *
 * @throws {CachefnError} code `config` when a method is missing, and for an option that cannot work or does not exist.
 *
 * @example
 * ```ts
 * const kept = new Map<string, Uint8Array>();
 * const storage = byteStorage({
 *   get: (name) => kept.get(name),
 *   set: (name, bytes) => kept.set(name, bytes),
 *   delete: (name) => kept.delete(name),
 * });
 * await storage.set([row]);
 * assert((await storage.get([row.name]))[0].row.value.name === "Ada");
 * ```
 */
export function byteStorage(store: ByteStore, options: RecordOptions = {}): CacheStorage {
  return withTier(bytesIn(store, options));
}
