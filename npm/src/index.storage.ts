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
 * const users = createCache<{ name: string }>({ name: "users", storage: memoryStorage() });
 * const ada = { name: "Ada" };
 * await users.set("7", ada);
 * assert((await users.get("7")) === ada); // in memory the caller's own
 * assert((await users.get("7", { tier: "storage" })) !== ada);
 * ```
 */
export function memoryStorage(): CacheStorage {
  return withTier(plainMemoryStorage());
}
