//! The package for places that do not let WebAssembly be compiled. Documented in `index.ts`.

import type { Cache } from "./cache.js";
import { translatedEngine } from "./load/translated.js";
import { memoizeWith } from "./memoize.js";
import type { Callable, MemoizeOptions } from "./memoized.js";
import { openCache } from "./open.js";
import type { CacheOptions } from "./options.js";

export * from "./public.js";

export function createCache<V>(options: CacheOptions<V> = {}): Cache<V, never> {
  return openCache(translatedEngine(), options);
}

export function memoize<F extends Callable>(fn: F, options: MemoizeOptions<F> = {}): unknown {
  return memoizeWith(translatedEngine(), fn, options);
}
