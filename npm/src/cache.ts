//! What a user sees of a cache.

import type { Removing } from "./cache-removing.js";
import type { Watching } from "./cache-watching.js";
import type { FetchContext } from "./context.js";
import type { Key } from "./key.js";
import type { EntryOptions, FetchOptions } from "./life.js";

/** Keys with their values. */
export type Entries<V> = Iterable<readonly [Key, V]>;

/** What is read of many keys: a promise only where one of the answers is. */
export type Many<G> = [Extract<G, PromiseLike<unknown>>] extends [never] ? G[] : G[] | Promise<Awaited<G>[]>;

/**
 * A cache in memory. Values are the caller's own objects, not copies; `G` is what a `get` gives.
 *
 * `undefined` and `null` are values like others; {@link Cache.has} tells a stored `undefined` from none.
 * After {@link Cache.close} every operation but `stats` and `off` throws an error of the code `unsupported`.
 */
export interface Cache<V, G = V | undefined> extends Removing, Watching<V> {
  /**
   * The value under `key`, or `undefined`; in a cache with a `fetcher`, what that makes of an absent key.
   * Counts a hit or a miss. Without a fetcher a stale value is none: only {@link Cache.getOrFetch} gives those.
   *
   * @throws {CachefnError} code `key` for what is neither text nor number, as every operation does.
   *
   * @example
   * ```ts
   * cache.set("a", 1);
   * assert(cache.get("a") === 1 && cache.get("b") === undefined);
   * ```
   */
  get(key: Key): G;

  /**
   * The fresh value under `key`, or `undefined`, without counting and without being a use.
   *
   * @example
   * ```ts
   * cache.peek("a");
   * assert(cache.stats().misses === 0);
   * ```
   */
  peek(key: Key): V | undefined;

  /**
   * Whether there is a fresh entry under `key`. Counts nothing.
   *
   * @example
   * ```ts
   * cache.set("a", undefined);
   * assert(cache.has("a"));
   * ```
   */
  has(key: Key): boolean;

  /**
   * Stores a value; a full cache lets another entry go. New tags replace the old ones. A `ttl` of zero
   * stores nothing and removes what was there.
   *
   * @throws {CachefnError} code `config` for wrong options; code `too-heavy` when it weighs more than all
   * may together, and then the old value leaves; code `unavailable` when memory is refused.
   *
   * @example
   * ```ts
   * cache.set("user:7", user, { ttl: "5m", tags: ["users"] });
   * ```
   */
  set(key: Key, value: V, options?: EntryOptions): void;

  /**
   * Stores a value if no fresh one is there; whether it did, which with a `ttl` of zero it never does.
   *
   * @throws {CachefnError} as {@link Cache.set}.
   *
   * @example
   * ```ts
   * assert(cache.setIfAbsent("a", 1) && !cache.setIfAbsent("a", 2));
   * assert(cache.get("a") === 1);
   * ```
   */
  setIfAbsent(key: Key, value: V, options?: EntryOptions): boolean;

  /**
   * Puts what `change` makes of the value under `key` in its place, and returns that. Tags and lifetimes
   * stay, and it counts as a use. `change` is given `undefined` where no fresh value is, and may return
   * that to remove the entry. It runs again if it changes the key in another way too.
   *
   * @throws {CachefnError} code `reentrant` when it does so every time; otherwise as {@link Cache.set}.
   *
   * @example
   * ```ts
   * const visits = createCache<number>();
   * visits.update("/", (old = 0) => old + 1);
   * assert(visits.update("/", (old = 0) => old + 1) === 2);
   * ```
   */
  update(key: Key, change: (old: V | undefined) => V | undefined): V | undefined;

  /**
   * What {@link Cache.get} gives for each key, in their order.
   *
   * @example
   * ```ts
   * cache.setMany([["a", 1], ["b", 2]]);
   * assert(cache.getMany(["b", "c"]).join() === "2,");
   * ```
   */
  getMany(keys: Iterable<Key>): Many<G>;

  /**
   * Stores many values, in their order. What cannot be stored does not keep the others from it.
   *
   * @throws {CachefnError} as {@link Cache.set}, for the first that could not be stored.
   *
   * @example
   * ```ts
   * cache.setMany(new Map([["a", 1], ["b", 2]]), { ttl: "5m" });
   * assert(cache.size === 2);
   * ```
   */
  setMany(entries: Entries<V>, options?: EntryOptions): void;

  /**
   * The value under `key`, or else what `fetcher` makes, which is then stored.
   *
   * A fetcher that returns a value makes this synchronous. While a promise is pending, everybody who
   * asks for the key gets that promise. What a fetcher throws or rejects with passes through and is
   * not stored; neither is a value whose key was written, deleted or invalidated meanwhile. A fetcher
   * that asks for its own key, before its first `await`, runs once more, uncached; after it, it waits for
   * itself until a `loadTimeout` ends that.
   *
   * With a fetcher that returns promises the answer may be a value or a promise: `await` it. It is a
   * promise for an `async` function and for a value that came by one; a value that was `set` and is
   * asked for with an ordinary function that returns a promise is that value.
   *
   * A stale value is returned where {@link EntryOptions} allow that.
   *
   * @throws {CachefnError} code `config` for wrong options; code `timeout`, or a promise rejected with it,
   * where a `loadTimeout` says so.
   *
   * @example
   * ```ts
   * const three = cache.getOrFetch("three", () => 3);
   * const user = await users.getOrFetch("7", async () => loadUser("7"), { ttl: "5m", tags: ["users"] });
   * ```
   */
  getOrFetch(key: Key, fetcher: (context: FetchContext<V>) => PromiseLike<V>, options?: FetchOptions): Promise<V> | V;
  getOrFetch(key: Key, fetcher: (context: FetchContext<V>) => V, options?: FetchOptions): V;
  getOrFetch(key: Key, fetcher: (context: FetchContext<V>) => PromiseLike<V> | V, options?: FetchOptions): Promise<V> | V;

  /**
   * Fills the cache ahead with what `fetcher` (or the cache's own) makes of each key that has no fresh
   * value, all at the same time where it returns promises; how many it made. Counts no misses.
   *
   * @throws What the fetcher throws or rejects with.
   *
   * @example
   * ```ts
   * const squares = createCache<number>();
   * assert(squares.warm([1, 2, 3], (key) => Number(key) ** 2) === 3);
   * assert(squares.get(3) === 9);
   * ```
   */
  warm(keys: Iterable<Key>, fetcher: (key: Key, context: FetchContext<V>) => PromiseLike<V>): number | Promise<number>;
  warm(keys: Iterable<Key>, fetcher: (key: Key, context: FetchContext<V>) => V): number;
  warm(keys: Iterable<Key>): number | Promise<number>;

  /**
   * Ends the cache: its entries leave, its memory is given back, its listeners hear no more. Who waits for
   * a value still gets it. A function that was memoised with it runs uncached.
   *
   * @example
   * ```ts
   * const brief = createCache<number>();
   * brief.close();
   * try {
   *   brief.set("a", 1);
   * } catch (error) {
   *   assert(error.code === "unsupported");
   * }
   * ```
   */
  close(): void;
}
