//! Drives a cache through a trace and compares answers, notices and counters.

import { expect } from "vitest";
import { type Cache, CachefnError, type CacheEvent, createCache, type EntryOptions, type FetchContext } from "../../src/index.js";
import { KINDS } from "../../src/events.js";
import { type ManualClock, manualClock } from "../../src/testing.js";
import { refuseOthers } from "./vectors.js";

// From here it is the packed package's where the facts are held against that.
export { createCache };

type Value = number | "nothing";
type Length = number | "endless";

interface Step {
  readonly op: string;
  readonly key: string;
  readonly keys: string[];
  readonly value: Value | null;
  readonly entries: [string, Value][];
  readonly sees?: Value | null;
  readonly weight?: number;
  readonly ttl_ms?: Length;
  readonly tti_ms?: Length;
  readonly stale_while_revalidate_ms?: Length;
  readonly stale_if_error_ms?: Length;
  readonly tags?: string[];
  readonly tag: string;
  readonly mode?: "remove" | "expire";
  readonly pattern?: string | string[];
  readonly limit?: number;
  readonly ms: number;
  readonly fetched?: Value;
  readonly fails?: boolean;
  readonly previous?: Value | null;
  readonly late_ttl_ms?: Length;
  readonly late_tag?: string;
  readonly skips?: boolean;
  readonly during?: Step[];
  readonly expect: unknown;
  readonly events?: Notice[] | "any";
  readonly unordered?: boolean;
}

type Notice = (string | number | null)[];

/** Runs a whole trace. */
export function runTrace(trace: Record<string, unknown>): void {
  refuseOthers(trace, ["rules", "cache", "steps"]);
  const run = new Run(trace["cache"] as Record<string, unknown>);
  const steps = trace["steps"] as Step[];
  expect(steps.length).toBeGreaterThan(0);
  steps.forEach((step, at) => run.step(step, `step ${at}`));
  run.finish();
}

class Run {
  readonly #clock: ManualClock = manualClock();
  readonly #cache: Cache<number | undefined>;
  #notices: Notice[] = [];
  /** What the value of the running step weighs. */
  #weight = 1;

  constructor(settings: Record<string, unknown>) {
    refuseOthers(settings, SETTINGS);
    const ms = (name: string): number | undefined => lifetime(settings[name] as Length | undefined);
    this.#cache = createCache<number | undefined>({
      maxEntries: settings["max_entries"] as number,
      policy: settings["policy"] as "lru" | undefined,
      ttl: ms("ttl_ms"),
      tti: ms("tti_ms"),
      staleWhileRevalidate: ms("stale_while_revalidate_ms"),
      staleIfError: ms("stale_if_error_ms"),
      negativeTtl: ms("negative_ttl_ms"),
      jitter: settings["jitter"] as number | undefined,
      seed: settings["seed"] as number | undefined,
      clock: this.#clock,
      ...(settings["max_weight"] === undefined
        ? {}
        : { maxWeight: settings["max_weight"] as number, weigh: () => this.#weight }),
    });
    for (const kind of KINDS) this.#cache.on(kind, (event) => this.#notices.push(notice(event)));
  }

  step(step: Step, where: string): void {
    refuseOthers(step, FIELDS[step.op] ?? []);
    this.#weight = step.weight ?? 1;
    const answer = this.#attempt(step, where);
    const text = `${where}: ${JSON.stringify(step)}`;
    if (step.op === "stats") {
      const stats = this.#cache.stats() as unknown as Record<string, number>;
      const counters = Object.entries(step.expect as object).map(([name]) => [name, stats[camel(name.replace(/_ms$/, ""))]]);
      expect(Object.fromEntries(counters), text).toEqual(step.expect);
    } else if (step.op === "entries" && typeof step.expect === "number") {
      expect((answer as unknown[]).length, text).toBe(step.expect);
    } else {
      expect(answer, text).toEqual(step.expect);
    }
    if (step.events !== "any") {
      const [told, wanted] = [this.#notices, step.events ?? []];
      expect(step.unordered ? sorted(told) : told, text).toEqual(step.unordered ? sorted(wanted) : wanted);
    }
    this.#notices = [];
  }

  /** Nothing may be broken at the end. */
  finish(): void {
    expect(this.#cache.size).toBeGreaterThanOrEqual(this.#cache.keys().length);
  }

  #attempt(step: Step, where: string): unknown {
    try {
      return this.#perform(step, where);
    } catch (error) {
      if (error instanceof CachefnError && error.code === "too-heavy") return "too-heavy";
      throw error;
    }
  }

  #perform(step: Step, where: string): unknown {
    const cache = this.#cache;
    switch (step.op) {
      case "set":
        return cache.set(step.key, valueOf(step.value), entry(step));
      case "set_many":
        return cache.setMany(step.entries.map(([key, value]) => [key, valueOf(value)]));
      case "set_if_absent":
        return cache.setIfAbsent(step.key, valueOf(step.value));
      case "update":
        return (
          cache.update(step.key, (old) => {
            if (step.sees !== undefined) expect(old ?? null, where).toBe(step.sees);
            return step.value === null ? undefined : valueOf(step.value);
          }) ?? null
        );
      case "get":
        return this.#named(step.key, cache.get(step.key));
      case "get_many":
        return (cache.getMany(step.keys) as (number | undefined)[]).map((value, at) => this.#named(step.keys[at] as string, value));
      case "peek":
        return this.#named(step.key, cache.peek(step.key));
      case "has":
        return cache.has(step.key);
      case "delete":
        return cache.delete(step.key);
      case "delete_many":
        return cache.deleteMany(step.keys);
      case "expire":
        return cache.expire(step.key);
      case "purge":
        return cache.purge();
      case "clear":
        return cache.clear();
      case "invalidate_by_tag":
        return cache.invalidateByTag(step.tag, { mode: step.mode });
      case "invalidate_by_tags":
        return cache.invalidateByTags(step.tags as string[]);
      case "invalidate_by_pattern":
        return cache.invalidateByPattern(step.pattern as string, { mode: step.mode });
      case "keys":
        return cache.keys(step.pattern).sort(byScalar);
      case "entries":
        return cache.entries(step.pattern, step.limit).sort(([one], [other]) => byScalar(one, other));
      case "len":
        return cache.size;
      case "stats":
        return undefined;
      case "reset_stats":
        return cache.resetStats();
      case "advance":
        return this.#clock.advance(step.ms);
      case "get_or_fetch":
        return this.#fetch(step, where);
      default:
        throw new Error(`${where}: unknown operation ${step.op}`);
    }
  }

  /** A value as traces name it. */
  #named(key: string, value: number | undefined): Value | null {
    return value ?? (this.#cache.has(key) ? "nothing" : null);
  }

  /** The notices of the steps inside stand with those; the ones before and after are the outer step's. */
  #fetch(step: Step, where: string): Value | null {
    const failure = new Error("the fetcher fails");
    const fetcher = (context: FetchContext<number | undefined>): number | undefined => {
      if (step.fails !== true && step.fetched === undefined) throw new Error(`${where}: the fetcher must not run`);
      if (step.previous !== undefined) expect(context.previous() ?? null, where).toBe(step.previous);
      const [before, weight] = [this.#notices, this.#weight];
      this.#notices = [];
      for (const [at, inner] of (step.during ?? []).entries()) this.step(inner, `${where}.${at}`);
      [this.#notices, this.#weight] = [before, weight];
      if (step.late_ttl_ms !== undefined) context.ttl(lifetime(step.late_ttl_ms) as number);
      if (step.late_tag !== undefined) context.tags(step.late_tag);
      if (step.skips === true) context.skip();
      if (step.fails === true) throw failure;
      return valueOf(step.fetched as Value);
    };
    try {
      return this.#cache.getOrFetch(step.key, fetcher, entry(step)) ?? "nothing";
    } catch (error) {
      if (error === failure) return null;
      throw error;
    }
  }
}

function entry(step: Step): EntryOptions {
  return {
    ttl: lifetime(step.ttl_ms),
    tti: lifetime(step.tti_ms),
    staleWhileRevalidate: lifetime(step.stale_while_revalidate_ms),
    staleIfError: lifetime(step.stale_if_error_ms),
    tags: step.tags,
  };
}

function valueOf(value: Value | null): number | undefined {
  return value === "nothing" || value === null ? undefined : value;
}

function lifetime(ms: Length | undefined): number | undefined {
  return ms === "endless" ? Number.POSITIVE_INFINITY : ms;
}

function notice({ kind, key, cause, count }: CacheEvent): Notice {
  const notice: Notice = [kind, (key as string | undefined) ?? null, cause ?? null, count ?? null];
  while (notice.at(-1) === null) notice.pop();
  return notice;
}

function sorted(notices: Notice[]): string[] {
  return notices.map((one) => JSON.stringify(one)).sort();
}

function byScalar(one: unknown, other: unknown): number {
  const [a, b] = [[...(one as string)], [...(other as string)]];
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const difference = (a[at]?.codePointAt(0) ?? 0) - (b[at]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function camel(name: string): string {
  return name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

const COMMON = ["op", "events", "unordered", "expect"];
const ENTRY = ["ttl_ms", "tti_ms", "stale_while_revalidate_ms", "stale_if_error_ms", "tags", "weight"];
const FETCH = ["fetched", "fails", "previous", "late_ttl_ms", "late_tag", "skips", "during"];
const SETTINGS = ["max_entries", "max_weight", "policy", "seed", "ttl_ms", "tti_ms", "jitter", "negative_ttl_ms"]
  .concat(["stale_while_revalidate_ms", "stale_if_error_ms"]);
const FIELDS: Record<string, string[]> = {
  set: [...COMMON, "key", "value", ...ENTRY],
  set_many: [...COMMON, "entries", "weight"],
  set_if_absent: [...COMMON, "key", "value", "weight"],
  update: [...COMMON, "key", "value", "weight", "sees"],
  get: [...COMMON, "key"],
  get_many: [...COMMON, "keys"],
  peek: [...COMMON, "key"],
  has: [...COMMON, "key"],
  delete: [...COMMON, "key"],
  delete_many: [...COMMON, "keys"],
  expire: [...COMMON, "key"],
  purge: COMMON,
  clear: COMMON,
  invalidate_by_tag: [...COMMON, "tag", "mode"],
  invalidate_by_tags: [...COMMON, "tags"],
  invalidate_by_pattern: [...COMMON, "pattern", "mode"],
  keys: [...COMMON, "pattern"],
  entries: [...COMMON, "pattern", "limit"],
  len: COMMON,
  stats: COMMON,
  reset_stats: COMMON,
  advance: [...COMMON, "ms"],
  get_or_fetch: [...COMMON, "key", ...ENTRY, ...FETCH],
};
