//! What makes of a storage one that `createCache` and `memoize` take: it brings the asynchronous cache along.

import type { AsyncCacheOptions } from "../async-options.js";
import type { Engine } from "../engine/engine.js";
import type { OpenTier } from "../tier-of.js";
import type { CacheStorage, Storage } from "../storage.js";
import type { Plain } from "../memoize.js";
import { TieredCache } from "./cache.js";
import { memoizeOver } from "./memoizing.js";
import { tierSettings } from "./options.js";

/**
 * Makes of a storage one that `createCache` and `memoize` take, and returns it.
 *
 * @example
 * ```ts
 * const mine: Storage = plainStorage();
 * const pages = createCache<string>({ name: "pages", storage: withTier(mine) });
 * await pages.set("/", "<p>hello</p>");
 * await pages.flush();
 * const [found] = await mine.get(["pages:/"]);
 * assert(found.row.value === "<p>hello</p>");
 * ```
 */
export function withTier(storage: Storage): CacheStorage {
  return Object.assign(storage, { "~tier": open });
}

const open: OpenTier = (engine: Engine, options: never, fn: unknown): unknown => {
  if (fn !== undefined) return memoizeOver(engine, fn as Plain, options);
  const { name } = options as AsyncCacheOptions;
  return new TieredCache(engine, tierSettings(options, name, "create cache", ["fetcher", "name"]));
};
