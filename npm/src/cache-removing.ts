//! What a user of a cache can remove.

import type { Patterns } from "./glob.js";
import type { Key } from "./key.js";

/**
 * What `invalidateByTag` and its like can be told.
 *
 * @example
 * ```ts
 * cache.set("user:7", user, { tags: ["users"], staleIfError: "1h" });
 * cache.invalidateByTag("users", { mode: "expire" });
 * assert(!cache.has("user:7"));
 * const stale = cache.getOrFetch("user:7", () => {
 *   throw new Error("down");
 * });
 * assert(stale === user);
 * ```
 */
export interface InvalidateOptions {
  /**
   * `"remove"` unless said. With `"expire"` entries become stale instead, so that `staleWhileRevalidate`
   * and `staleIfError` may still use them; those without such a window leave.
   */
  readonly mode?: "remove" | "expire" | undefined;
}

/** How entries leave. Whatever is being fetched for them is not stored afterwards. */
export interface Removing {
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
   * Makes the entry under `key` stale now; whether it was fresh. One without a stale window leaves.
   *
   * @example
   * ```ts
   * cache.set("a", 1, { staleIfError: "1h" });
   * assert(cache.expire("a") && cache.get("a") === undefined);
   * const stale = cache.getOrFetch("a", () => {
   *   throw new Error("down");
   * });
   * assert(stale === 1);
   * ```
   */
  expire(key: Key): boolean;

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
   * Drops all dead entries now; how many. Otherwise they leave little by little, with writes.
   *
   * @example
   * ```ts
   * cache.set("user:7", user, { tags: ["users"] });
   * cache.invalidateByTag("users");
   * assert(cache.purge() === 1);
   * ```
   */
  purge(): number;

  /**
   * Removes the entries under many keys; how many living ones were there.
   *
   * @example
   * ```ts
   * cache.set("a", 1);
   * assert(cache.deleteMany(["a", "b"]) === 1);
   * ```
   */
  deleteMany(keys: Iterable<Key>): number;

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
  invalidateByTag(tag: string, options?: InvalidateOptions): void;

  /**
   * {@link Cache.invalidateByTag} of several tags, told and counted as one.
   *
   * @example
   * ```ts
   * cache.set("user:7", user, { tags: ["users"] });
   * cache.invalidateByTags(["users", "teams"], { mode: "expire" });
   * assert(!cache.has("user:7"));
   * ```
   */
  invalidateByTags(tags: Iterable<string>, options?: InvalidateOptions): void;

  /**
   * Removes every entry whose key's text matches a pattern, or one of a list; how many. Looks at every key.
   *
   * @throws {CachefnError} code `glob` when the pattern cannot be parsed.
   *
   * @example
   * ```ts
   * cache.set("user:7", user);
   * assert(cache.invalidateByPattern("user:*") === 1);
   * ```
   */
  invalidateByPattern(patterns: Patterns, options?: InvalidateOptions): number;
}
