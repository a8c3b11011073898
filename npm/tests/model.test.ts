//! Random operations on the real cache and on the model; a failure prints its seed and step.

import { expect, test } from "vitest";
import { POLICIES } from "../src/engine/codes.js";
import { type Cache, CachefnError, createCache, type EntryOptions, type Key } from "../src/index.js";
import { manualClock } from "../src/testing.js";
import { thrower } from "./support/loads.js";
import { Model } from "./support/model.js";

const DOWN = new Error("down");

/** s_33: every value that was stored leaves exactly once, and is told to. */
class Ledger {
  readonly #cache: Cache<number>;
  readonly #living = new Set<Key>();
  /** A listener that throws would not be heard. */
  readonly #faults: string[] = [];

  constructor(cache: Cache<number>) {
    this.#cache = cache;
    cache.on("set", ({ key, cause }) => {
      if (this.#living.has(key as Key) !== (cause === "replaced")) this.#faults.push(`set ${key} ${cause}`);
      this.#living.add(key as Key);
    });
    for (const kind of ["delete", "expire", "eviction"] as const) {
      cache.on(kind, ({ key, cause }) => {
        if (!this.#living.delete(key as Key) && cause !== "too-heavy") this.#faults.push(`${kind} ${key} ${cause}`);
      });
    }
  }

  closes(): void {
    expect(this.#cache.size).toBe(this.#living.size);
    this.#cache.close();
    expect([this.#living.size, this.#faults]).toEqual([0, []]);
  }
}

/** Whether it did what it should; a failure must be one that is foreseen. */
function succeeds(act: () => unknown): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (error !== DOWN) expect((error as CachefnError).code).toBe("too-heavy");
    return false;
  }
}

/** SplitMix32: enough randomness for a model test, seeded. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % below;
  };
}

function keyOf(number: number): Key {
  return [number, `k${number}`, `${"long".repeat(8)}${number}`, number + 0.5][number % 4] as Key;
}

test.each(Array.from({ length: 16 }, (_, seed) => seed))("an lru cache agrees with the model (seed %i)", (seed) => {
  const below = random(seed);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const maxEntries = pick([1, 2, 7, 50, 300]);
  const maxWeight = seed % 2 === 0 ? Infinity : pick([3, 20, 200]);
  const isTimed = seed % 3 > 0;
  const lives = (): EntryOptions => {
    if (!isTimed) return {};
    const lengths = [undefined, 5, 50, 5000, 0] as const;
    const windows = [undefined, undefined, 0, 20, 200] as const;
    const [ttl, tti] = [pick(lengths), pick([undefined, undefined, 7, 70])];
    const isIdle = tti !== undefined && tti <= (ttl ?? tti); // what is longer than `ttl` is refused
    return { ttl, tti: isIdle ? tti : undefined, staleWhileRevalidate: pick(windows), staleIfError: pick(windows) };
  };
  const clock = manualClock();
  const base = seed % 4 === 3 ? { ttl: 100, tti: 40, staleIfError: 30 } : {};
  let weight = 0;
  const bounds = maxWeight === Infinity ? {} : { maxWeight, weigh: () => weight };
  const cache = createCache<number>({ maxEntries, policy: "lru", clock, seed, ...base, ...bounds });
  const model = new Model({ maxEntries, maxWeight, ...base });
  const ledger = new Ledger(cache);
  for (let step = 0; step < 3000; step++) {
    const key = keyOf(below(maxEntries * 2 + 3));
    weight = maxWeight === Infinity ? 0 : below(maxWeight < 10 ? 5 : 15);
    const dice = below(100);
    const where = `seed ${seed} step ${step} dice ${dice} key ${key}`;
    const options = Object.fromEntries(
      Object.entries({ ...lives(), tags: below(3) === 0 ? [`t${below(5)}`, `t${below(5)}`] : undefined }).filter(([, said]) => said !== undefined),
    ) as EntryOptions;
    const mode = pick(["remove", "expire"] as const);
    // What is dead stays in a cache until housekeeping comes to it; the model never keeps it.
    expect(cache.size, where).toBe(model.size);
    if (dice < 30) {
      expect(cache.get(key), where).toBe(model.get(key));
    } else if (dice < 50) {
      expect(succeeds(() => cache.set(key, step, options)), where).toBe(model.set(key, step, weight, options));
    } else if (dice < 55) {
      const isAbsent = model.peek(key) === undefined;
      const isStored = isAbsent && model.set(key, step, weight, options);
      let stored = false;
      const isLight = succeeds(() => (stored = cache.setIfAbsent(key, step, options)));
      expect([stored, isLight], where).toEqual([isStored && options.ttl !== 0, isStored || !isAbsent]);
    } else if (dice < 62) {
      const next = below(5) === 0 ? undefined : step;
      let seen: number | undefined;
      const old = model.peek(key);
      expect(succeeds(() => cache.update(key, (was) => ((seen = was), next))), where).toBe(model.update(key, next, weight));
      expect(seen, where).toBe(old);
    } else if (dice < 72) {
      const found = model.get(key);
      if (found === undefined) model.set(key, step, weight, options);
      expect(cache.getOrFetch(key, () => step, options), where).toBe(found ?? step);
    } else if (dice < 76) {
      let answer: number | undefined;
      succeeds(() => (answer = cache.getOrFetch(key, thrower(DOWN) as () => number, options)));
      expect(answer, where).toBe(model.get(key) ?? model.bridged(key));
    } else if (dice < 80) {
      expect(cache.delete(key), where).toBe(model.delete(key));
    } else if (dice < 83) {
      expect(cache.expire(key), where).toBe(model.expire(key));
    } else if (dice < 86) {
      expect([cache.peek(key), cache.has(key)], where).toEqual([model.peek(key), model.peek(key) !== undefined]);
    } else if (dice < 91) {
      const ms = below(30);
      clock.advance(ms);
      model.now += ms;
    } else if (dice < 94) {
      const tags = [`t${below(5)}`, `t${below(5)}`].slice(below(2));
      if (tags.length === 1) cache.invalidateByTag(tags[0] as string, { mode });
      else cache.invalidateByTags(tags, { mode });
      for (const tag of tags) model.invalidateByTag(tag, mode === "expire");
    } else if (dice < 96) {
      const prefix = pick(["k1", "long", "2", ""]);
      expect(cache.invalidateByPattern(`${prefix}*`, { mode }), where).toBe(model.invalidateByPrefix(prefix, mode === "expire"));
    } else if (dice < 97) {
      expect(cache.keys().map(String).sort(), where).toEqual(model.keys().map(String).sort());
      expect(cache.entries().map(([own, value]) => model.peek(own) === value), where).not.toContain(false);
      expect(cache.stats().weight, where).toBe(model.weight);
    } else if (dice < 98) {
      expect(cache.purge(), where).toBe(model.purge());
    } else if (below(10) === 0) {
      cache.clear();
      model.clear();
    }
  }
  ledger.closes();
  const { sets, evictions, expirations, hits, misses } = cache.stats();
  expect(hits + misses + sets).toBeGreaterThan(1500);
  if (maxEntries < 300) expect(evictions + expirations).toBeGreaterThan(0);
});

test.each(POLICIES)("a cache under %s never answers with another value than the last one set", (policy) => {
  const seed = POLICIES.indexOf(policy);
  const below = random(seed);
  const cache = createCache<number>({ maxEntries: 100, policy, seed });
  const last = new Map<Key, number>();
  for (let step = 0; step < 20_000; step++) {
    const key = keyOf(below(400));
    const value = cache.get(key);
    if (value !== undefined) expect(value, `seed ${seed} step ${step} key ${key}`).toBe(last.get(key));
    else {
      cache.set(key, step);
      last.set(key, step);
      expect(cache.peek(key)).toBe(step);
    }
    expect(cache.stats().size).toBeLessThanOrEqual(100);
  }
  expect(cache.stats().hits).toBeGreaterThan(1000);
});
