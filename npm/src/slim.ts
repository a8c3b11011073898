//! `cachefn-wasm/slim`: the package without its engine, for those who bring the module.

import type { Cache } from "./cache.js";
import type { Key } from "./key.js";
import { engineOf } from "./load/module.js";
import { memoizeWith } from "./memoize.js";
import type { AnyFunction, Memoized, MemoizeOptions } from "./memoized.js";
import { openCache } from "./memory.js";
import type { CacheOptions } from "./options.js";

export * from "./public.js";

/** A compiled module: `WebAssembly.Module` where types know of it. */
export type EngineModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer M } } } ? M : object;

/** What the package's main entry exports, over an engine of its own. */
export interface Package {
  /** A new cache in memory; see `createCache` of the main entry. */
  createCache<V>(options?: CacheOptions): Cache<V>;
  /** A function that remembers what `fn` returned; see `memoize` of the main entry. */
  memoize<F extends AnyFunction>(fn: F, options?: MemoizeOptions<F> & { key?: undefined }): Memoized<F>;
  memoize<F extends AnyFunction>(fn: F, options: MemoizeOptions<F>): Memoized<F, Key>;
}

/**
 * The package over the module in `cachefn-wasm/engine.wasm`, which you have compiled: where the platform
 * does that, or where the page loads it beside its script.
 *
 * @throws {CachefnError} code `config` for a module that is not the engine.
 *
 * @example
 * ```ts
 * const slim = withModule(await WebAssembly.compile(engine));
 * const double = slim.memoize((n: number) => n * 2, { maxEntries: 1000 });
 * assert(double(21) === 42 && double.cache.size === 1);
 * ```
 */
export function withModule(module: EngineModule): Package {
  const engine = engineOf(module);
  return {
    createCache: (options = {}) => openCache(engine, options),
    memoize: ((fn: AnyFunction, options: MemoizeOptions<AnyFunction> = {}) => memoizeWith(engine, fn, options)) as Package["memoize"],
  };
}
