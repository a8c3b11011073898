//! `cachefn-wasm/storage`: a storage in memory, and what those need who write their own.

import { plainMemoryStorage } from "./storages/memory.js";
import type { CacheStorage } from "./storage.js";
import { withTier } from "./tier/with-tier.js";

export type { CacheStorage, Found, Named, Page, Row, RowTag, Storage, Token, Trouble } from "./storage.js";
export type { Bus, Invalidation, Message, Notice } from "./bus.js";
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
