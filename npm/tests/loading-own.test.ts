//! A cache with a fetcher of its own, failures that are remembered, filling ahead.

import { describe, expect, test } from "vitest";
import { type Cache, createCache, type Key } from "../src/index.js";
import { manualClock } from "../src/testing.js";
import { listen, pending, thrower } from "./support/loads.js";

describe("a cache with a fetcher", () => {
  test("s_12 reads through with a plain get, and counts that as one miss", () => {
    const squares = createCache({ fetcher: (key: Key) => Number(key) ** 2 });
    const told = listen(squares as Cache<unknown, never>);
    expect([squares.get(3), squares.get(3), squares.getMany([2, 3, 4])]).toEqual([9, 9, [4, 9, 16]]);
    expect([squares.peek(5), squares.has(5), squares.getOrFetch(6, () => 0)]).toEqual([undefined, false, 0]);
    expect(told.slice(0, 4)).toEqual(["miss 3", "load 3", "set 3", "hit 3"]);
    expect(squares.stats()).toMatchObject({ hits: 2, misses: 4, loads: 4 });
  });

  test("s_12 gives a promise where its fetcher does, one for all who ask meanwhile", async () => {
    let runs = 0;
    const cache = createCache<string>({ fetcher: async (key, { tags }) => (runs++, tags("all"), `value of ${key}`) });
    const [one, other] = [cache.get("a"), cache.get("a")];
    expect([await one, await other, cache.get("a"), runs]).toEqual(["value of a", "value of a", "value of a", 1]);
    expect(await cache.getMany(["a", "b"])).toEqual(["value of a", "value of b"]);
    cache.invalidateByTag("all");
    expect(cache.size).toBe(0);
  });

  test("s_12 uses stale windows and early refresh as getOrFetch does", async () => {
    const clock = manualClock();
    let runs = 0;
    const fetcher = async (): Promise<number> => ++runs;
    const cache = createCache<number>({ fetcher, ttl: 10, refreshAfter: 0.5, staleWhileRevalidate: 10, clock });
    expect(await cache.get("a")).toBe(1);
    clock.advance(4);
    expect([cache.get("a"), runs]).toEqual([1, 1]);
    clock.advance(1);
    expect([await cache.get("a"), runs]).toEqual([1, 2]);
    expect(cache.get("a")).toBe(2);
    clock.advance(10);
    expect([await cache.get("a"), runs]).toEqual([2, 3]);
  });

  test("is asked where getOrFetch and warm are given no fetcher, and one of them is needed", () => {
    const squares = createCache({ fetcher: (key: Key) => Number(key) ** 2 });
    expect([squares.warm([1, 2]), squares.peek(2)]).toEqual([2, 4]);
    expect(squares.getOrFetch(3, undefined as never)).toBe(9);
    const none = createCache();
    expect(() => none.getOrFetch("a", undefined as never)).toThrow("getOrFetch: there is no fetcher; give one, or one to the cache");
    expect(() => none.getOrFetch("a", 5 as never)).toThrow("getOrFetch: there is no fetcher");
    expect(() => none.warm(["a"])).toThrow("warm: there is no fetcher; give one, or one to the cache");
  });

  test("h_13 that asks its cache for the same key runs uncached", () => {
    let depth = 0;
    const cache: Cache<number, number> = createCache<number>({ fetcher: (key): number => (depth++ === 0 ? cache.get(key) + 1 : 1) });
    const told = listen(cache as Cache<unknown, never>, "error");
    expect([cache.get("a"), told]).toEqual([2, ["error a reentrant"]]);
  });
});

describe("cacheErrors", () => {
  const down = new Error("down");

  test("s_13 h_14 a failure is remembered only for as long as it says, and only where it says", () => {
    const clock = manualClock();
    const seen: unknown[] = [];
    const cache = createCache<number>({ cacheErrors: (error) => (seen.push(error), error === down ? 10 : undefined), clock });
    let runs = 0;
    const fetcher = (): number => (runs++, thrower(down)());
    for (let round = 0; round < 3; round++) expect(() => cache.getOrFetch("a", fetcher)).toThrow(down);
    expect([runs, seen]).toEqual([1, [down]]);
    expect(() => cache.getOrFetch("b", thrower(new Error("other")))).toThrow("other");
    expect(cache.getOrFetch("b", () => 1)).toBe(1);
    clock.advance(10);
    expect(cache.getOrFetch("a", () => 2)).toBe(2);
    expect(cache.stats()).toMatchObject({ loadFailures: 2, loads: 2, hits: 2 });
  });

  test("s_13 a remembered rejection is a rejection again", async () => {
    const cache = createCache<number>({ cacheErrors: () => "1m" });
    let runs = 0;
    const fetcher = (): Promise<number> => (runs++, Promise.reject(down));
    for (let round = 0; round < 3; round++) await expect(cache.getOrFetch("a", fetcher)).rejects.toBe(down);
    expect(runs).toBe(1);
    expect(() => cache.getOrFetch("b", thrower(down))).toThrow(down);
    await expect(cache.getOrFetch("b", async () => 1)).rejects.toBe(down);
  });

  test("s_13 a remembered failure is no value to anybody else, and leaves in every way", () => {
    const remove: ((cache: Cache<number>) => unknown)[] = [
      (cache) => expect(cache.delete("a")).toBe(false),
      (cache) => cache.clear(),
      (cache) => cache.set("a", 1),
      (cache) => expect(cache.setIfAbsent("a", 1)).toBe(true),
      (cache) => expect(cache.update("a", (old) => (expect(old).toBe(undefined), 1))).toBe(1),
      (cache) => cache.invalidateByPattern("a"),
      (cache) => cache.invalidateByTag("t"),
    ];
    for (const act of remove) {
      const cache = createCache<number>({ cacheErrors: () => "1m" });
      expect(() => cache.getOrFetch("a", thrower(down), { tags: ["t"] })).toThrow(down);
      expect([cache.get("a"), cache.peek("a"), cache.has("a"), cache.keys(), cache.entries()]).toEqual([undefined, undefined, false, [], []]);
      act(cache);
      expect(cache.getOrFetch("a", () => 1)).toBe(1);
    }
  });

  test("s_19 that fails itself, talks nonsense or touches the key keeps nothing and hides no failure", () => {
    const answers: (() => unknown)[] = [thrower(new Error("bad")), () => -1, () => "soon", () => cache.delete("a")];
    let answer = answers[0] as () => unknown;
    const cache = createCache<number>({ cacheErrors: () => answer() as number });
    for (answer of answers) {
      expect(() => cache.getOrFetch("a", thrower(down))).toThrow(down);
      expect(cache.size).toBe(0);
    }
  });

  test("s_14 a stale value that may stand in comes first", () => {
    const clock = manualClock();
    const cache = createCache<number>({ cacheErrors: () => "1m", ttl: 10, staleIfError: 10, clock });
    cache.set("a", 1);
    clock.advance(10);
    expect(cache.getOrFetch("a", thrower(down))).toBe(1);
    clock.advance(10);
    expect(() => cache.getOrFetch("a", thrower(down))).toThrow(down);
    expect(() => cache.getOrFetch("a", () => 2)).toThrow(down);
  });

  test("s_18 an invalidation during the load wins over the failure too", async () => {
    const cache = createCache<number>({ cacheErrors: () => "1m" });
    const load = pending<number>();
    const asked = cache.getOrFetch("a", load.fetcher);
    cache.delete("a");
    load.reject(down);
    await expect(asked).rejects.toBe(down);
    expect(cache.getOrFetch("a", () => 1)).toBe(1);
  });
});

describe("warm", () => {
  test("makes what is not fresh, counts no misses and says how many", () => {
    const clock = manualClock();
    const cache = createCache<number>({ ttl: 10, clock });
    cache.set("a", 1);
    expect(cache.warm(["a", "b", "c", "b"], (key) => key.toString().length)).toBe(2);
    expect(cache.getMany(["a", "b"])).toEqual([1, 1]);
    clock.advance(10);
    expect(cache.warm(["a"], () => 2)).toBe(1);
    expect(cache.stats()).toMatchObject({ misses: 0, loads: 3 });
  });

  test("of promises asks for all at the same time, waits for all, and fails with the first failure", async () => {
    const cache = createCache<number>();
    const loads = [pending<number>(), pending<number>()];
    const warmed = cache.warm([0, 1], (key) => (loads[key as number] as (typeof loads)[0]).fetcher());
    expect(loads.map(({ runs }) => runs)).toEqual([1, 1]);
    loads.map(({ resolve }) => resolve(5));
    expect([await warmed, cache.getMany([0, 1])]).toEqual([2, [5, 5]]);
    const failed = cache.warm([2, 3], async (key) => (key === 2 ? thrower(new Error("down"))() : 7));
    await expect(failed).rejects.toThrow("down");
    expect(cache.get(3)).toBe(7);
  });
});
