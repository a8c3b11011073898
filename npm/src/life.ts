//! How long entries live, as their cache or they themselves were told.

import { checkNames } from "./checks.js";
import { misconfigured } from "./errors.js";
import type { Signal } from "./signal.js";
import { type Duration, milliseconds } from "./time.js";

/** How long entries live. */
export interface Lifetime {
  /** How long an entry is fresh; without it, until it is evicted. Zero stores nothing. */
  readonly ttl?: Duration | undefined;
  /** How long an entry lives after each use, never longer than its `ttl`. A `peek` is no use. */
  readonly tti?: Duration | undefined;
  /**
   * For how long after its `ttl` an entry may still be returned by `getOrFetch` while another is fetched.
   * A fetcher that returns a promise refreshes in the background; for one that returns a value, the caller
   * that meets the stale entry waits for the new one.
   */
  readonly staleWhileRevalidate?: Duration | undefined;
  /** For how long after its `ttl` an entry may still be returned by `getOrFetch` when its fetcher fails. */
  readonly staleIfError?: Duration | undefined;
}

/**
 * What one entry can be told; what is not said is taken from the cache.
 *
 * @example
 * ```ts
 * cache.set("user:7", user, { ttl: "5m", staleIfError: "1h", tags: ["users"] });
 * ```
 */
export interface EntryOptions extends Lifetime {
  /** Names under which the entry can be invalidated together with others. */
  readonly tags?: readonly string[] | undefined;
}

/**
 * What one `getOrFetch` can be told.
 *
 * @example
 * ```ts
 * const waiting = new AbortController();
 * const options: FetchOptions = { ttl: "5m", tags: ["users"], signal: waiting.signal };
 * const fetched = cache.getOrFetch("user:7", async () => user, options);
 * waiting.abort("not wanted any more");
 * const end = await fetched.catch((reason) => reason);
 * assert(end === "not wanted any more");
 * ```
 */
export interface FetchOptions extends EntryOptions {
  /**
   * Ends this caller's wait for a promise, which is then rejected with the signal's reason. When the last
   * of all who wait has ended its wait, the signal of the fetcher's context is aborted, and what it still
   * makes is not stored.
   */
  readonly signal?: Signal | undefined;
}

/** Checked lifetimes, in milliseconds; `Infinity` for no end. */
export interface Life {
  readonly ttl: number;
  /** The `ttl` of `undefined` and `null`. */
  readonly negative: number;
  readonly tti: number;
  readonly revalidates: number;
  readonly bridges: number;
  /** Whether the time matters. */
  readonly isLimited: boolean;
  /** Whether there is more than a `ttl`. */
  readonly isSpecial: boolean;
}

/** The life that the options of an entry ask for, and where they are silent those of its cache. */
export function entryLife(options: FetchOptions | undefined, life: Life, operation: string): Life {
  if (options === undefined) return life;
  checkNames(options, operation === "getOrFetch" ? FETCH_OPTIONS : ENTRY_OPTIONS, operation);
  return options.ttl === undefined && !isSpecial(options) ? life : lifeOf(options, undefined, life, operation);
}

/** The life that the options of a cache ask for. */
export function cacheLife(options: Lifetime, negativeTtl: Duration | undefined, operation: string): Life {
  return lifeOf(options, negativeTtl, ENDLESS, operation);
}

/** The same life with another `ttl`, for every value. */
export function withTtl(life: Life, ttl: number): Life {
  return { ...life, ttl, negative: ttl, isLimited: ttl < ENDLESS.ttl || life.tti < ENDLESS.tti };
}

/** A life of so many milliseconds, and nothing else. */
export function plainLife(ttl: number): Life {
  return withTtl(ENDLESS, ttl);
}

function lifeOf(options: Lifetime, negativeTtl: Duration | undefined, base: Life, operation: string): Life {
  const length = (duration: Duration | undefined, otherwise: number, name: string): number =>
    duration === undefined ? otherwise : milliseconds(duration, operation, name);
  const ttl = length(options.ttl, base.ttl, "ttl");
  const negative = length(negativeTtl, options.ttl === undefined && base !== ENDLESS ? base.negative : ttl, "negativeTtl");
  const tti = length(options.tti, base.tti, "tti");
  if (options.tti !== undefined && tti > ttl && tti !== ENDLESS.tti) {
    throw misconfigured(operation, "tti is longer than ttl, so it would never end an entry; use a shorter one");
  }
  const revalidates = length(options.staleWhileRevalidate, base.revalidates, "staleWhileRevalidate");
  const bridges = length(options.staleIfError, base.bridges, "staleIfError");
  const isEndless = Math.min(ttl, negative, tti) === Number.POSITIVE_INFINITY;
  const isPlain = tti === Number.POSITIVE_INFINITY && revalidates === 0 && bridges === 0;
  return { ttl, negative, tti, revalidates, bridges, isLimited: !isEndless, isSpecial: !isPlain };
}

function isSpecial({ tti, staleWhileRevalidate, staleIfError }: Lifetime): boolean {
  return tti !== undefined || staleWhileRevalidate !== undefined || staleIfError !== undefined;
}

const ENDLESS: Life = {
  ttl: Number.POSITIVE_INFINITY,
  negative: Number.POSITIVE_INFINITY,
  tti: Number.POSITIVE_INFINITY,
  revalidates: 0,
  bridges: 0,
  isLimited: false,
  isSpecial: false,
};

const ENTRY_OPTIONS = ["ttl", "tti", "staleWhileRevalidate", "staleIfError", "tags"];
const FETCH_OPTIONS = [...ENTRY_OPTIONS, "signal"];
