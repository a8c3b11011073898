//! What a user of an asynchronous cache can remove.

import type { InvalidateOptions } from "./cache-removing.js";
import type { Patterns } from "./glob.js";
import type { Key } from "./key.js";

/**
 * How entries leave all tiers: memory at once; the promises are fulfilled when the storage has accepted it, and
 * then those who share a bus are told. Whatever is read or fetched meanwhile is not stored.
 *
 * While the storage is down they are fulfilled, too: what it has to forget waits, it is never given up for a write,
 * and until then only others can still find it there. `flush` is fulfilled when they cannot.
 */
export interface AsyncRemoving {
  /**
   * Removes the entry under `key`; whether a tier had one.
   *
   * @example
   * ```ts
   * await shared.set("a", 1);
   * assert((await shared.delete("a")) && !(await shared.delete("a")));
   * ```
   */
  delete(key: Key): Promise<boolean>;

  /**
   * Removes the entries under many keys, with one call of the storage; how many there were.
   *
   * @example
   * ```ts
   * await shared.set("a", 1);
   * assert((await shared.deleteMany(["a", "b"])) === 1);
   * ```
   */
  deleteMany(keys: Iterable<Key>): Promise<number>;

  /**
   * Makes the entry under `key` stale now; whether it was fresh. One without a stale window leaves.
   *
   * @example
   * ```ts
   * await shared.set("a", 1, { staleIfError: "1h" });
   * assert(await shared.expire("a"));
   * const stale = await shared.getOrFetch("a", () => Promise.reject(new Error("down")));
   * assert(stale === 1);
   * ```
   */
  expire(key: Key): Promise<boolean>;

  /**
   * Removes everything of this name. The storage forgets at once, and gives its space back later.
   *
   * @example
   * ```ts
   * await shared.set("a", 1);
   * await shared.clear();
   * assert(!(await shared.has("a")));
   * ```
   */
  clear(): Promise<void>;

  /**
   * Drops all that is dead in all tiers; how many entries and rows. Otherwise they leave little by little.
   *
   * @throws {CachefnError} code `unavailable` when the storage cannot be asked.
   *
   * @example
   * ```ts
   * assert((await shared.purge()) === 0);
   * ```
   */
  purge(): Promise<number>;

  /**
   * Makes every entry with the tag unreachable, in all tiers, however many there are, with one call of the
   * storage.
   *
   * @throws {CachefnError} code `unavailable` when more tags than `maxPending` would wait for a storage that is down.
   *
   * @example
   * ```ts
   * await shared.set("user:7", user, { tags: ["users"] });
   * await shared.invalidateByTag("users");
   * assert(!(await shared.has("user:7")));
   * ```
   */
  invalidateByTag(tag: string, options?: InvalidateOptions): Promise<void>;

  /**
   * {@link AsyncRemoving.invalidateByTag} of several tags, with one call of the storage.
   *
   * @example
   * ```ts
   * await shared.set("user:7", user, { tags: ["users"] });
   * await shared.invalidateByTags(["users", "teams"], { mode: "expire" });
   * assert(!(await shared.has("user:7")));
   * ```
   */
  invalidateByTags(tags: Iterable<string>, options?: InvalidateOptions): Promise<void>;

  /**
   * Removes every entry whose key matches a pattern, or one of a list; how many, at least. Walks over all rows
   * of this name. What this cache writes meanwhile stays; what others write meanwhile may go.
   *
   * @throws {CachefnError} code `glob` when the pattern cannot be parsed.
   *
   * @example
   * ```ts
   * await shared.set("user:7", user);
   * assert((await shared.invalidateByPattern("user:*")) === 1);
   * ```
   */
  invalidateByPattern(patterns: Patterns, options?: InvalidateOptions): Promise<number>;
}
