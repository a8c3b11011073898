//! Reading through two tiers: what is asked of the storage, what comes to memory, and what is counted.

import { describe, expect, test } from "vitest";
import { type AsyncCacheOptions, createCache } from "../src/index.js";
import { memoryStorage } from "../src/index.storage.js";
import { manualClock } from "../src/testing.js";
import { listen, pending } from "./support/loads.js";
import { idle, Stage } from "./support/stage.js";

function open(stage: Stage, options: Partial<AsyncCacheOptions<unknown>> = {}) {
  return createCache<unknown>({ name: "n", storage: stage.storage, ...options });
}

describe("a read", () => {
  test("s_12 that memory can answer does not ask the storage", async () => {
    const stage = new Stage();
    const cache = open(stage);
    await cache.set("a", 1);
    await cache.flush();
    stage.calls.length = 0;
    expect([await cache.get("a"), await cache.peek("a"), await cache.has("a"), await cache.getOrFetch("a", () => 2)]).toEqual([1, 1, true, 1]);
    expect(stage.calls).toEqual([]);
  });

  test("s_28 gets a row with its tokens in one call, or in two where the storage cannot", async () => {
    for (const tokens of [true, false]) {
      const stage = new Stage({ tokens });
      const writer = open(stage);
      await writer.set("a", 1, { tags: ["t", "u"] });
      await writer.flush();
      stage.calls.length = 0;
      expect(await open(stage).get("a")).toBe(1);
      expect(stage.calls).toEqual(tokens ? ["get"] : ["get", "tokens"]);
    }
  });

  test("of many keys asks once for all that memory does not have", async () => {
    const stage = new Stage();
    const writer = open(stage);
    await writer.setMany([["a", 1], ["b", 2], ["c", 3]]);
    await writer.flush();
    const cache = open(stage);
    await cache.get("a");
    stage.calls.length = 0;
    expect(await cache.getMany(["a", "b", "c", "x", "b"])).toEqual([1, 2, 3, undefined, 2]);
    expect(stage.calls).toEqual(["get"]);
    expect(cache.stats()).toMatchObject({ hits: 4, misses: 1, storageHits: 3, storageMisses: 1 });
  });

  test("shares its look with whoever asks for the key meanwhile", async () => {
    const stage = new Stage();
    const cache = open(stage);
    const release = stage.hold("get");
    const asked = [cache.get("a"), cache.get("a"), cache.getMany(["a"]), cache.has("a")];
    await idle();
    release();
    expect(await Promise.all(asked)).toEqual([undefined, undefined, [undefined], false]);
    expect(stage.calls).toEqual(["get"]);
  });

  test("does not wait for a fetcher that runs for the key", async () => {
    const cache = open(new Stage());
    const load = pending<unknown>();
    const loading = cache.getOrFetch("a", load.fetcher);
    await idle();
    expect([load.runs, await cache.get("a")]).toEqual([1, undefined]);
    load.resolve(1);
    expect([await loading, await cache.get("a")]).toEqual([1, 1]);
  });

  test("s_43 of what only the storage has is a hit, and no load", async () => {
    const stage = new Stage();
    const writer = open(stage);
    await writer.set("a", 1);
    await writer.flush();
    for (const read of ["get", "getOrFetch"] as const) {
      const cache = open(stage);
      const told = listen(cache);
      expect(await cache[read]("a", () => 2)).toBe(1);
      expect(await cache.get("a")).toBe(1);
      expect(told).toEqual(["set a", "hit a", "hit a"]);
      expect(cache.stats()).toMatchObject({ hits: 2, misses: 0, storageHits: 1, loads: 0, sets: 1 });
    }
  });

  test("s_43 that only looks counts nothing and leaves memory as it is", async () => {
    const stage = new Stage();
    const writer = open(stage);
    await writer.set("a", 1);
    await writer.flush();
    const cache = open(stage);
    const told = listen(cache);
    expect([await cache.peek("a"), await cache.has("a"), await cache.peek("b"), await cache.has("b")]).toEqual([1, true, undefined, false]);
    expect([await cache.size(), await cache.keys(), await cache.entries()]).toEqual([0, [], []]);
    expect(cache.stats()).toMatchObject({ hits: 0, misses: 0, storageHits: 0, storageMisses: 0 });
    expect(told).toEqual([]);
  });

  test("h_34 gives a copy of what the storage has, and the very object that memory has", async () => {
    const storage = memoryStorage();
    const value = { list: [new Date(5), new Map([[1n, new Set(["x"])]])] };
    const writer = createCache<unknown>({ name: "n", storage });
    await writer.set("a", value);
    await writer.flush();
    expect(await writer.get("a")).toBe(value);
    const found = await createCache<unknown>({ name: "n", storage }).get("a");
    expect(found).toEqual(value);
    expect(found).not.toBe(value);
  });

  test("s_13 tells a stored undefined or null from none", async () => {
    const stage = new Stage();
    const writer = open(stage);
    await writer.setMany([["u", undefined], ["n", null]]);
    await writer.flush();
    const cache = open(stage);
    expect(await cache.getOrFetch("u", () => 1)).toBe(undefined);
    expect(await cache.getOrFetch("n", () => 1)).toBe(null);
    expect([await open(stage).has("u"), await open(stage).has("x")]).toEqual([true, false]);
    expect(cache.stats().loads).toBe(0);
  });
});

describe("what the storage has", () => {
  test("h_18 lives in memory for the time that it has left", async () => {
    for (const left of [1, 400]) {
      const [stage, clock] = [new Stage(), manualClock()];
      const writer = open(stage, { clock, ttl: 1000 });
      await writer.set("a", 1);
      await writer.flush();
      clock.advance(1000 - left);
      const cache = open(stage, { clock, ttl: 1000 });
      expect(await cache.get("a")).toBe(1);
      await stage.inner.delete(["n:a"]);
      clock.advance(left - 1);
      expect(await cache.get("a")).toBe(1);
      clock.advance(1);
      expect(await cache.get("a")).toBe(undefined);
    }
  });

  test("h_17 lives without end where it was written so", async () => {
    for (const ttl of [undefined, Infinity, Number.MAX_VALUE]) {
      const [stage, clock] = [new Stage(), manualClock()];
      const writer = open(stage, { clock });
      await writer.set("a", 1, { ttl });
      await writer.flush();
      clock.advance(2 ** 50);
      const cache = open(stage, { clock, ttl: 5 });
      expect(await cache.get("a")).toBe(1);
      clock.advance(2 ** 50);
      expect(await cache.get("a")).toBe(1);
    }
  });

  test("s_04 takes its time to idle and its stale windows with it", async () => {
    const [stage, clock] = [new Stage(), manualClock()];
    const writer = open(stage, { clock, ttl: 1000, tti: 10, staleIfError: 50 });
    await writer.set("a", 1);
    await writer.set("b", 2);
    await writer.flush();
    clock.advance(980);
    const cache = open(stage, { clock });
    expect(await cache.get("a")).toBe(1);
    clock.advance(10);
    await stage.inner.delete(["n:a"]);
    expect(await cache.get("a")).toBe(undefined);
    clock.advance(10);
    expect(await cache.getOrFetch("b", () => Promise.reject(new Error("down")))).toBe(2);
  });

  test("s_05 is a miss when it comes from more than five seconds in the future, and is counted", async () => {
    for (const [ahead, isFound] of [[0, true], [5000, true], [5001, false], [31_536_000_000, false]] as const) {
      const stage = new Stage();
      const clock = manualClock();
      const writer = open(stage, { clock: { monoMs: clock.monoMs, wallMs: () => ahead }, ttl: 60_000 });
      await writer.set("a", 1);
      await writer.flush();
      const cache = open(stage, { clock });
      expect(await cache.has("a")).toBe(isFound);
      expect(await cache.get("a")).toBe(isFound ? 1 : undefined);
      expect(cache.stats().skewed > 0).toBe(!isFound);
      await stage.inner.delete(["n:a"]);
      clock.advance(60_000); // in memory no longer than its ttl
      expect(await cache.get("a")).toBe(undefined);
    }
  });

  test("h_21 costs misses and nothing else when a clock jumps by a year", async () => {
    const year = 31_536_000_000;
    for (const wall of [0, 2 * year]) {
      const stage = new Stage();
      const writer = open(stage, { clock: { monoMs: () => 0, wallMs: () => wall }, ttl: 60_000 });
      await writer.set("a", 1);
      await writer.flush();
      const clock = { monoMs: () => 0, wallMs: () => year };
      const cache = open(stage, { clock, ttl: 60_000 });
      expect(await cache.get("a")).toBe(undefined);
      expect(await cache.getOrFetch("a", () => 2)).toBe(2);
      await cache.flush();
      expect(await open(stage, { clock }).get("a")).toBe(2);
    }
  });
});

describe("keys", () => {
  const odd = ["__proto__", "constructor", "toString", "", "a\nb", "a\0b", "*?[a]\\", "%n:n", "n:a", "\ud800", "\udc00x", "x".repeat(65_536), "é", "7,\"eu\""];

  test("h_06 may be any text", async () => {
    const stage = new Stage();
    const writer = open(stage);
    for (const [at, key] of odd.entries()) await writer.set(key, at, { tags: [key] });
    await writer.flush();
    expect(await open(stage).getMany(odd)).toEqual(odd.map((_, at) => at));
    const cache = open(stage);
    for (const key of odd.slice(0, 4)) await cache.delete(key);
    for (const key of odd.slice(4, 8)) await cache.invalidateByTag(key);
    expect(await open(stage).getMany(odd)).toEqual(odd.map((_, at) => (at < 8 ? undefined : at)));
  });

  test("h_06 longer than 64 KiB are refused, by a fetch only for the storage", async () => {
    const cache = open(new Stage());
    const long = "é".repeat(32_769);
    await expect(cache.get(long)).rejects.toMatchObject({ code: "key", operation: "get", message: expect.stringContaining("65536") });
    await expect(cache.set(long, 1)).rejects.toMatchObject({ code: "key" });
    expect(await cache.getOrFetch(long, () => 1)).toBe(1);
    expect(await cache.getOrFetch(long, () => 2)).toBe(1);
  });

  test("h_04 of two names never meet", async () => {
    const storage = memoryStorage();
    const pairs = [["a:b", "c"], ["a", "b:c"], ["a%3Ab", "c"], ["a/b", "c"], ["a", "b/c"]] as const;
    const caches = pairs.map(([name]) => createCache<number>({ name, storage }));
    for (const [at, [, key]] of pairs.entries()) await caches[at]?.set(key, at);
    for (const cache of caches) await cache.flush();
    const again = pairs.map(([name, key]) => createCache<number>({ name, storage }).get(key));
    expect(await Promise.all(again)).toEqual([0, 1, 2, 3, 4]);
    await caches[0]?.clear();
    expect(await Promise.all(pairs.map(([name, key]) => createCache<number>({ name, storage }).get(key)))).toEqual([undefined, 1, 2, 3, 4]);
  });

  test("s_23 are texts: a number is its digits", async () => {
    const cache = open(new Stage());
    await cache.set(7, "seven");
    expect([await cache.get("7"), await cache.get(7), await cache.keys()]).toEqual(["seven", "seven", ["7"]]);
  });

  test("that are none are refused", async () => {
    const cache = open(new Stage());
    for (const key of [undefined, null, {}, true]) await expect(cache.get(key as never)).rejects.toMatchObject({ code: "key" });
    await expect(cache.getMany("abc" as never)).rejects.toMatchObject({ code: "config" });
  });
});
