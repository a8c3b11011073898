//! Random operations on the real cache and on the model; a failure prints its seed and step.

import { expect, test } from "vitest";
import { POLICIES } from "../src/engine/codes.js";
import { createCache, type Key } from "../src/index.js";
import { manualClock } from "../src/testing.js";
import { Model } from "./support/model.js";

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

test.each(Array.from({ length: 12 }, (_, seed) => seed))("an lru cache agrees with the model (seed %i)", (seed) => {
  const below = random(seed);
  const maxEntries = [1, 2, 7, 50, 300][seed % 5] as number;
  const clock = manualClock();
  const cache = createCache<number>({ maxEntries, policy: "lru", clock, seed });
  const model = new Model(maxEntries);
  const timed = seed % 3 > 0;
  for (let step = 0; step < 4000; step++) {
    const key = keyOf(below(maxEntries * 2 + 3));
    const where = `seed ${seed} step ${step} key ${key}`;
    const dice = below(100);
    if (dice < 45) {
      expect(cache.get(key), where).toBe(model.get(key));
    } else if (dice < 80) {
      const ttl = timed ? ([5, 50, 5000, 0][below(4)] as number) : Number.POSITIVE_INFINITY;
      const tags = below(3) === 0 ? [`t${below(5)}`, `t${below(5)}`] : [];
      // What is dead stays in a full cache until housekeeping comes to it; the model never keeps it.
      if (timed) expect(cache.size, where).toBe(model.keys().length);
      cache.set(key, step, { ttl, tags });
      model.set(key, step, ttl, tags);
    } else if (dice < 88) {
      expect(cache.delete(key), where).toBe(model.delete(key));
    } else if (dice < 92) {
      expect([cache.peek(key), cache.has(key)], where).toEqual([model.peek(key), model.peek(key) !== undefined]);
    } else if (dice < 95) {
      const ms = below(30);
      clock.advance(ms);
      model.now += ms;
    } else if (dice < 97) {
      const tag = `t${below(5)}`;
      cache.invalidateByTag(tag);
      model.invalidateByTag(tag);
      expect(cache.size, where).toBe(model.keys().length);
    } else if (dice < 98) {
      const prefix = ["k1", "long", "2", ""][below(4)] as string;
      expect(cache.invalidateByPattern(`${prefix}*`), where).toBe(model.invalidateByPrefix(prefix));
    } else if (dice === 98) {
      expect(cache.keys().map(String).sort(), where).toEqual(model.keys().map(String).sort());
    } else if (below(10) === 0) {
      cache.clear();
      model.clear();
    }
  }
  const { sets, evictions, expirations, hits, misses } = cache.stats();
  expect(hits + misses + sets).toBeGreaterThan(2000);
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
