//! The package for edge workers, where only the platform may compile WebAssembly. Documented in `index.ts`.

import type { Cache } from "./cache.js";
import { compiledEngine } from "./load/workerd.js";
import { memoizeWith } from "./memoize.js";
import type { Callable, MemoizeOptions } from "./memoized.js";
import { openCache } from "./open.js";
import type { CacheOptions } from "./options.js";

export * from "./public.js";

export function createCache<V>(options: CacheOptions<V> = {}): Cache<V, never> {
  return openCache(compiledEngine(), options);
}

export function memoize<F extends Callable>(fn: F, options: MemoizeOptions<F> = {}): unknown {
  return memoizeWith(compiledEngine(), fn, options);
}
