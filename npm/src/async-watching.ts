//! What a user of an asynchronous cache can see.

import type { EventKind, Listener } from "./events.js";
import type { Patterns } from "./glob.js";
import type { Tier } from "./async-options.js";
import type { Snapshot } from "./snapshot.js";
import type { Stats } from "./stats.js";

/**
 * What an asynchronous cache has done since it was made. What only the storage had is a hit.
 *
 * @example
 * ```ts
 * await shared.get("a");
 * const { misses, storageMisses, storageFailures }: AsyncStats = shared.stats();
 * assert(misses === 1 && storageMisses === 1 && storageFailures === 0);
 * ```
 */
export interface AsyncStats extends Stats {
  /** Looks into the storage that found something fresh. */
  readonly storageHits: number;
  /** Looks that found nothing fresh. */
  readonly storageMisses: number;
  /** Calls of the storage that failed. */
  readonly storageFailures: number;
  /** Rows of the storage that could not be read. */
  readonly decodeFailures: number;
  /** Rows that were not used because they come from a clock that is ahead. */
  readonly skewed: number;
  /** Values lost because the storage was down for so long that they were too many for `maxPending` or `maxWeight`. */
  readonly dropped: number;
  /** Writes, removals and invalidations that the storage has not taken yet. */
  readonly pending: number;
  /** Whether the storage answers. */
  readonly state: CacheState;
}

/**
 * `"degraded"` while the storage is down: memory and fetchers serve, and what the storage is to be told waits.
 * `"recovering"` while that is done, `"healthy"` otherwise.
 *
 * @example
 * ```ts
 * const { state, pending } = shared.stats();
 * const now: CacheState = state;
 * assert(now === "healthy" && pending === 0);
 * ```
 */
export type CacheState = "healthy" | "degraded" | "recovering";

/** What one `hydrate` can be told. */
export interface HydrateOptions {
  /** Where the entries are put: into `"memory"` unless said. */
  readonly tier?: Tier | undefined;
}

/** How the entries in memory are listed and counted, and what is told of them. */
export interface AsyncWatching<V> {
  /**
   * The keys of all fresh entries in memory, or of those whose text matches.
   *
   * @throws {CachefnError} code `glob` when the pattern cannot be parsed.
   *
   * @example
   * ```ts
   * await shared.set("user:7", user);
   * assert((await shared.keys("user:?")).length === 1);
   * ```
   */
  keys(patterns?: Patterns): Promise<string[]>;

  /**
   * The keys and values of all fresh entries in memory, or of so many whose text matches.
   *
   * @throws {CachefnError} code `glob` when the pattern cannot be parsed.
   *
   * @example
   * ```ts
   * await shared.set("user:7", user);
   * const [[key, value]] = await shared.entries("user:*", 10);
   * assert(key === "user:7" && value === user);
   * ```
   */
  entries(patterns?: Patterns, limit?: number): Promise<[string, V][]>;

  /**
   * How many entries are in memory, the stale included.
   *
   * @example
   * ```ts
   * await shared.set("a", 1);
   * assert((await shared.size()) === 1);
   * ```
   */
  size(): Promise<number>;

  /**
   * What the cache has done so far.
   *
   * @example
   * ```ts
   * const { hits, storageHits, pending } = shared.stats();
   * ```
   */
  stats(): AsyncStats;

  /**
   * Counts from 0 again; what is in the cache stays.
   *
   * @example
   * ```ts
   * await shared.get("a");
   * shared.resetStats();
   * assert(shared.stats().misses === 0);
   * ```
   */
  resetStats(): void;

  /**
   * The fresh entries in memory as plain JSON, with their tags and what is left of their lives.
   *
   * @throws {CachefnError} code `codec` for a value that JSON cannot say, such as a `Date`; it names the key.
   *
   * @example
   * ```ts
   * await shared.set("a", 1, { ttl: "5m" });
   * const { entries } = await shared.dehydrate();
   * assert(entries.length === 1 && entries[0].key === "a");
   * ```
   */
  dehydrate(): Promise<Snapshot>;

  /**
   * Puts the entries of a snapshot into memory, for the time that they have left, where nothing fresh is; how
   * many. With a `tier` of `"both"` into the storage, too.
   *
   * @throws {CachefnError} code `config` for what is no snapshot.
   *
   * @example
   * ```ts
   * await shared.set("a", 1);
   * const snapshot = await shared.dehydrate();
   * await shared.clear();
   * assert((await shared.hydrate(snapshot)) === 1 && (await shared.get("a")) === 1);
   * ```
   */
  hydrate(snapshot: Snapshot, options?: HydrateOptions): Promise<number>;

  /**
   * Calls `listener` with each event of a kind, after what caused it. The cause of a `state` is the state that
   * has begun.
   *
   * @throws {CachefnError} code `config` for a kind that does not exist.
   *
   * @example
   * ```ts
   * shared.on("error", ({ key, cause }) => console.log(`${key}: ${cause}`));
   * ```
   */
  on(event: EventKind, listener: Listener): void;

  /**
   * Ends what {@link AsyncWatching.on} began with the same arguments.
   *
   * @example
   * ```ts
   * shared.off("error", listener);
   * ```
   */
  off(event: EventKind, listener: Listener): void;
}
