//! Makes the cache that options ask for: in memory, or over a storage that brings its own along.

import type { Cache } from "./cache.js";
import type { Engine } from "./engine/engine.js";
import type { Key } from "./key.js";
import { MemoryCache } from "./memory.js";
import { type CacheOptions, settings } from "./options.js";
import { tierOf } from "./tier-of.js";

/** A cache for users: its keys are theirs. */
export function openCache<V, G = V | undefined>(engine: Engine, options: CacheOptions<V>): Cache<V, G> {
  const open = tierOf(options, "create cache");
  if (open !== undefined) return open(engine, options as never) as Cache<V, G>;
  return new MemoryCache<V, G>(engine, settings(options, "create cache", ["fetcher"]), (key) => key as Key);
}
