//! `cachefn-wasm/webstorage`: entries in `localStorage` and `sessionStorage`, for pages with few and small ones.

import type { RecordOptions } from "./records/record.js";
import type { CacheStorage } from "./storage.js";
import { storageIn } from "./storages/bytes/in-store.js";
import { WebStore } from "./storages/webstorage/web-store.js";
import { withTier } from "./tier/with-tier.js";

export type { RecordOptions } from "./records/record.js";

/**
 * Keeps entries in `localStorage`, which all pages of an origin share and which survives the browser; there is room for
 * about 5 MB. A program in Rust in the page reads the same entries.
 *
 * It is asked for when it is first needed, never when this is imported. Where there is none, or it is forbidden, the
 * methods are rejected with a {@link CachefnError} of the code `unavailable`, and the cache goes on in memory. When the
 * browser gives no more room, dead entries go, then the oldest. Nothing that others keep there is ever touched: names
 * begin with `cachefn:`.
 *
 * @throws {CachefnError} code `config` for an option that cannot work or does not exist.
 *
 * @example
 * ```ts browser
 * const storage = localStorage();
 * await storage.set([row]);
 * assert((await storage.get([row.name]))[0].row.value.name === "Ada");
 * assert(globalThis.localStorage.getItem(`cachefn:${row.name}`) !== null);
 * await storage.delete([row.name]);
 * ```
 */
export function localStorage(options: RecordOptions = {}): CacheStorage {
  return withTier(storageIn(new WebStore("localStorage"), options, "localStorage", AREAS.localStorage));
}

/**
 * Keeps entries in `sessionStorage`, which belongs to one tab and ends with it; otherwise like {@link localStorage}.
 *
 * @throws {CachefnError} code `config` for an option that cannot work or does not exist.
 *
 * @example
 * ```ts browser
 * const storage = sessionStorage();
 * assert((await storage.get(["users:8"]))[0] === undefined);
 * ```
 */
export function sessionStorage(options: RecordOptions = {}): CacheStorage {
  return withTier(storageIn(new WebStore("sessionStorage"), options, "sessionStorage", AREAS.sessionStorage));
}

/** What stands for each area, which may be forbidden to look at. */
const AREAS = { localStorage: {}, sessionStorage: {} };
