//! Drives a cache through a trace and compares answers, notices and counters.

import { expect } from "vitest";
import { type Cache, type CacheEvent, createCache, type EntryOptions } from "../../src/index.js";
import { KINDS } from "../../src/events.js";
import { type ManualClock, manualClock } from "../../src/testing.js";
import { refuseOthers } from "./vectors.js";

interface Step {
  readonly op: string;
  readonly key: string;
  readonly value: number;
  readonly ttl_ms?: number | "endless";
  readonly tags?: string[];
  readonly tag: string;
  readonly pattern?: string;
  readonly ms: number;
  readonly fetched?: number;
  readonly fails?: boolean;
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
  readonly #cache: Cache<number>;
  #notices: Notice[] = [];

  constructor(settings: Record<string, unknown>) {
    refuseOthers(settings, ["max_entries", "policy", "ttl_ms", "seed"]);
    this.#cache = createCache<number>({
      maxEntries: settings["max_entries"] as number,
      policy: settings["policy"] as "lru" | undefined,
      ttl: lifetime(settings["ttl_ms"] as number | undefined),
      seed: settings["seed"] as number | undefined,
      clock: this.#clock,
    });
    for (const kind of KINDS) this.#cache.on(kind, (event) => this.#notices.push(notice(event)));
  }

  step(step: Step, where: string): void {
    refuseOthers(step, FIELDS[step.op] ?? []);
    const answer = this.#perform(step, where);
    const text = `${where}: ${JSON.stringify(step)}`;
    if (step.op === "stats") {
      const stats = this.#cache.stats() as unknown as Record<string, number>;
      const counters = Object.entries(step.expect as object).map(([name]) => [name, stats[camel(name)]]);
      expect(Object.fromEntries(counters), text).toEqual(step.expect);
    } else if (ANSWERING.includes(step.op)) {
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
    expect(this.#cache.size).toBe(this.#cache.keys().length);
  }

  #perform(step: Step, where: string): unknown {
    const cache = this.#cache;
    switch (step.op) {
      case "set":
        return cache.set(step.key, step.value, entry(step));
      case "get":
        return cache.get(step.key) ?? null;
      case "peek":
        return cache.peek(step.key) ?? null;
      case "has":
        return cache.has(step.key);
      case "delete":
        return cache.delete(step.key);
      case "clear":
        return cache.clear();
      case "invalidate_by_tag":
        return cache.invalidateByTag(step.tag);
      case "invalidate_by_pattern":
        return cache.invalidateByPattern(step.pattern as string);
      case "keys":
        return cache.keys(step.pattern).sort(byScalar);
      case "len":
        return cache.size;
      case "stats":
        return undefined;
      case "advance":
        return this.#clock.advance(step.ms);
      case "get_or_fetch":
        return this.#fetch(step, where);
      default:
        throw new Error(`${where}: unknown operation ${step.op}`);
    }
  }

  /** The notices of the steps inside stand with those; the ones before and after are the outer step's. */
  #fetch(step: Step, where: string): number | null {
    const failure = new Error("the fetcher fails");
    try {
      return this.#cache.getOrFetch(
        step.key,
        () => {
          if (step.fails !== true && step.fetched === undefined) throw new Error(`${where}: the fetcher must not run`);
          const before = this.#notices;
          this.#notices = [];
          for (const [at, inner] of (step.during ?? []).entries()) this.step(inner, `${where}.${at}`);
          this.#notices = before;
          if (step.fails === true) throw failure;
          return step.fetched as number;
        },
        entry(step),
      );
    } catch (error) {
      if (error === failure) return null;
      throw error;
    }
  }
}

function entry(step: Step): EntryOptions {
  return { ttl: lifetime(step.ttl_ms), tags: step.tags };
}

function lifetime(ms: number | "endless" | undefined): number | undefined {
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

const COMMON = ["op", "events", "unordered"];
const FIELDS: Record<string, string[]> = {
  set: [...COMMON, "key", "value", "ttl_ms", "tags"],
  get: [...COMMON, "key", "expect"],
  peek: [...COMMON, "key", "expect"],
  has: [...COMMON, "key", "expect"],
  delete: [...COMMON, "key", "expect"],
  clear: COMMON,
  invalidate_by_tag: [...COMMON, "tag"],
  invalidate_by_pattern: [...COMMON, "pattern", "expect"],
  keys: [...COMMON, "pattern", "expect"],
  len: [...COMMON, "expect"],
  stats: [...COMMON, "expect"],
  advance: [...COMMON, "ms"],
  get_or_fetch: [...COMMON, "key", "ttl_ms", "tags", "fetched", "fails", "during", "expect"],
};
const ANSWERING = Object.keys(FIELDS).filter((op) => FIELDS[op]?.includes("expect"));
