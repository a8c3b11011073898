//! What a user of a cache can see.

import type { EventKind, Listener } from "./events.js";
import type { Patterns } from "./glob.js";
import type { Key } from "./key.js";
import type { Stats } from "./stats.js";

/** How entries are listed and counted, and what is told of them. */
export interface Watching<V> {
  /**
   * The keys of all fresh entries, or of those whose text matches, in no particular order.
   *
   * @throws {CachefnError} code `glob` when the pattern cannot be parsed.
   *
   * @example
   * ```ts
   * cache.set("user:7", user);
   * assert(cache.keys("user:?").length === 1);
   * ```
   */
  keys(patterns?: Patterns): Key[];

  /**
   * The keys and values of all fresh entries, or of so many whose text matches, in no particular order.
   *
   * @throws {CachefnError} code `glob` when the pattern cannot be parsed.
   *
   * @example
   * ```ts
   * cache.set("user:7", user);
   * cache.set("team:1", "ours");
   * const [[key, value]] = cache.entries("user:*", 10);
   * assert(key === "user:7" && value === user);
   * ```
   */
  entries(patterns?: Patterns, limit?: number): [Key, V][];

  /** How many entries there are, the stale included. Reclaims the dead first. */
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
   * Counts from 0 again; what is in the cache stays.
   *
   * @example
   * ```ts
   * cache.get("a");
   * cache.resetStats();
   * assert(cache.stats().misses === 0);
   * ```
   */
  resetStats(): void;

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
  on(event: Exclude<EventKind, "state">, listener: Listener): void;

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
