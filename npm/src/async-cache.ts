//! What a user sees of a cache that keeps its entries in a storage.

import type { AsyncRemoving } from "./async-removing.js";
import type { AsyncWatching } from "./async-watching.js";
import type { AsyncEntryOptions, AsyncFetchOptions } from "./async-options.js";
import type { Entries } from "./cache.js";
import type { FetchContext } from "./context.js";
import type { Key } from "./key.js";

/**
 * A cache in memory with a storage behind it, which others may share. What one `get` gives is `G`.
 *
 * Reads ask memory first, then the storage; writes are done when memory has them, and reach the storage
 * soon after: {@link AsyncCache.flush} waits for that. Values in memory are the caller's own objects; what
 * comes from the storage is a copy.
 *
 * Keys are texts: `7` and `"7"` are one. While the storage is down the cache is degraded: memory serves, and
 * {@link AsyncCache.getOrFetch} and memoised functions go on with their fetcher. Writes, removals and invalidations
 * wait and are done in order when the storage answers again; reads from here find nothing meanwhile that one of them
 * takes. They wait in memory, so that what waits when the program ends is lost: {@link AsyncCache.flush} tells. An
 * operation that has to know what the storage holds is rejected with an error of the code `unavailable`. Events of
 * the kinds `error` and `state` tell of all that, and {@link AsyncStats.state}.
 *
 * @example
 * ```ts
 * const users = createCache<User>({ name: "users", storage: memoryStorage(), ttl: "5m" });
 * await users.set("user:7", user);
 * await users.flush();
 * assert((await users.get("user:7")) === user);
 * ```
 */
export interface AsyncCache<V, G = V | undefined> extends AsyncRemoving, AsyncWatching<V> {
  /**
   * The fresh value under `key` in any tier, or `undefined`; in a cache with a `fetcher`, what that makes of an
   * absent key. Counts a hit or a miss. What only the storage has goes to memory, for the time it has left.
   *
   * @throws {CachefnError} code `key` for what is neither text nor number, as every operation does; code
   * `unavailable` when memory does not have it and the storage cannot be asked.
   *
   * @example
   * ```ts
   * await shared.set("a", 1);
   * assert((await shared.get("a")) === 1 && (await shared.get("b")) === undefined);
   * ```
   */
  get(key: Key): Promise<G>;

  /**
   * The fresh value under `key` in any tier, or `undefined`, without counting, and without a change of memory.
   *
   * @throws {CachefnError} as {@link AsyncCache.get}.
   *
   * @example
   * ```ts
   * await shared.peek("a");
   * assert(shared.stats().misses === 0);
   * ```
   */
  peek(key: Key): Promise<V | undefined>;

  /**
   * Whether a fresh entry is under `key` in any tier. Counts nothing.
   *
   * @throws {CachefnError} as {@link AsyncCache.get}.
   *
   * @example
   * ```ts
   * await shared.set("a", undefined);
   * assert(await shared.has("a"));
   * ```
   */
  has(key: Key): Promise<boolean>;

  /**
   * Stores a value: fulfilled when memory has it and it is on its way to the storage. When `maxPending` writes
   * are on their way already, it waits for them; it does not wait for a storage that is down. That the storage did not take it is told by an `error` event
   * and by {@link AsyncCache.flush}. To an invalidation in another process it is as new as its arrival in the storage:
   * only after a `flush` does every later one end it. A `ttl` of zero stores nothing and removes what was there.
   *
   * @throws {CachefnError} as `set` of a cache in memory; the storage may have it then.
   *
   * @example
   * ```ts
   * await shared.set("user:7", user, { ttl: "5m", tags: ["users"] });
   * ```
   */
  set(key: Key, value: V, options?: AsyncEntryOptions): Promise<void>;

  /**
   * Stores a value if no tier has a fresh one; whether it did. Of those who share the storage in other
   * processes, several may: it is asked before.
   *
   * @throws {CachefnError} as {@link AsyncCache.set}, and code `unavailable` when the storage cannot be asked.
   *
   * @example
   * ```ts
   * assert((await shared.setIfAbsent("a", 1)) && !(await shared.setIfAbsent("a", 2)));
   * ```
   */
  setIfAbsent(key: Key, value: V, options?: AsyncEntryOptions): Promise<boolean>;

  /**
   * Puts what `change` makes of the fresh value of any tier in its place, and returns that. Tags and times
   * stay. `change` is given `undefined` where no value is, and may return that to remove the entry.
   *
   * @throws {CachefnError} as {@link AsyncCache.set}; code `reentrant` when `change` changes its own key too.
   *
   * @example
   * ```ts
   * await shared.update("visits", (old) => (old ?? 0) + 1);
   * assert((await shared.update("visits", (old) => (old ?? 0) + 1)) === 2);
   * ```
   */
  update(key: Key, change: (old: V | undefined) => V | undefined): Promise<V | undefined>;

  /**
   * What {@link AsyncCache.get} gives for each key, in their order. The storage is asked once for all.
   *
   * @throws {CachefnError} as {@link AsyncCache.get}.
   *
   * @example
   * ```ts
   * await shared.setMany([["a", 1], ["b", 2]]);
   * assert((await shared.getMany(["b", "c"])).join() === "2,");
   * ```
   */
  getMany(keys: Iterable<Key>): Promise<G[]>;

  /**
   * Stores many values. What cannot be stored does not keep the others from it.
   *
   * @throws {CachefnError} as {@link AsyncCache.set}, for the first that could not be stored.
   *
   * @example
   * ```ts
   * await shared.setMany(new Map([["a", 1], ["b", 2]]), { ttl: "5m" });
   * assert((await shared.size()) === 2);
   * ```
   */
  setMany(entries: Entries<V>, options?: AsyncEntryOptions): Promise<void>;

  /**
   * The value under `key` of any tier, or else what `fetcher` makes, which is then stored in all.
   *
   * Everybody who asks while it is made gets the same promise. What a fetcher throws or rejects with passes
   * through and is not stored; neither is a value whose key was written, deleted or invalidated meanwhile.
   * Tags are protected from before the fetcher begins, those that it names itself from then on. A fetcher that
   * asks for its own key before its first `await` runs once more, uncached; after it, it waits for itself
   * until a `loadTimeout` ends that. A storage that fails is no failure of this.
   *
   * A stale value is returned where {@link AsyncEntryOptions} allow that.
   *
   * @throws {CachefnError} code `config` for wrong options; code `timeout` where a `loadTimeout` says so.
   *
   * @example
   * ```ts
   * const found = await shared.getOrFetch("user:7", ({ signal }) => loadUser("7", { signal }), { tags: ["users"] });
   * assert(found === user);
   * ```
   */
  getOrFetch(key: Key, fetcher?: (context: FetchContext<V>) => PromiseLike<V> | V, options?: AsyncFetchOptions): Promise<V>;

  /**
   * Fills memory ahead with what the storage has, or `fetcher` (or the cache's own) makes, of each key that
   * memory has no fresh value for; how many it made.
   *
   * @throws What the fetcher throws or rejects with.
   *
   * @example
   * ```ts
   * assert((await shared.warm([1, 2, 3], async (key) => Number(key) ** 2)) === 3);
   * assert((await shared.get(3)) === 9);
   * ```
   */
  warm(keys: Iterable<Key>, fetcher?: (key: Key, context: FetchContext<V>) => PromiseLike<V> | V): Promise<number>;

  /**
   * Fulfilled when all that was written, removed and invalidated before is in the storage. What waits because the
   * storage was down is tried again at once.
   *
   * @throws {CachefnError} the first failure since the last time by which a write was lost; code `unavailable`, and
   * how much waits, while the storage is down.
   *
   * @example
   * ```ts
   * await shared.set("a", 1);
   * await shared.flush();
   * assert(shared.stats().pending === 0);
   * ```
   */
  flush(): Promise<void>;

  /**
   * Ends the cache: memory is given back at once, what is on its way to the storage arrives, and then its
   * connections are let go of. What still waits then because the storage is down is lost. A function that was memoised with it runs uncached.
   *
   * @throws {CachefnError} as {@link AsyncCache.flush}; closed is it all the same.
   *
   * @example
   * ```ts
   * const brief = createCache<number>({ name: "brief", storage: memoryStorage() });
   * await brief.close();
   * const end = await brief.set("a", 1).catch((error) => error.code);
   * assert(end === "unsupported");
   * ```
   */
  close(): Promise<void>;
}
