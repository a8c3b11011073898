//! The settings of caches, entries and memoised functions, checked once.

import { MOST_ENTRIES, POLICIES, type Policy } from "./engine/codes.js";
import { misconfigured } from "./errors.js";
import { type Clock, type Duration, milliseconds } from "./time.js";

/** What `createCache` can be told. */
export interface CacheOptions {
  /** How many entries the cache holds at most; 10,000 unless said. Nothing is reserved for them. */
  readonly maxEntries?: number | undefined;
  /** Which entry leaves a full cache; `"adaptive"` unless said. */
  readonly policy?: Policy | undefined;
  /** How long an entry lives unless it says otherwise; without it, until it is evicted. Zero stores nothing. */
  readonly ttl?: Duration | undefined;
  /** Where time comes from; the machine unless said. */
  readonly clock?: Clock | undefined;
  /**
   * Makes evictions repeatable, for tests. Without it the hashes of keys are seeded at random, which
   * protects against keys made to collide.
   */
  readonly seed?: number | undefined;
}

/** What one entry can be told. */
export interface EntryOptions {
  /** How long the entry lives, instead of the cache's `ttl`. */
  readonly ttl?: Duration | undefined;
  /** Names under which the entry can be invalidated together with others. */
  readonly tags?: readonly string[] | undefined;
}

/** Checked settings of a cache. */
export interface Settings {
  readonly maxEntries: number;
  readonly policy: Policy;
  readonly ttl: number;
  readonly clock: Clock | undefined;
  readonly seed: number | undefined;
}

/** Options of a cache and others that `also` names, as `operation` takes them. */
export function settings(options: CacheOptions, operation: string, also: readonly string[] = []): Settings {
  const names = [...CACHE_OPTIONS, ...also];
  checkNames(options, names, operation);
  const { maxEntries = 10_000, policy = "adaptive", ttl = Number.POSITIVE_INFINITY, clock, seed } = options;
  if (!Number.isInteger(maxEntries) || maxEntries < 1 || maxEntries > MOST_ENTRIES) {
    throw misconfigured(operation, `maxEntries is ${show(maxEntries)}; use a whole number from 1 to ${MOST_ENTRIES}`);
  }
  if (!POLICIES.includes(policy)) {
    throw misconfigured(operation, `policy is ${show(policy)}; ${advice(String(policy), POLICIES)}`);
  }
  if (clock !== undefined && (typeof clock?.monoMs !== "function" || typeof clock.wallMs !== "function")) {
    throw misconfigured(operation, "clock needs the functions monoMs() and wallMs()");
  }
  if (seed !== undefined && !Number.isInteger(seed)) {
    throw misconfigured(operation, `seed is ${show(seed)}; use a whole number`);
  }
  return { maxEntries, policy, ttl: milliseconds(ttl, operation, "ttl"), clock, seed };
}

/** The lifetime that `options` ask for, or else `ttl`. */
export function entryTtl(options: EntryOptions | undefined, ttl: number, operation: string): number {
  if (options === undefined) return ttl;
  checkNames(options, ENTRY_OPTIONS, operation);
  return options.ttl === undefined ? ttl : milliseconds(options.ttl, operation, "ttl");
}

/** Refuses a kind of event that never happens, and a listener that nobody can call. */
export function checkListener(kind: string, kinds: readonly string[], listener: unknown): void {
  if (!kinds.includes(kind)) throw misconfigured("on", `there is no event ${show(kind)}; ${advice(kind, kinds)}`);
  if (typeof listener !== "function") throw misconfigured("on", `the listener is ${show(listener)}; use a function`);
}

/** Refuses what is no tag. */
export function checkTag(tag: unknown): void {
  if (typeof tag !== "string") throw misconfigured("invalidateByTag", `the tag is ${show(tag)}; use a text`);
}

/** The tags as a list of texts; anything else is refused. */
export function tagList(tags: readonly string[] | undefined, operation: string): readonly string[] {
  if (tags === undefined) return NO_TAGS;
  if (!Array.isArray(tags) || !tags.every((tag) => typeof tag === "string")) {
    throw misconfigured(operation, `tags is ${show(tags)}; use a list of texts such as ["user:7", "users"]`);
  }
  return tags;
}

/** Refuses options that nobody would read, with the one that was meant. */
export function checkNames(options: object, known: readonly string[], operation: string): void {
  if (options === null || typeof options !== "object") {
    throw misconfigured(operation, `the options are ${show(options)}; use an object`);
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    throw misconfigured(operation, `there is no option ${show(name)}; ${advice(name, known)}`);
  }
}

/** A value in an error text; never a cached one. */
export function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : Array.isArray(value) ? "a list" : String(value);
}

/** What the word was probably meant to be, or all that would do. */
function advice(word: string, known: readonly string[]): string {
  const steps = known.map((name) => distance(word.toLowerCase(), name.toLowerCase()));
  const fewest = Math.min(...steps);
  return fewest <= 2 && fewest < word.length
    ? `did you mean ${show(known[steps.indexOf(fewest)])}?`
    : `use ${known.map((name) => show(name)).join(", ")}`;
}

/** Insertions, deletions and replacements from one word to the other (Levenshtein, 1966). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const replaced = (row[j - 1] as number) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[other.length] as number;
}

/** No tags. */
const NO_TAGS: readonly string[] = [];

const CACHE_OPTIONS = ["maxEntries", "policy", "ttl", "clock", "seed"];
const ENTRY_OPTIONS = ["ttl", "tags"];
