//! Keys that somebody chose to do harm, and very many of them.

import { expect, test } from "vitest";
import { hashText } from "../src/hash.js";
import { createCache } from "../src/index.js";

test("h_05 keys made to collide under one seed are found all the same, and do not collide under another", () => {
  const keys = colliding(0, 10);
  expect(new Set(keys.map((key) => hashText(key, 0))).size).toBe(1);
  const cache = createCache<number>({ seed: 0 });
  keys.forEach((key, at) => cache.set(key, at));
  expect(keys.map((key) => cache.get(key))).toEqual(keys.map((_, at) => at));
  for (const [at, key] of keys.entries()) if (at % 3 === 0) expect(cache.delete(key)).toBe(true);
  expect(keys.map((key) => cache.get(key))).toEqual(keys.map((_, at) => (at % 3 === 0 ? undefined : at)));
  // The seed is drawn anew for each cache; of these none lets more than one key in eight collide.
  for (let seed = 1; seed <= 200; seed++) {
    const hashes = new Set(keys.map((key) => hashText(key, Math.imul(seed, 0x6c078965))));
    expect(hashes.size, `seed ${seed}`).toBeGreaterThan((keys.length * 7) / 8);
  }
});

test("a million distinct texts leave no more behind than the cache may hold", () => {
  const cache = createCache<number>({ maxEntries: 1000 });
  for (let key = 0; key < 1_000_000; key++) cache.set(`user:${key}`, key);
  const { size, evictions, memoryUsage } = cache.stats();
  expect([size, evictions]).toEqual([1000, 999_000]);
  expect(memoryUsage).toBeLessThan(1000 * 300);
  expect(cache.keys().every((key) => `user:${cache.peek(key)}` === key)).toBe(true);
});

/** 2^`blocks` texts with one hash: pairs of units that lead from one state of the hash to one other. */
function colliding(seed: number, blocks: number): string[] {
  let keys = [""];
  let state = seed ^ (2 * blocks);
  for (let block = 0; block < blocks; block++) {
    const seen = new Map<number, number>();
    let one = 1;
    const top = (unit: number): number => Math.imul(state ^ unit, SPREAD) >>> 16;
    while (!seen.has(top(one))) seen.set(top(one), one++);
    const other = seen.get(top(one)) as number;
    const next = (unit: number): number => Math.imul(state ^ unit, SPREAD);
    const both = [String.fromCharCode(one, 0x61), String.fromCharCode(other, 0x61 ^ ((next(one) ^ next(other)) & 0xffff))];
    keys = keys.flatMap((key) => both.map((end) => key + end));
    state = Math.imul(next(one) ^ 0x61, SPREAD);
  }
  return keys;
}

const SPREAD = 0x9e3779b1;
