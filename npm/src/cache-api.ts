//! `cachefn-wasm/cache-api`: entries in a `Cache` of the platform, for service workers, edge workers and Deno.

import { misconfigured, show } from "./errors.js";
import type { RecordOptions } from "./records/record.js";
import type { CacheStorage } from "./storage.js";
import { checkMethods, storageIn } from "./storages/bytes/in-store.js";
import { type CacheLike, CacheStore } from "./storages/cache-api.js";
import { withTier } from "./tier/with-tier.js";

export type { CacheLike } from "./storages/cache-api.js";

/**
 * What {@link cacheAPI} can be told.
 *
 * @example
 * ```ts
 * const options: CacheAPIOptions = { name: "maps" };
 * assert(cacheAPI(options).label === "cache-api");
 * ```
 */
export interface CacheAPIOptions extends RecordOptions {
  /** The name of the cache that is opened, `"cachefn"` unless said. Caches that share it share entries of the same name. */
  readonly name?: string | undefined;
  /** A cache that is open already, instead of a name: `caches.default` on edge workers. */
  readonly cache?: CacheLike | undefined;
}

/**
 * Keeps entries as responses in a `Cache`, under addresses that nobody can have.
 *
 * The cache is opened when it is first needed. Edge workers keep what is in it in one data centre, forget it when they
 * like, and cannot list it: there patterns are `unsupported`.
 *
 * @throws {CachefnError} code `config` for an option that cannot work or does not exist.
 *
 * @example
 * ```ts browser
 * const storage = cacheAPI({ name: "example" });
 * await storage.set([row]);
 * assert((await storage.get([row.name]))[0].row.value.name === "Ada");
 * await caches.delete("example");
 * ```
 */
export function cacheAPI(options: CacheAPIOptions = {}): CacheStorage {
  const { name = "cachefn", cache } = options;
  if (typeof name !== "string") throw misconfigured("cacheAPI", `name is ${show(name)}; use a text such as "cachefn"`);
  if (cache !== undefined) checkMethods(cache, ["match", "put", "delete"], "cacheAPI", "cache");
  // Where there is none at all, that is what a walk is told; workerd has the method, which only throws.
  const lists = !isWorkerd() && typeof (cache ?? globalThis.Cache?.prototype ?? { keys: () => {} }).keys === "function";
  const store = new CacheStore(cache ?? (() => globalThis.caches.open(name)), lists);
  return withTier(storageIn(store, options, "cacheAPI", cache ?? store, ["name", "cache"]));
}

function isWorkerd(): boolean {
  return (globalThis as { navigator?: { userAgent?: string } }).navigator?.userAgent === "Cloudflare-Workers";
}
