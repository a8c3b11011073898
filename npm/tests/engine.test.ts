//! What passes between JavaScript and the engine.

import { describe, expect, test } from "vitest";
import { createCache } from "../src/index.js";
import { inlineEngine } from "../src/load/inline.js";
import { memoizeWith } from "../src/memoize.js";
import { openCache } from "../src/open.js";
import { manualClock } from "../src/testing.js";
import { countingEngine, refusingEngine } from "./support/engines.js";

const keys = Array.from({ length: 1000 }, (_, at) => [at, `k${at}`, `${"long".repeat(9)}${at}`, at + 0.5][at % 4] as string);

describe("a hit calls nothing", () => {
  test.each([
    ["an adaptive cache, without more", "adaptive", {}, {}],
    ["an adaptive cache, with a lifetime", "adaptive", { ttl: "1h" }, {}],
    ["an adaptive cache, with tags", "adaptive", { tags: ["a", "b"] }, {}],
    ["an adaptive cache, with a time to idle", "adaptive", { tti: "1h" }, {}],
    ["an adaptive cache, with stale windows", "adaptive", { ttl: "1h", staleWhileRevalidate: "1h", staleIfError: "1h" }, {}],
    ["an adaptive cache, with all of that", "adaptive", { ttl: "2h", tti: "1h", staleIfError: "1h", tags: ["a"] }, {}],
    ["an adaptive cache, with weights", "adaptive", {}, { maxWeight: 5000, weigh: () => 1 }],
    ["an adaptive cache, with early refresh and remembered failures", "adaptive", {}, { ttl: "1h", refreshAfter: 0.9, cacheErrors: () => 5 }],
    ["an s3-fifo cache", "s3-fifo", {}, {}],
    ["a sieve cache", "sieve", {}, {}],
    ["a fifo cache", "fifo", {}, {}],
  ] as const)("in %s", (_, policy, entry, options) => {
    const { engine, calls } = countingEngine();
    const cache = openCache<string>(engine, { policy, ...options });
    for (const key of keys) cache.set(key, key, entry);
    const before = { ...calls };
    for (let round = 0; round < 20; round++) for (const key of keys) if (cache.get(key) !== key) expect.fail(`${key} was lost`);
    expect(calls).toEqual(before);
  });

  test.each(["lru", "lfu", "w-tinylfu"] as const)("in an %s cache, except one per full ring", (policy) => {
    const { engine, calls } = countingEngine();
    const cache = openCache<string>(engine, { policy });
    for (const key of keys) cache.set(key, key);
    const before = { ...calls };
    for (let round = 0; round < 64; round++) for (const key of keys) cache.get(key);
    expect(calls).toEqual({ ...before, drain: 999 });
  });

  test("of a memoised function", () => {
    const { engine, calls } = countingEngine();
    const add = memoizeWith(engine, (one: number, other: number) => one + other, {});
    for (let at = 0; at < 100; at++) add(at, 1);
    const before = { ...calls };
    for (let round = 0; round < 100; round++) for (let at = 0; at < 100; at++) expect(add(at, 1)).toBe(at + 1);
    expect(calls).toEqual(before);
  });

  test("and after another tag was invalidated only once more per entry", () => {
    const { engine, calls } = countingEngine();
    const cache = openCache<number>(engine, {});
    cache.set("a", 1, { tags: ["mine"] });
    cache.set("b", 2, { tags: ["other"] });
    cache.invalidateByTag("other");
    for (let round = 0; round < 10; round++) expect(cache.get("a")).toBe(1);
    expect(calls["tags_valid"]).toBe(1);
  });
});

test("a miss and a set cost one call, whatever an entry brings", () => {
  const { engine, calls } = countingEngine();
  const cache = openCache<number>(engine, { maxEntries: 100, maxWeight: 1000, weigh: () => 2, ttl: "2h", tti: "1h", staleIfError: "1h" });
  const before = { ...calls };
  for (let key = 0; key < 1000; key++) if (cache.get(key) === undefined) cache.set(key, key);
  expect(calls).toEqual({ ...before, insert: 1000 });
});

test("a miss and a set cost one call", () => {
  const { engine, calls } = countingEngine();
  const cache = openCache<number>(engine, { maxEntries: 100 });
  const before = { ...calls };
  for (let key = 0; key < 1000; key++) if (cache.get(key) === undefined) cache.set(key, key);
  expect(calls).toEqual({ ...before, insert: 1000 });
});

describe("h_42 views never go stale", () => {
  test("when the memory grows for another cache between any two operations", () => {
    const small = createCache<number>({ maxEntries: 1000, policy: "lru" });
    const { memory } = inlineEngine().exports;
    const size = memory.buffer.byteLength;
    let grown = 0;
    for (let round = 0; round < 20; round++) {
      for (let key = 0; key < 100; key++) small.set(`k${key}`, round * key, { ttl: "1h", tags: ["t"] });
      const before = memory.buffer;
      const large = createCache<number>({ maxEntries: 1_000_000 });
      for (let key = 0; key < 5000 * (round + 1); key++) large.set(key, key);
      if (memory.buffer !== before) grown++;
      for (let key = 0; key < 100; key++) expect(small.get(`k${key}`)).toBe(round * key);
      expect([small.size, small.has("k100"), large.get(4999)]).toEqual([100, false, 4999]);
    }
    expect(memory.buffer.byteLength).toBeGreaterThan(size);
    expect(grown).toBeGreaterThan(0);
  });

  test.each([
    ["short texts, after they were brought forward", "k"],
    ["long texts", "long".repeat(10)],
  ])("so that the dead stay dead: %s", (_, start) => {
    const clock = manualClock();
    const cache = createCache<number>({ clock });
    const keys = Array.from({ length: 200 }, (_, at) => `${start}${at}`);
    keys.forEach((key, at) => cache.set(key, at, at % 2 === 0 ? { ttl: 1000 } : { tags: ["t"] }));
    const alive = (): number => keys.filter((key) => cache.get(key) !== undefined).length;
    for (let round = 0; round < 20; round++) expect(alive()).toBe(200);
    const { memory } = inlineEngine().exports;
    const before = memory.buffer;
    const large = createCache<number>({ maxEntries: 10_000_000 });
    for (let key = 0; memory.buffer === before; key++) large.set(key, key);
    clock.advance(1000);
    expect(alive()).toBe(100);
    cache.invalidateByTag("t");
    expect(alive()).toBe(0);
    expect(keys.some((key) => cache.has(key))).toBe(false);
  });

  test("when columns appear and move while the cache grows", () => {
    const clock = manualClock();
    const cache = createCache<number>({ maxEntries: 100_000, clock });
    for (let key = 0; key < 20_000; key++) {
      const entry = key < 5000 ? {} : key < 10_000 ? { ttl: 1000 } : { ttl: 1000, tags: [`t${key % 3}`] };
      cache.set(key, key, entry);
      if (cache.get(key) !== key || cache.get(key >> 1) !== key >> 1) expect.fail(`key ${key} was lost`);
    }
    cache.invalidateByTag("t1");
    clock.advance(999);
    expect(cache.size).toBe(20_000 - Math.ceil(10_000 / 3));
    clock.advance(1);
    expect(cache.size).toBe(5000);
  });
});

test("h_42 the handle of a closed cache is used by no one, and its memory again", () => {
  const { memory } = inlineEngine().exports;
  const made = (): number => {
    const cache = createCache<number>({ maxEntries: 10_000 });
    for (let key = 0; key < 5000; key++) cache.set(key, key, { ttl: "1h", tti: "1m", staleIfError: "1h", tags: [`t${key}`] });
    cache.close();
    return memory.buffer.byteLength;
  };
  const first = made();
  for (let round = 0; round < 10; round++) expect(made()).toBe(first);
});

test("s_41 memoryUsage grows with entries and what they bring, and is flat under churn", () => {
  const cache = createCache<number>({ maxEntries: 10_000 });
  const usage = (): number => cache.stats().memoryUsage;
  const sizes = [usage()];
  for (let key = 0; key < 5000; key++) cache.set(key, key);
  sizes.push(usage());
  for (let key = 0; key < 5000; key++) cache.set(key, key, { ttl: "1h", tags: ["t"] });
  sizes.push(usage());
  for (let key = 0; key < 5000; key++) cache.set(key, key, { tti: "1h", staleIfError: "1h" });
  sizes.push(usage());
  expect(sizes).toEqual([...sizes].sort((one, other) => one - other));
  expect(sizes[1]).toBeGreaterThan(5000 * 20);
  expect(sizes[3]).toBeLessThan(5000 * 250);
  for (let round = 0; round < 5; round++) for (let key = 0; key < 10_000; key++) cache.set(key + round, key);
  const full = usage();
  for (let round = 0; round < 20; round++) for (let key = 0; key < 10_000; key++) cache.set(key * round, key);
  expect(usage()).toBeLessThan(full * 1.1);
});

test("caches of one engine know nothing of one another", () => {
  const [one, other] = [createCache<number>(), createCache<number>()];
  one.set("a", 1, { tags: ["t"] });
  other.set("a", 2, { tags: ["t"] });
  one.invalidateByTag("t");
  expect([one.get("a"), other.get("a")]).toEqual([undefined, 2]);
});

describe("when memory is refused", () => {
  test("no cache is made", () => {
    const engine = refusingEngine({ name: "create", answer: 0, times: 1 });
    expect(() => openCache(engine, {})).toThrow("create cache: memory was refused");
    expect(openCache(engine, {}).size).toBe(0);
  });

  test.each([
    ["insert", -1, undefined],
    ["tag_create", -1, undefined],
    ["tag_attach", 1, undefined],
  ])("set says so and nothing is stored (%s)", (name, answer, left) => {
    const refusals = { name, answer, times: 0 };
    const cache = openCache<number>(refusingEngine(refusals), {});
    cache.set("b", 2);
    refusals.times = 1;
    expect(() => cache.set("a", 1, { tags: ["t"] })).toThrow(expect.objectContaining({ code: "unavailable", retryable: true }));
    expect([cache.get("a"), cache.get("b"), cache.size]).toEqual([left, 2, 1]);
    cache.set("a", 3, { tags: ["t"] });
    expect(cache.get("a")).toBe(3);
  });

  test("an entry keeps its own weight and windows, not those of the one that was refused", () => {
    const refusals = { name: "insert", answer: -1, times: 0 };
    const cache = openCache<number>(refusingEngine(refusals), { maxWeight: 100, weigh: (_, value) => value, ttl: "1h" });
    refusals.times = 1;
    expect(() => cache.set("a", 50, { tti: 1, staleIfError: 5 })).toThrow("set: memory was refused");
    cache.set("b", 7);
    expect([cache.stats().weight, cache.expire("b"), cache.size]).toEqual([7, true, 0]);
  });

  test("set keeps the old value when it cannot renew it", () => {
    const refusals = { name: "renew", answer: 1, times: 0 };
    const cache = openCache<number>(refusingEngine(refusals), {});
    cache.set("a", 1);
    refusals.times = 1;
    expect(() => cache.set("a", 2, { ttl: 5 })).toThrow("set: memory was refused; nothing was stored");
    expect(cache.get("a")).toBe(1);
  });

  test("s_19 getOrFetch answers all the same and an event tells", () => {
    const refusals = { name: "insert", answer: -1, times: 1 };
    const cache = openCache<number>(refusingEngine(refusals), {});
    const told: unknown[] = [];
    cache.on("error", (event) => told.push(event.key));
    expect(cache.getOrFetch("a", () => 1)).toBe(1);
    expect([told, cache.has("a")]).toEqual([["a"], false]);
    expect(cache.getOrFetch("a", () => 2)).toBe(2);
    expect(cache.has("a")).toBe(true);
  });
});
