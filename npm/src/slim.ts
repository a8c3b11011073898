//! `cachefn-wasm/slim`: the package without its engine, for those who bring the module.

import type { Cache } from "./cache.js";
import type { Key } from "./key.js";
import { engineOf } from "./load/module.js";
import { memoizeWith } from "./memoize.js";
import type { AnyFunction, Memoized, MemoizeOptions } from "./memoized.js";
import { openCache } from "./memory.js";
import type { CacheOptions } from "./options.js";

export * from "./public.js";

/** What the package's main entry exports, over an engine of its own. */
export interface Package {
  /** A new cache in memory. */
  createCache<V>(options?: CacheOptions): Cache<V>;
  /** A function that remembers what `fn` returned, and otherwise behaves as `fn` does. */
  memoize<F extends AnyFunction>(fn: F, options?: MemoizeOptions<F> & { key?: undefined }): Memoized<F>;
  memoize<F extends AnyFunction>(fn: F, options: MemoizeOptions<F>): Memoized<F, Key>;
}

/**
 * The package over the module in `cachefn-wasm/engine.wasm`, which you have compiled: where the platform
 * does that, or where the page loads it beside its script.
 *
 * @throws {WebAssembly.LinkError} for a module that is not the engine of this version.
 *
 * @example
 * ```ts
 * const { createCache, memoize } = withModule(await WebAssembly.compile(engine));
 * const cache = createCache<number>({ maxEntries: 1000 });
 * cache.set("a", 1);
 * assert(cache.get("a") === 1 && memoize((n: number) => n * 2)(21) === 42);
 * ```
 */
export function withModule(module: WebAssembly.Module): Package {
  const engine = engineOf(module);
  return {
    createCache: (options = {}) => openCache(engine, options),
    memoize: ((fn: AnyFunction, options: MemoizeOptions<AnyFunction> = {}) => memoizeWith(engine, fn, options)) as Package["memoize"],
  };
}
