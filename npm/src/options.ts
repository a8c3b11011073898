//! The settings of caches and memoised functions, checked once.

import { checkFunction, checkNames, checkPart, checkWhole, checkWord } from "./checks.js";
import type { FetchContext } from "./context.js";
import { MOST_ENTRIES, POLICIES, type Policy } from "./engine/codes.js";
import type { Bounds } from "./engine/engine.js";
import { misconfigured } from "./errors.js";
import type { Key } from "./key.js";
import { cacheLife, type Life, type Lifetime } from "./life.js";
import { type Clock, type Duration, milliseconds } from "./time.js";

/** What `createCache` and `memoize` can both be told. */
export interface CommonOptions<V = unknown> extends Lifetime {
  /**
   * How many entries there are at most: 10,000 unless said, any number if only `maxWeight` is said. No
   * cache holds more than 50,331,648.
   */
  readonly maxEntries?: number | undefined;
  /** What all entries may weigh together, in the unit of `weigh`. What is heavier than that is not stored. */
  readonly maxWeight?: number | undefined;
  /** What an entry weighs, asked once per write; parts of a unit count as a whole one. */
  readonly weigh?: ((key: Key, value: V) => number) | undefined;
  /** Which entry leaves a full cache; `"adaptive"` unless said. */
  readonly policy?: Policy | undefined;
  /** How long `undefined` and `null` are fresh, instead of `ttl`. */
  readonly negativeTtl?: Duration | undefined;
  /**
   * Shortens each `ttl` by a random part of itself between 0 and this, so that entries written together do
   * not all end together. From 0 to 1, 0 unless said; the same with the same `seed`.
   */
  readonly jitter?: number | undefined;
  /**
   * From this part of its `ttl` on (0 to 1), an entry that is asked for with a fetcher is fetched anew: in
   * the background by a fetcher that returns a promise, otherwise by the caller.
   */
  readonly refreshAfter?: number | undefined;
  /**
   * For how long a failure of a fetcher is remembered and thrown again, if it returns a length of time.
   * Without it no failure is remembered.
   */
  readonly cacheErrors?: ((error: unknown) => Duration | undefined) | undefined;
  /**
   * How long the promise of a fetcher may be waited for. Then all who wait get an error of the code
   * `timeout`, or the stale value that `staleIfError` allows, and the next caller fetches anew. Its timer
   * keeps no program alive: one that waits for nothing else ends before it.
   */
  readonly loadTimeout?: Duration | undefined;
  /**
   * How long the promise of a fetcher is waited for where `staleIfError` allows a stale value: then that is
   * returned, and the fetcher goes on.
   */
  readonly softTimeout?: Duration | undefined;
  /** Where time comes from; the machine unless said. */
  readonly clock?: Clock | undefined;
  /**
   * Makes evictions repeatable, for tests. Without it the hashes of keys are seeded at random, which
   * protects against keys made to collide.
   */
  readonly seed?: number | undefined;
}

/**
 * What `createCache` can be told.
 *
 * @example
 * ```ts
 * const pages = createCache<string>({ maxWeight: 1_000_000, weigh: (url, text) => text.length, ttl: "1h" });
 * pages.set("/", "<p>hello</p>");
 * assert(pages.stats().weight === 12);
 * ```
 */
export interface CacheOptions<V = unknown> extends CommonOptions<V> {
  /** Makes the value of a key that is not there, so that a plain `get` reads through. */
  readonly fetcher?: ((key: Key, context: FetchContext<V>) => PromiseLike<V> | V) | undefined;
}

/** A cache with a fetcher of its own. */
export interface Fetches<R, V> {
  readonly fetcher: (key: Key, context: FetchContext<V>) => R;
}

/** Checked settings of a cache. */
export interface Settings extends Bounds {
  /** Who loads, in errors. */
  readonly loader: string;
  readonly life: Life;
  readonly weigh: ((key: Key, value: unknown) => number) | undefined;
  readonly jitter: number;
  /** 1 for never. */
  readonly refreshAfter: number;
  readonly cacheErrors: ((error: unknown) => Duration | undefined) | undefined;
  readonly loadTimeout: number;
  readonly softTimeout: number;
  readonly fetcher: ((key: Key, context: FetchContext<never>) => unknown) | undefined;
  readonly clock: Clock | undefined;
  readonly seed: number | undefined;
}

/** The settings that `options` ask for, of which those that `also` names are no business of this function. */
export function settings(options: CommonOptions<never>, operation: string, also: readonly string[] = []): Settings {
  checkNames(options, [...COMMON_OPTIONS, ...also], operation);
  const { maxWeight, weigh, policy = "adaptive", jitter = 0, refreshAfter = 1, cacheErrors, clock, seed } = options;
  const { maxEntries = maxWeight === undefined ? 10_000 : 0, loadTimeout, softTimeout, negativeTtl } = options;
  const { fetcher } = options as CacheOptions<never>;
  if (options.maxEntries !== undefined) checkWhole(maxEntries, 1, MOST_ENTRIES, operation, "maxEntries");
  if (maxWeight !== undefined) checkWhole(maxWeight, 1, Number.MAX_SAFE_INTEGER, operation, "maxWeight");
  checkFunction(weigh, operation, "weigh");
  if ((maxWeight === undefined) !== (weigh === undefined)) {
    throw misconfigured(operation, "maxWeight and weigh need each other; give both or neither");
  }
  checkWord(policy, POLICIES, operation, "policy");
  checkPart(jitter, operation, "jitter");
  checkPart(refreshAfter, operation, "refreshAfter");
  checkFunction(cacheErrors, operation, "cacheErrors");
  checkFunction(fetcher, operation, "fetcher");
  if (clock !== undefined && (typeof clock?.monoMs !== "function" || typeof clock.wallMs !== "function")) {
    throw misconfigured(operation, "clock needs the functions monoMs() and wallMs()");
  }
  if (seed !== undefined && !Number.isInteger(seed)) {
    throw misconfigured(operation, `seed is ${String(seed)}; use a whole number`);
  }
  return {
    loader: operation === "create cache" ? "getOrFetch" : operation,
    maxEntries,
    maxWeight: maxWeight ?? 0,
    policy,
    life: cacheLife(options, negativeTtl, operation),
    weigh: weigh as Settings["weigh"],
    jitter,
    refreshAfter,
    cacheErrors,
    loadTimeout: milliseconds(loadTimeout ?? Number.POSITIVE_INFINITY, operation, "loadTimeout"),
    softTimeout: milliseconds(softTimeout ?? Number.POSITIVE_INFINITY, operation, "softTimeout"),
    fetcher: fetcher as Settings["fetcher"],
    clock,
    seed,
  };
}

const COMMON_OPTIONS = ["maxEntries", "maxWeight", "weigh", "policy", "ttl", "tti", "staleWhileRevalidate"]
  .concat(["staleIfError", "negativeTtl", "jitter", "refreshAfter", "cacheErrors", "loadTimeout", "softTimeout"])
  .concat(["clock", "seed"]);
