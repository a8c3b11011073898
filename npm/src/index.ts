//! The package for every place that may compile WebAssembly: Node, Deno, Bun, browsers.

import type { AsyncCache } from "./async-cache.js";
import type { AsyncCacheOptions } from "./async-options.js";
import type { AsyncMemoized, AsyncMemoizeOptions } from "./async-memoized.js";
import type { Cache } from "./cache.js";
import type { Key } from "./key.js";
import { inlineEngine } from "./load/inline.js";
import { memoizeWith } from "./memoize.js";
import type { Callable, Memoized, MemoizeOptions } from "./memoized.js";
import { openCache } from "./open.js";
import type { CacheOptions, Fetches } from "./options.js";

export * from "./public.js";

/**
 * A new cache in memory.
 *
 * Nothing is reserved for `maxEntries`; a cache that is dropped frees its memory.
 *
 * @throws {CachefnError} code `config` for an option that cannot work or does not exist; code
 * `unavailable` where WebAssembly must not be compiled or memory is refused.
 *
 * @example
 * ```ts
 * const cache = createCache<number>({ maxEntries: 1000, ttl: "5m" });
 * cache.set("a", 1);
 * assert(cache.get("a") === 1);
 * ```
 */
export function createCache<V>(options: AsyncCacheOptions<V> & Fetches<PromiseLike<V> | V, V>): AsyncCache<V, V>;
export function createCache<V>(options: AsyncCacheOptions<V>): AsyncCache<V>;
export function createCache<V>(options: CacheOptions<V> & Fetches<PromiseLike<V>, V>): Cache<V, Promise<V> | V>;
export function createCache<V>(options: CacheOptions<V> & Fetches<V, V>): Cache<V, V>;
export function createCache<V>(options?: CacheOptions<V>): Cache<V>;
export function createCache<V>(options: CacheOptions<V> = {}): never {
  return openCache(inlineEngine(), options) as never;
}

/**
 * A function that remembers what `fn` returned, and otherwise behaves as `fn` does.
 *
 * All arguments count, by value: `{ a, b }` is `{ b, a }`, `1` is not `"1"`, `f(1)` is not
 * `f(1, undefined)`; `this` does not. What is the same number is the same argument: `-0` is `0`, `7n` is
 * `7`. A call with arguments that cannot be compared so, such as instances of classes, runs uncached, and an
 * `error` event with cause `key` tells of it: see the options `key` and `weakKeys`. In its cache an entry is
 * found under the text of its arguments, in which texts are quoted: `key` gives it.
 *
 * While a promise is pending, all who call with the same arguments wait for that one; thenables of other
 * kinds come back as promises. Declare a function that returns promises `async`: of another one nobody knows
 * before its first call, and until then a value that you `set` yourself comes back as it is. A function that
 * calls itself with its own arguments after an `await` waits for itself: `loadTimeout` ends that.
 *
 * What `fn` throws or rejects with passes through and is not remembered, unless `cacheErrors` says so.
 * Nothing that is wrong with the cache makes a call fail, except what `key` and `tags` throw.
 *
 * @throws {CachefnError} code `config` for an option that cannot work or does not exist, for a class and
 * for a generator, whose results can be read only once.
 *
 * @example
 * ```ts
 * const area = memoize((w: number, h: number) => w * h, { maxEntries: 1000 });
 * assert(area(2, 3) === 6);
 * assert(area.cache.get(area.key(2, 3)) === 6);
 *
 * const greeting = memoize((name: string) => `hello ${name}`);
 * greeting("user:7");
 * assert(greeting.key("user:7") === '"user:7"' && greeting.cache.has(greeting.key("user:7")));
 * assert(greeting.cache.invalidateByPattern("*user:*") === 1);
 * ```
 */
export function memoize<F extends Callable>(fn: F, options: AsyncMemoizeOptions<F> & { key?: undefined }): AsyncMemoized<F>;
export function memoize<F extends Callable, K extends Key = Key>(fn: F, options: AsyncMemoizeOptions<F, K>): AsyncMemoized<F, K>;
export function memoize<F extends Callable>(fn: F, options?: MemoizeOptions<F> & { key?: undefined }): Memoized<F>;
export function memoize<F extends Callable, K extends Key = Key>(fn: F, options: MemoizeOptions<F, K>): Memoized<F, K>;
export function memoize<F extends Callable>(fn: F, options: MemoizeOptions<F> = {}): never {
  return memoizeWith(inlineEngine(), fn, options) as never;
}
