//! `cachefn-wasm/slim`: the package without its engine, for those who bring the module.

import { misconfigured, show } from "./errors.js";
import type * as entry from "./index.js";
import { engineOf } from "./load/module.js";
import { memoizeWith } from "./memoize.js";
import type { Callable, MemoizeOptions } from "./memoized.js";
import { openCache } from "./open.js";
import type { CacheOptions } from "./options.js";

export * from "./public.js";

/**
 * A compiled module: `WebAssembly.Module` where types know of it.
 *
 * @example
 * ```ts
 * const module: EngineModule = await WebAssembly.compile(engine);
 * assert(withModule(module).memoize(() => 7)() === 7);
 * ```
 */
export type EngineModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer M } } } ? M : object;

/**
 * What the package's main entry exports, over an engine of its own; {@link withModule} makes one.
 *
 * @example
 * ```ts
 * const slim: Package = withModule(await WebAssembly.compile(engine));
 * const users = slim.createCache<string>({ ttl: "5m" });
 * users.set("7", "Ada");
 * assert(users.get("7") === "Ada");
 * ```
 */
export interface Package {
  /** A new cache in memory; see `createCache` of the main entry. */
  readonly createCache: typeof entry.createCache;
  /** A function that remembers what `fn` returned; see `memoize` of the main entry. */
  readonly memoize: typeof entry.memoize;
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
  checkModule(module);
  const engine = engineOf(module);
  return {
    createCache: ((options: CacheOptions<unknown> = {}) => openCache(engine, options)) as unknown as typeof entry.createCache,
    memoize: ((fn: Callable, options: MemoizeOptions<Callable> = {}) =>
      memoizeWith(engine, fn, options)) as typeof entry.memoize,
  };
}

/** Refuses what stands in the place of a module, and says what makes one of it. */
function checkModule(given: unknown): void {
  if (Object.prototype.toString.call(given) === "[object WebAssembly.Module]") return;
  const isBytes = given instanceof ArrayBuffer || ArrayBuffer.isView(given);
  const what = isBytes ? "it is bytes" : `it is ${show(given)}`;
  const advice = given instanceof Promise ? "await it" : "use what WebAssembly.compile makes of cachefn-wasm/engine.wasm";
  throw misconfigured("use module", `${what}; ${advice}`);
}
