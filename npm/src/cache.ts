//! What a user sees of a cache.

import type { EventKind, Listener } from "./events.js";
import type { FetchContext } from "./flight.js";
import type { Glob } from "./glob.js";
import type { Key } from "./key.js";
import type { EntryOptions } from "./options.js";
import type { Stats } from "./stats.js";

/**
 * A cache in memory. Values are the caller's own objects, not copies.
 *
 * `undefined` and `null` are values like others; {@link Cache.has} tells a stored `undefined` from none.
 */
export interface Cache<V> {
  /**
   * The value under `key`, or `undefined`. Counts a hit or a miss.
   *
   * @example
   * ```ts
   * cache.set("a", 1);
   * assert(cache.get("a") === 1 && cache.get("b") === undefined);
   * ```
   */
  get(key: Key): V | undefined;

  /**
   * The value under `key`, or `undefined`, without counting and without being a use.
   *
   * @example
   * ```ts
   * cache.peek("a");
   * assert(cache.stats().misses === 0);
   * ```
   */
  peek(key: Key): V | undefined;

  /**
   * Whether there is a living entry under `key`. Counts nothing.
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
   * @throws {CachefnError} code `config` for wrong options; code `unavailable` when memory is refused.
   *
   * @example
   * ```ts
   * cache.set("user:7", user, { ttl: "5m", tags: ["users"] });
   * ```
   */
  set(key: Key, value: V, options?: EntryOptions): void;

  /**
   * Removes the entry under `key`; whether a living one was there.
   *
   * @example
   * ```ts
   * cache.set("a", 1);
   * assert(cache.delete("a") && !cache.delete("a"));
   * ```
   */
  delete(key: Key): boolean;

  /**
   * Removes everything. A value that is being fetched is not stored afterwards.
   *
   * @example
   * ```ts
   * cache.clear();
   * assert(cache.size === 0);
   * ```
   */
  clear(): void;

  /**
   * The value under `key`, or else what `fetcher` makes, which is then stored.
   *
   * A fetcher that returns a value makes this synchronous. While a promise is pending, everybody who
   * asks for the key gets that promise. What a fetcher throws or rejects with passes through and is
   * not stored; neither is a value whose key was written, deleted or invalidated meanwhile. A fetcher
   * that asks for its own key, before its first `await`, runs once more, uncached.
   *
   * With a fetcher that returns promises the answer may be a value or a promise: `await` it. It is a
   * promise for an `async` function and for a value that came by one; a value that was `set` and is
   * asked for with an ordinary function that returns a promise is that value.
   *
   * @throws {CachefnError} code `config` for wrong options.
   *
   * @example
   * ```ts
   * const three = cache.getOrFetch("three", () => 3);
   * const user = await users.getOrFetch("7", async () => loadUser("7"), { ttl: "5m", tags: ["users"] });
   * ```
   */
  getOrFetch(key: Key, fetcher: (context: FetchContext) => PromiseLike<V>, options?: EntryOptions): Promise<V> | V;
  getOrFetch(key: Key, fetcher: (context: FetchContext) => V, options?: EntryOptions): V;
  getOrFetch(key: Key, fetcher: (context: FetchContext) => PromiseLike<V> | V, options?: EntryOptions): Promise<V> | V;

  /**
   * Makes every entry with the tag unreachable, however many there are, in constant time. They leave
   * later, with cause `tag`.
   *
   * @example
   * ```ts
   * cache.set("user:7", user, { tags: ["users"] });
   * cache.invalidateByTag("users");
   * assert(!cache.has("user:7"));
   * ```
   */
  invalidateByTag(tag: string): void;

  /**
   * Removes every entry whose key's text matches; how many. Looks at every key.
   *
   * @throws {CachefnError} code `glob` when the pattern cannot be parsed.
   *
   * @example
   * ```ts
   * cache.set("user:7", user);
   * assert(cache.invalidateByPattern("user:*") === 1);
   * ```
   */
  invalidateByPattern(pattern: string | Glob): number;

  /**
   * The keys of all living entries, or of those whose text matches, in no particular order.
   *
   * @throws {CachefnError} code `glob` when the pattern cannot be parsed.
   *
   * @example
   * ```ts
   * cache.set("user:7", user);
   * assert(cache.keys("user:?").length === 1);
   * ```
   */
  keys(pattern?: string | Glob): Key[];

  /** How many living entries there are. Reclaims the dead first. */
  readonly size: number;

  /**
   * What the cache has done so far.
   *
   * @example
   * ```ts
   * const { hits, misses, hitRate } = cache.stats();
   * ```
   */
  stats(): Stats;

  /**
   * Calls `listener` with each event of a kind, after the operation that caused it.
   *
   * @throws {CachefnError} code `config` for a kind that does not exist.
   *
   * @example
   * ```ts
   * cache.on("eviction", ({ key }) => console.log(`${key} had to go`));
   * ```
   */
  on(event: EventKind, listener: Listener): void;

  /**
   * Ends what {@link Cache.on} began with the same arguments.
   *
   * @example
   * ```ts
   * cache.off("eviction", listener);
   * ```
   */
  off(event: EventKind, listener: Listener): void;
}
