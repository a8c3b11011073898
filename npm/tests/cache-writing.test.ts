//! Writing: weights, changes in place, many at once, lifetimes of all kinds.

import { describe, expect, test } from "vitest";
import { type Cache, CachefnError, createCache, type Key, memoize } from "../src/index.js";
import { manualClock } from "../src/testing.js";
import { listen, thrower } from "./support/loads.js";

describe("weights", () => {
  function weighing(options = {}) {
    return createCache<string>({ maxWeight: 10, weigh: (_, text) => text.length, policy: "lru", ...options });
  }

  test("s_08 the weight of all is within the bound after every write, whatever the policy", () => {
    for (const policy of ["lru", "lfu", "fifo", "sieve", "s3-fifo", "w-tinylfu", "adaptive"] as const) {
      const cache = weighing({ policy, maxWeight: 100, seed: 7 });
      for (let step = 0; step < 2000; step++) {
        cache.set(`k${(step * 7919) % 97}`, "x".repeat((step * 31) % 40));
        const living = cache.entries().reduce((sum, [, text]) => sum + text.length, 0);
        expect(cache.stats().weight, `${policy} step ${step}`).toBe(living);
        expect(living).toBeLessThanOrEqual(100);
      }
    }
  });

  test("s_08 without maxEntries any number of light entries fits, with it both bounds hold", () => {
    const light = createCache<number>({ maxWeight: 5, weigh: () => 0 });
    for (let key = 0; key < 20_000; key++) light.set(key, key);
    expect([light.size, light.stats().weight]).toEqual([20_000, 0]);
    const both = createCache<number>({ maxWeight: 5, maxEntries: 3, weigh: () => 1 });
    for (let key = 0; key < 10; key++) both.set(key, key);
    expect([both.size, both.stats().weight]).toEqual([3, 3]);
  });

  test("s_09 what is too heavy is refused, counted and told, and the old value leaves", () => {
    const cache = weighing();
    cache.set("a", "one");
    cache.set("b", "two");
    const told = listen(cache as Cache<unknown>);
    const refusal = refused(() => cache.set("a", "more than ten"));
    expect(refusal.message).toBe('set: "a" weighs 13, but the whole cache may weigh 10; nothing was stored');
    expect([refusal.code, refusal.retryable]).toEqual(["too-heavy", false]);
    expect(refused(() => cache.setIfAbsent("c", "more than ten")).code).toBe("too-heavy");
    expect(refused(() => cache.update("b", () => "more than ten")).code).toBe("too-heavy");
    expect(cache.getOrFetch("d", () => "more than ten")).toBe("more than ten");
    expect(told).toEqual(["eviction a too-heavy", "eviction c too-heavy", "eviction b too-heavy", "miss d", "load d", "eviction d too-heavy"]);
    expect([cache.size, cache.stats().tooHeavy, cache.stats().evictions, cache.stats().weight]).toEqual([0, 4, 0, 0]);
  });

  test("h_23 a replacement that grows pushes others out, in the order of effects, and stays", () => {
    const cache = weighing();
    for (const key of ["a", "b", "c"]) cache.set(key, "one");
    const told = listen(cache as Cache<unknown>);
    cache.set("a", "seven..");
    expect(told).toEqual(["set a replaced", "eviction b evicted"]);
    cache.update("a", (old) => `${old}...`);
    expect(told.slice(2)).toEqual(["set a replaced", "eviction c evicted"]);
    expect(cache.entries()).toEqual([["a", "seven....."]]);
  });

  test("h_23 the weigher sees key and value once per write, and parts of a unit count as a whole one", () => {
    const seen: unknown[] = [];
    const cache = createCache<number>({
      maxWeight: 100,
      weigh: (key, value) => {
        seen.push([key, value]);
        return value / 10;
      },
    });
    cache.set("a", 1);
    cache.setMany([[7, 11]]);
    cache.getOrFetch("b", () => 21);
    expect(seen).toEqual([["a", 1], [7, 11], ["b", 21]]);
    expect(cache.stats().weight).toBe(1 + 2 + 3);
  });

  test("h_23 a weigher that throws or talks nonsense changes nothing, and a fetched value is returned", () => {
    let answer: unknown = 1;
    const cache = createCache<number>({
      maxWeight: 5,
      weigh: () => (answer instanceof Error ? thrower(answer)() : (answer as number)),
    });
    cache.set("a", 1);
    const told = listen(cache as Cache<unknown>);
    answer = new Error("a bad weigher");
    expect(() => cache.set("a", 2)).toThrow("a bad weigher");
    for (answer of [-1, Number.NaN, "1", undefined]) {
      expect(refused(() => cache.set("a", 2)).message).toMatch(/^weigh: the weight of "a" is .*; use a number from 0 on$/);
      expect(cache.getOrFetch("b", () => 3)).toBe(3);
    }
    answer = Number.POSITIVE_INFINITY;
    expect(refused(() => cache.set("c", 2)).code).toBe("too-heavy");
    expect([cache.get("a"), cache.has("b")]).toEqual([1, false]);
    expect(told.filter((line) => line === "error b config")).toHaveLength(4);
  });

  test("h_23 a weigher may use the cache it weighs for", () => {
    const cache: Cache<number> = createCache<number>({
      maxWeight: 100,
      policy: "lru",
      weigh: (key, value) => {
        if (value === 1) cache.set("other", 2);
        if (value === 3) cache.clear();
        if (value === 4) cache.delete(key);
        return 40;
      },
    });
    cache.set("a", 1);
    expect(cache.getMany(["a", "other"])).toEqual([1, 2]);
    cache.set("a", 3);
    expect(cache.entries()).toEqual([["a", 3]]);
    expect(cache.getOrFetch("b", () => 4)).toBe(4);
    expect([cache.has("b"), cache.stats().fenced]).toEqual([false, 1]);
  });
});

describe("update", () => {
  test("s_12 sees what is there, stores what it makes, and removes for undefined", () => {
    const cache = createCache<number>();
    const told = listen(cache as Cache<unknown>);
    expect(cache.update("a", (old) => (old ?? 0) + 1)).toBe(1);
    expect(cache.update("a", (old) => (old ?? 0) + 1)).toBe(2);
    expect(cache.update("a", () => undefined)).toBe(undefined);
    expect(cache.update("a", (old) => old)).toBe(undefined);
    expect(told).toEqual(["set a", "set a replaced", "delete a deleted"]);
    expect(cache.stats()).toMatchObject({ sets: 2, deletes: 1, hits: 0, misses: 0 });
  });

  test("s_12 tags and the end of life stay", () => {
    const clock = manualClock();
    const cache = createCache<number>({ clock });
    cache.set("a", 1, { ttl: 10, tags: ["t"] });
    cache.set("b", 1, { ttl: 10, tags: ["t"] });
    clock.advance(9);
    for (const key of ["a", "b"]) cache.update(key, () => 2);
    clock.advance(1);
    expect(cache.has("a")).toBe(false);
    cache.set("b", 1, { tags: ["t"] });
    cache.update("b", () => 2);
    cache.invalidateByTag("t");
    expect(cache.has("b")).toBe(false);
  });

  test("s_16 a change that throws changes nothing", () => {
    const cache = createCache<number>();
    cache.set("a", 1);
    expect(() => cache.update("a", thrower(new Error("no")))).toThrow("no");
    expect(cache.update("a", (old) => (old as number) + 1)).toBe(2);
  });

  test("s_17 a change that changes its own key in another way runs again, and ends", () => {
    const cache = createCache<number>();
    let runs = 0;
    expect(cache.update("a", (old) => (runs++ === 0 ? (cache.set("a", 10), 1) : (old as number) + 1))).toBe(11);
    expect(runs).toBe(2);
    runs = 0;
    const always = (): number => (cache.set("a", runs++), 1);
    expect(refused(() => cache.update("a", always))).toMatchObject({ code: "reentrant", operation: "update" });
    expect([runs, cache.get("a")]).toEqual([9, 8]);
  });

  test.each<[string, (cache: Cache<number>) => void, number | undefined]>([
    ["another key is set", (cache) => cache.set("b", 1), 1],
    ["its key is deleted", (cache) => cache.delete("a"), undefined],
    ["its key is expired", (cache) => cache.expire("a"), undefined],
    ["its tag is invalidated", (cache) => cache.invalidateByTag("t"), undefined],
    ["everything is cleared", (cache) => cache.clear(), undefined],
    ["its pattern is invalidated", (cache) => cache.invalidateByPattern("?"), undefined],
    ["its key is updated", (cache) => cache.update("a", () => 7), 7],
    ["its key is loaded", (cache) => (cache.delete("a"), cache.getOrFetch("a", () => 7)), 7],
  ])("s_12 while %s, it sees the latest", (_, act, last) => {
    const cache = createCache<number>();
    cache.set("a", 1, { tags: ["t"] });
    const seen: unknown[] = [];
    cache.update("a", (old) => {
      seen.push(old);
      if (seen.length === 1) act(cache);
      return 5;
    });
    expect(seen).toEqual(last === 1 ? [1] : [1, last]);
    expect(cache.get("a")).toBe(5);
  });
});

describe("many at once", () => {
  test("s_33 are stored in order, and one that cannot be keeps no other from it", () => {
    const cache = createCache<string>({ maxWeight: 10, weigh: (_, text) => text.length });
    const entries = new Map([["a", "one"], ["b", "more than ten"], ["c", "two"]]);
    expect(refused(() => cache.setMany(entries, { tags: ["t"] })).code).toBe("too-heavy");
    expect(cache.getMany(new Set(["a", "b", "c"]))).toEqual(["one", undefined, "two"]);
    expect(cache.stats()).toMatchObject({ hits: 2, misses: 1 });
    expect(cache.deleteMany(["a", "b", "a"])).toBe(1);
    cache.invalidateByTags(["x", "t"]);
    expect(cache.size).toBe(0);
  });

  test("s_03 setIfAbsent says no where its options keep it from storing", () => {
    const cache = createCache<number | null>({ negativeTtl: 0 });
    expect([cache.setIfAbsent("a", 1, { ttl: 0 }), cache.setIfAbsent("a", null), cache.has("a")]).toEqual([false, false, false]);
    expect([cache.setIfAbsent("a", 1), cache.setIfAbsent("a", 2, { ttl: 0 }), cache.get("a")]).toEqual([true, false, 1]);
    expect(memoize((_: string) => 1).cache.setIfAbsent("a", 1, { ttl: 0 })).toBe(false);
  });

  test("setIfAbsent stores with options of its own, and fences a load", async () => {
    const clock = manualClock();
    const cache = createCache<number>({ clock });
    const load = cache.getOrFetch("a", async () => 1);
    expect([cache.setIfAbsent("a", 2, { ttl: 5, tags: ["t"] }), cache.setIfAbsent("a", 3)]).toEqual([true, false]);
    expect([await load, cache.get("a")]).toEqual([1, 2]);
    clock.advance(5);
    expect(cache.setIfAbsent("a", 3)).toBe(true);
  });
});

describe("lifetimes", () => {
  test("s_04 hits move the time to idle forward, beyond 32 bits of milliseconds too, and peeks do not", () => {
    const clock = manualClock();
    const cache = createCache<number>({ tti: "30d", ttl: "90d", clock });
    cache.set("a", 1);
    cache.set("b", 1);
    clock.advance("29d");
    expect([cache.get("a"), cache.peek("b"), cache.has("b")]).toEqual([1, 1, true]);
    clock.advance("29d");
    expect([cache.getOrFetch("a", () => 2), cache.has("b")]).toEqual([1, false]);
    clock.advance("29d");
    expect(cache.get("a")).toBe(1);
    clock.advance("3d");
    expect([cache.get("a"), cache.size]).toEqual([undefined, 0]);
    expect(cache.stats()).toMatchObject({ expirations: 2 });
  });

  test("s_04 a time to idle that could never end an entry is refused", () => {
    expect(refused(() => createCache({ ttl: 5, tti: 6 })).message).toContain("tti is longer than ttl");
    const cache = createCache<number>({ ttl: 5, tti: 4 });
    expect(refused(() => cache.set("a", 1, { tti: 6 })).message).toContain("set: tti is longer than ttl");
    expect(refused(() => cache.set("a", 1, { ttl: 10, tti: 20 })).message).toContain("set: tti is longer than ttl");
    for (const options of [{ ttl: 3 }, { tti: Number.POSITIVE_INFINITY }, { ttl: 30, tti: 20 }]) cache.set("a", 1, options);
    expect(cache.has("a")).toBe(true);
  });

  test("s_06 jitter shortens only, differs by entry, and is the same with the same seed", () => {
    const ends = (seed: number): number[] => {
      const clock = manualClock();
      const cache = createCache<number>({ ttl: 1000, jitter: 0.5, clock, seed });
      for (let key = 0; key < 100; key++) cache.set(key, key);
      const dead: number[] = [];
      for (let now = 0; now <= 1000; now += 50, clock.advance(50)) dead.push(100 - cache.keys().length);
      return dead;
    };
    expect(ends(7)).toEqual(ends(7));
    expect(ends(7)).not.toEqual(ends(8));
    const dead = ends(7);
    expect([dead[10], dead.at(-1)]).toEqual([0, 100]);
    expect(dead[15]).toBeGreaterThan(20);
    expect(dead[15]).toBeLessThan(80);
  });

  test("s_13 undefined and null have a lifetime of their own", () => {
    const clock = manualClock();
    const cache = createCache<number | null | undefined>({ ttl: 20, negativeTtl: 5, clock });
    cache.set("none", undefined);
    cache.getOrFetch("null", () => null);
    cache.set("zero", 0);
    cache.set("own", undefined, { ttl: 10 });
    clock.advance(5);
    expect(cache.keys().sort()).toEqual(["own", "zero"]);
    const never = createCache<number | undefined>({ negativeTtl: 0 });
    never.set("a", undefined);
    never.set("b", 0);
    expect(never.keys()).toEqual(["b"]);
  });

  test("s_29 what is expired on purpose is stale or leaves, by key, tag and pattern", () => {
    const cache = createCache<number>();
    const down = thrower(new Error("down"));
    const expire: [string, () => unknown][] = [
      ["key", () => cache.expire("a") && cache.expire("b")],
      ["tag", () => cache.invalidateByTag("t", { mode: "expire" })],
      ["tags", () => cache.invalidateByTags(["x", "t"], { mode: "expire" })],
      ["pattern", () => cache.invalidateByPattern(["a", "b"], { mode: "expire" })],
    ];
    for (const [how, act] of expire) {
      cache.set("a", 1, { tags: ["t"], staleIfError: "1h" });
      cache.set("b", 2, { tags: ["t"] });
      act();
      expect([cache.get("a"), cache.get("b"), cache.keys(), cache.size], how).toEqual([undefined, undefined, [], 1]);
      expect(cache.getOrFetch("a", down), how).toBe(1);
      expect(() => cache.getOrFetch("b", down), how).toThrow("down");
      cache.clear();
    }
  });
});

describe("a cache that is closed", () => {
  const operations: [string, (cache: Cache<number>) => unknown][] = [
    ["get", (cache) => cache.get("a")],
    ["peek", (cache) => cache.peek("a")],
    ["has", (cache) => cache.has("a")],
    ["set", (cache) => cache.set("a", 1)],
    ["setIfAbsent", (cache) => cache.setIfAbsent("a", 1)],
    ["update", (cache) => cache.update("a", () => 1)],
    ["delete", (cache) => cache.delete("a")],
    ["expire", (cache) => cache.expire("a")],
    ["clear", (cache) => cache.clear()],
    ["purge", (cache) => cache.purge()],
    ["getMany", (cache) => cache.getMany(["a"])],
    ["set", (cache) => cache.setMany([["a", 1]])],
    ["deleteMany", (cache) => cache.deleteMany(["a"])],
    ["getOrFetch", (cache) => cache.getOrFetch("a", () => 1)],
    ["warm", (cache) => cache.warm(["a"], () => 1)],
    ["invalidateByTag", (cache) => cache.invalidateByTag("t")],
    ["invalidateByTags", (cache) => cache.invalidateByTags(["t"])],
    ["invalidateByPattern", (cache) => cache.invalidateByPattern("*")],
    ["keys", (cache) => cache.keys()],
    ["entries", (cache) => cache.entries()],
    ["size", (cache) => cache.size],
    ["on", (cache) => cache.on("set", () => {})],
  ];

  test.each(operations)("says so (%s)", (operation, act) => {
    const cache = createCache<number>();
    for (const key of ["a", "long".repeat(20), 7, 0.5] as Key[]) cache.set(key, 1, { ttl: "1h", tags: ["t"] });
    cache.close();
    cache.close();
    const refusal = refused(() => act(cache));
    expect([refusal.message, refusal.code, refusal.retryable]).toEqual([`${operation}: the cache is closed`, "unsupported", false]);
    cache.off("set", () => {});
    expect(cache.stats()).toMatchObject({ sets: 4, size: 0, weight: 0 });
  });

  test("tells that its entries leave, and then nothing any more", () => {
    const cache = createCache<number>();
    cache.set("a", 1);
    const told = listen(cache as Cache<unknown>);
    cache.close();
    expect(told).toEqual(["delete a cleared"]);
  });

  test("gives those who wait their value, and ends what runs for nobody", async () => {
    const clock = manualClock();
    const cache = createCache<number>({ ttl: 10, staleWhileRevalidate: 10, clock });
    cache.set("stale", 1);
    clock.advance(10);
    let signal: AbortSignal | undefined;
    cache.getOrFetch("stale", (context) => {
      signal = context.signal;
      return new Promise<number>(() => {});
    });
    const asked = cache.getOrFetch("a", async () => 2);
    cache.close();
    expect([await asked, signal?.aborted]).toEqual([2, true]);
    expect(cache.stats().size).toBe(0);
  });

  test("by its own weigher, fetcher, change or listener harms no other cache", () => {
    const other = createCache<number>();
    other.set("a", 1);
    const weighed: Cache<number> = createCache<number>({ maxWeight: 5, weigh: () => (weighed.close(), 1) });
    expect(refused(() => weighed.set("a", 1)).message).toBe("set: the cache is closed");
    const fetched = createCache<number>();
    expect(fetched.getOrFetch("a", () => (fetched.close(), 1))).toBe(1);
    const changed = createCache<number>();
    expect(refused(() => changed.update("a", () => (changed.close(), 1))).message).toBe("update: the cache is closed");
    for (const kind of ["miss", "set", "hit", "delete", "load"] as const) {
      const told = createCache<number>();
      told.on(kind, () => told.close());
      try {
        expect(told.getOrFetch("a", () => 1)).toBe(1);
        told.set("a", 2);
        told.get("a");
        told.delete("a");
      } catch (error) {
        expect((error as CachefnError).code).toBe("unsupported");
      }
      expect(told.stats().size).toBe(0);
    }
    const fresh = createCache<number>();
    fresh.set("b", 2);
    expect([other.get("a"), fresh.get("b"), fresh.get("a"), other.size, fresh.size]).toEqual([1, 2, undefined, 1, 1]);
  });
});

test("s_19 a memoised function whose cache is closed runs uncached", async () => {
  let runs = 0;
  const double = memoize((n: number) => (runs++, n * 2));
  const later = memoize(async (n: number) => (runs++, n * 2));
  expect([double(1), double(1), await later(1), runs]).toEqual([2, 2, 2, 2]);
  double.cache.close();
  later.cache.close();
  expect([double(1), double(1), await later(1), await later(1), runs]).toEqual([2, 2, 2, 2, 6]);
});

function refused(run: () => unknown): CachefnError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(CachefnError);
    return error as CachefnError;
  }
  throw new Error("nothing was refused");
}
