//! What a cache does, counts and tells.

import { describe, expect, test } from "vitest";
import { type Cache, type CacheEvent, CachefnError, createCache, Glob } from "../src/index.js";
import { POLICIES } from "../src/engine/codes.js";
import { KINDS } from "../src/events.js";
import { manualClock } from "../src/testing.js";

describe("capacity", () => {
  test.each(POLICIES)("s_08 a %s cache never holds more than maxEntries after a set", (policy) => {
    const cache = createCache<number>({ maxEntries: 3, policy });
    for (let key = 0; key < 100; key++) {
      cache.set(key, key);
      expect(cache.size).toBe(Math.min(key + 1, 3));
      expect(cache.get(key)).toBe(key);
    }
    expect(cache.stats()).toMatchObject({ sets: 100, evictions: 97, hits: 100, size: 3 });
  });

  test("lru lets the least recently used go, with more hits between two writes than the ring holds", () => {
    const cache = createCache<number>({ maxEntries: 3, policy: "lru" });
    for (const key of ["a", "b", "c"]) cache.set(key, 1);
    for (let round = 0; round < 100; round++) for (const key of ["b", "c", "a"]) cache.get(key);
    cache.set("d", 1);
    expect(cache.keys().sort()).toEqual(["a", "c", "d"]);
  });

  test("s3-fifo keeps what is asked for again when a scan passes by", () => {
    const cache = createCache<number>({ maxEntries: 100, seed: 1 });
    for (let key = 0; key < 50; key++) cache.set(`hot${key}`, key);
    for (let round = 0; round < 3; round++) for (let key = 0; key < 50; key++) cache.get(`hot${key}`);
    for (let key = 0; key < 1000; key++) cache.set(`cold${key}`, key);
    expect(cache.keys("hot*")).toHaveLength(50);
  });

  test("peek and has are no uses", () => {
    const cache = createCache<number>({ maxEntries: 2, policy: "lru" });
    cache.set("a", 1);
    cache.set("b", 2);
    expect(cache.peek("a")).toBe(1);
    expect(cache.has("a")).toBe(true);
    cache.set("c", 3);
    expect(cache.has("a")).toBe(false);
    expect(cache.stats()).toMatchObject({ hits: 0, misses: 0 });
  });
});

describe("time", () => {
  test("s_02 an entry is dead at the very millisecond of its deadline", () => {
    const { cache, clock } = timed();
    cache.set("a", 1);
    clock.advance(999);
    expect(cache.get("a")).toBe(1);
    clock.advance(1);
    expect([cache.get("a"), cache.peek("a"), cache.has("a")]).toEqual([undefined, undefined, false]);
  });

  test("h_19 lifetimes below a millisecond last a whole one, and none is stored without a lifetime", () => {
    const { cache, clock } = timed();
    cache.set("a", 1, { ttl: 0.001 });
    expect(cache.get("a")).toBe(1);
    clock.advance(1);
    expect(cache.get("a")).toBeUndefined();
    cache.set("b", 1);
    cache.set("b", 2, { ttl: 0 });
    expect(cache.has("b")).toBe(false);
    expect(cache.stats()).toMatchObject({ sets: 2, deletes: 0 });
  });

  test.each([Number.MAX_VALUE, Number.POSITIVE_INFINITY, Number.MAX_SAFE_INTEGER, "99999999999999d"])(
    "h_17 a lifetime of %s is no deadline",
    (ttl) => {
      const { cache, clock } = timed();
      clock.advance(5);
      cache.set("a", 1, { ttl });
      clock.advance("36500d");
      expect(cache.get("a")).toBe(1);
    },
  );

  test("deadlines beyond 32 bits of milliseconds are kept to the millisecond", () => {
    const { cache, clock } = timed();
    clock.advance("60d");
    cache.set("a", 1, { ttl: "60d" });
    clock.advance("59d23h59m59s999ms");
    expect(cache.get("a")).toBe(1);
    clock.advance(1);
    expect(cache.get("a")).toBeUndefined();
  });

  test("h_20 the dead are neither counted nor listed, and writes reclaim them a few at a time", () => {
    const { cache, clock } = timed();
    for (let key = 0; key < 100; key++) cache.set(key, key);
    clock.advance(1000);
    const reclaimed = Array.from({ length: 15 }, () => {
      const before = cache.stats().expirations;
      cache.set("late", 1);
      return cache.stats().expirations - before;
    });
    expect(Math.max(...reclaimed)).toBeLessThanOrEqual(16);
    expect(cache.stats().expirations).toBe(100);
    clock.advance(1000);
    expect([cache.keys(), cache.size]).toEqual([[], 0]);
    expect(cache.stats().expirations).toBe(101);
  });

  test("s_44 the machine's time is read once for operations in a row, and anew after foreign code", async () => {
    const [now, read] = [performance.now.bind(performance), { times: 0 }];
    performance.now = () => {
      read.times++;
      return now();
    };
    try {
      const cache = createCache<number>({ ttl: "1h" });
      await Promise.resolve();
      read.times = 0;
      cache.set("a", 1);
      for (let at = 0; at < 20; at++) cache.get("a");
      expect(read.times).toBe(1);
      for (let at = 0; at < 100; at++) cache.get("a");
      expect(read.times).toBe(2);
      cache.getOrFetch("b", () => 1);
      expect(read.times).toBe(3);
      await Promise.resolve();
      cache.get("a");
      expect(read.times).toBe(4);
    } finally {
      performance.now = now;
    }
  });
});

test("h_21 a wall clock that jumps ends no life and prolongs none", () => {
  let wall = 1e12;
  const mono = manualClock();
  const cache = createCache<number>({ ttl: 10, tti: 8, clock: { monoMs: () => mono.monoMs(), wallMs: () => wall } });
  cache.set("a", 1);
  for (wall of [0, 4e12, -5, Number.NaN]) expect(cache.get("a")).toBe(1);
  mono.advance(8);
  wall = 0;
  expect([cache.get("a"), cache.size]).toEqual([undefined, 0]);
});

test("h_20 writes alone reclaim what idles and what was stale for long enough", () => {
  const clock = manualClock();
  const cache = createCache<number>({ maxEntries: 10_000, clock });
  for (let key = 0; key < 100; key++) cache.set(key, key, key % 2 === 0 ? { tti: 10 } : { ttl: 5, staleIfError: 5 });
  for (let round = 0; round < 5; round++, clock.advance(5)) for (let key = 0; key < 100; key += 4) cache.get(key);
  for (let key = 100; key < 110; key++) cache.set(key, key);
  expect([cache.stats().size, cache.stats().expirations]).toEqual([35, 75]);
  clock.advance(10);
  for (let key = 110; key < 120; key++) cache.set(key, key);
  expect([cache.stats().size, cache.stats().expirations]).toEqual([20, 100]);
});

describe("tags", () => {
  test("s_27 only entries with the tag become unreachable, at once, and leave with the cause tag", () => {
    const cache = createCache<number>();
    cache.set("a", 1, { tags: ["red"] });
    cache.set("b", 2, { tags: ["red", "blue"] });
    cache.set("c", 3, { tags: ["blue"] });
    const told = listen(cache);
    cache.invalidateByTag("red");
    expect([cache.has("a"), cache.has("b"), cache.has("c")]).toEqual([false, false, true]);
    cache.set("a", 4);
    expect(cache.size).toBe(2);
    expect(told.map(line)).toEqual(["invalidate", "delete a tag", "set a", "delete b tag"]);
  });

  test("h_26 a new value under the same key is free of the old tags", () => {
    const cache = createCache<number>();
    cache.set("a", 1, { tags: ["old"] });
    cache.set("a", 2, { tags: ["new"] });
    cache.invalidateByTag("old");
    expect(cache.get("a")).toBe(2);
    cache.invalidateByTag("new");
    expect(cache.get("a")).toBeUndefined();
  });

  test("h_26 a tag that was invalidated may be used again, and one nobody carries does no harm", () => {
    const cache = createCache<number>();
    cache.invalidateByTag("red");
    for (let round = 0; round < 5; round++) {
      cache.set("a", round, { tags: ["red"] });
      expect(cache.get("a")).toBe(round);
      cache.invalidateByTag("red");
      expect(cache.get("a")).toBeUndefined();
    }
  });

  test("s_30 names of tags go with their entries", () => {
    const cache = createCache<number>({ maxEntries: 10, policy: "fifo" });
    for (let key = 0; key < 1000; key++) cache.set(key, key, { tags: [`tag${key}`, "all"] });
    for (let key = 0; key < 990; key++) cache.invalidateByTag(`tag${key}`);
    expect(cache.size).toBe(10);
    cache.invalidateByTag("tag995");
    expect(cache.size).toBe(9);
    cache.invalidateByTag("all");
    expect(cache.size).toBe(0);
  });

  test("a tag in a list twice counts once", () => {
    const cache = createCache<number>();
    cache.set("a", 1, { tags: ["red", "red"] });
    cache.invalidateByTag("red");
    expect(cache.size).toBe(0);
    cache.set("a", 2, { tags: ["red"] });
    expect(cache.get("a")).toBe(2);
  });
});

describe("patterns", () => {
  test("h_29 removes what matches, tells each with its key, and says how many", () => {
    const cache = createCache<number>();
    for (const key of ["user:1", "user:2", "team:1", 12]) cache.set(key, 1);
    const told = listen(cache);
    expect(cache.invalidateByPattern("user:*")).toBe(2);
    expect(told.map(line)).toEqual(["delete user:1 pattern", "delete user:2 pattern", "invalidate  2"]);
    expect(cache.invalidateByPattern("1?")).toBe(1);
    expect(cache.keys()).toEqual(["team:1"]);
    expect(cache.keys(Glob.prefix("team"))).toEqual(["team:1"]);
  });

  test("h_29 a pattern with many stars on a long key is decided quickly", () => {
    const cache = createCache<number>();
    cache.set("a".repeat(10_000), 1);
    const began = performance.now();
    expect(cache.invalidateByPattern(`${"a*".repeat(30)}b`)).toBe(0);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});

describe("removal", () => {
  test("delete says whether a living entry was there", () => {
    const { cache, clock } = timed();
    cache.set("a", 1);
    expect([cache.delete("a"), cache.delete("a"), cache.delete("b")]).toEqual([true, false, false]);
    cache.set("a", 1);
    clock.advance("1s");
    expect(cache.delete("a")).toBe(false);
    expect(cache.stats()).toMatchObject({ deletes: 1, expirations: 1, size: 0 });
  });

  test("clear removes everything and resets no counter", () => {
    const cache = createCache<number>();
    for (let key = 0; key < 10; key++) cache.set(`key${key}`, key);
    cache.get("key1");
    cache.clear();
    expect([cache.size, cache.get("key1")]).toEqual([0, undefined]);
    expect(cache.stats()).toMatchObject({ sets: 10, hits: 1, misses: 1, hitRate: 0.5 });
    cache.set("key1", 2);
    expect(cache.get("key1")).toBe(2);
  });

  test("s_33 each value leaves exactly once, with its true cause", () => {
    const { cache, clock } = timed(3);
    const told = listen(cache);
    cache.set("a", 1, { ttl: "900ms" });
    cache.set("b", 1, { tags: ["t"] });
    cache.set("c", 1, { ttl: "2s" });
    cache.invalidateByTag("t");
    clock.advance("1s");
    cache.set("b", 2);
    cache.delete("a");
    cache.clear();
    expect(told.map(line).slice(3)).toEqual([
      "invalidate",
      "expire a expired",
      "delete b tag",
      "set b",
      "delete b cleared",
      "delete c cleared",
    ]);
  });
});

describe("events", () => {
  test("s_42 tell what happened in the order of effects", () => {
    const cache = createCache<number>({ maxEntries: 1, policy: "lru" });
    const told = listen(cache);
    cache.get("a");
    cache.set("a", 1);
    cache.get("a");
    cache.set("a", 2);
    cache.set("b", 3);
    cache.getOrFetch("b", () => 4);
    cache.getOrFetch("c", () => 5);
    expect(told.map(line)).toEqual([
      "miss a",
      "set a",
      "hit a",
      "set a replaced",
      "set b",
      "eviction a evicted",
      "hit b",
      "miss c",
      "load c",
      "set c",
      "eviction b evicted",
    ]);
  });

  test("a listener may use the cache, and what it causes is told after what came before", () => {
    const cache = createCache<number>();
    const told: string[] = [];
    cache.on("set", (event) => {
      told.push(line(event));
      if (event.key === "a") cache.set("b", 2);
    });
    cache.on("set", (event) => told.push(`again ${line(event)}`));
    cache.set("a", 1);
    expect(told).toEqual(["set a", "again set a", "set b", "again set b"]);
    expect(cache.get("b")).toBe(2);
  });

  test("s_33 a listener that throws harms nobody", () => {
    const cache = createCache<number>();
    const told: string[] = [];
    cache.on("set", () => {
      throw new Error("a bad listener");
    });
    cache.on("set", (event) => told.push(line(event)));
    cache.set("a", 1);
    expect([cache.get("a"), told]).toEqual([1, ["set a"]]);
  });

  test("off ends what on began, also from within, and on twice is once", () => {
    const cache = createCache<number>();
    const told: string[] = [];
    const listener = (event: CacheEvent): void => {
      told.push(line(event));
      cache.off("set", listener);
    };
    cache.on("set", listener);
    cache.on("set", listener);
    cache.set("a", 1);
    cache.set("b", 2);
    expect(told).toEqual(["set a"]);
  });

  test("h_25 an eviction names the key", () => {
    const cache = createCache<number>({ maxEntries: 1 });
    const told: unknown[] = [];
    cache.on("eviction", ({ key, cause }) => told.push([key, cause]));
    for (const key of ["a", 7, "b"]) cache.set(key, 1);
    expect(told).toEqual([
      ["a", "evicted"],
      [7, "evicted"],
    ]);
  });

  test("h_39 an unknown kind is refused with the one that was meant", () => {
    const cache = createCache<number>();
    expect(() => cache.on("evicton" as "eviction", () => {})).toThrow('on: there is no event "evicton"; did you mean "eviction"?');
  });
});

test("undefined and null are values", () => {
  const cache = createCache<undefined | null>();
  cache.set("u", undefined);
  cache.set("n", null);
  expect([cache.has("u"), cache.get("n"), cache.stats().hits]).toEqual([true, null, 1]);
  expect(cache.getOrFetch("u", () => null)).toBeUndefined();
});

test("values are the caller's own objects", () => {
  const cache = createCache<object>();
  const value = {};
  cache.set("a", value);
  expect(cache.get("a")).toBe(value);
});

test("errors are of one class with code, operation and whether to retry", () => {
  const error = new CachefnError("unavailable", "set", "memory was refused");
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: "CachefnError", code: "unavailable", operation: "set", retryable: true });
  expect(error.message).toBe("set: memory was refused");
});

function timed(maxEntries = 1000) {
  const clock = manualClock();
  return { clock, cache: createCache<number>({ maxEntries, ttl: "1s", clock, policy: "lru" }) };
}

function listen(cache: Cache<number>): CacheEvent[] {
  const told: CacheEvent[] = [];
  for (const kind of KINDS) cache.on(kind, (event) => told.push(event));
  return told;
}

function line({ kind, key, cause, count }: CacheEvent): string {
  return [kind, key ?? (count === undefined ? undefined : ""), cause, count].filter((part) => part !== undefined).join(" ");
}
