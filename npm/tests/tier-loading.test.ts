//! Asking or computing over two tiers: who runs the fetcher, in which order things happen, and who hears of it.

import { describe, expect, test } from "vitest";
import { type AsyncCacheOptions, createCache, type FetchContext } from "../src/index.js";
import { manualClock } from "../src/testing.js";
import { listen, pending, thrower } from "./support/loads.js";
import { idle, Stage } from "./support/stage.js";

function open(stage = new Stage(), options: Partial<AsyncCacheOptions<unknown>> = {}) {
  return createCache<unknown>({ name: "n", storage: stage.storage, ...options });
}

describe("a load", () => {
  test("s_28 reads the row, then the tokens, then calls the fetcher, then writes once", async () => {
    const stage = new Stage();
    const cache = open(stage);
    const value = await cache.getOrFetch("a", () => stage.calls.push("fetcher") && 1, { tags: ["t"] });
    await cache.flush();
    expect([value, await stage.value("n:a")]).toEqual([1, 1]);
    expect(stage.calls).toEqual(["get", "createTokens", "fetcher", "set"]);
    const [found] = await stage.inner.get(["n:a"]);
    expect(found?.row.tags.map(({ name }) => name)).toEqual(["t"]);
  });

  test("h_07 h_16 runs once for a thousand callers, and costs the storage one look and one write", async () => {
    const stage = new Stage();
    const cache = open(stage);
    const load = pending<unknown>();
    const asked = Array.from({ length: 1000 }, () => cache.getOrFetch("a", load.fetcher));
    await idle();
    load.resolve(7);
    expect(await Promise.all(asked)).toEqual(Array(1000).fill(7));
    await cache.flush();
    expect(load.runs).toBe(1);
    expect(stage.calls).toEqual(["get", "createTokens", "set"]);
    expect(cache.stats()).toMatchObject({ hits: 0, misses: 1000, loads: 1, sets: 1, storageMisses: 1 });
  });

  test("h_08 is not run again by those who ask later, and tells what happens in order", async () => {
    const cache = open();
    const told = listen(cache);
    let runs = 0;
    for (let round = 0; round < 3; round++) expect(await cache.getOrFetch("a", async () => ++runs)).toBe(1);
    expect(told).toEqual(["miss a", "load a", "set a", "hit a", "hit a"]);
  });

  test("h_09 of one key in two caches is two loads", async () => {
    const stage = new Stage();
    const one = createCache<string>({ name: "one", storage: stage.storage });
    const other = createCache<string>({ name: "other", storage: stage.storage });
    expect(await Promise.all([one.getOrFetch("a", async () => "1"), other.getOrFetch("a", async () => "2")])).toEqual(["1", "2"]);
  });

  test("h_10 h_14 that fails hands its failure on unchanged, stores nothing, and the next one runs anew", async () => {
    const stage = new Stage();
    const cache = open(stage);
    const failure = new Error("no");
    const told = listen(cache);
    for (const fetcher of [thrower(failure), () => Promise.reject(failure)]) {
      const ends = await Promise.allSettled([cache.getOrFetch("a", fetcher), cache.getOrFetch("a", fetcher)]);
      expect(ends.map((end) => end.status === "rejected" && end.reason)).toEqual([failure, failure]);
    }
    await cache.flush();
    expect([await stage.value("n:a"), cache.stats().loadFailures]).toEqual([undefined, 2]);
    expect(told.filter((line) => line.startsWith("error"))).toEqual(["error a load-failed", "error a load-failed"]);
    expect(await cache.getOrFetch("a", () => 5)).toBe(5);
  });

  test("h_13 that asks for its own key runs uncached, and the outer one is stored", async () => {
    const stage = new Stage();
    const cache = open(stage);
    const told = listen(cache, "error");
    const value = await cache.getOrFetch("a", async () => 1 + ((await cache.getOrFetch("a", () => 10)) as number));
    await cache.flush();
    expect([value, await cache.get("a"), await stage.value("n:a")]).toEqual([11, 11, 11]);
    expect(told).toEqual(["error a reentrant"]);
  });

  test("h_13 that asks for other keys loads them", async () => {
    const cache = open();
    const sum = (to: number): Promise<unknown> =>
      cache.getOrFetch(to, async () => (to === 0 ? 0 : to + ((await sum(to - 1)) as number)));
    expect(await sum(100)).toBe(5050);
    expect(await cache.size()).toBe(101);
  });

  test("s_12 can say what becomes of its value", async () => {
    const [stage, clock] = [new Stage(), manualClock()];
    const cache = open(stage, { clock });
    await cache.getOrFetch("a", (context) => (context.ttl(10), 1), { ttl: "1h" });
    await cache.getOrFetch("b", (context) => (context.skip(), 2));
    await cache.getOrFetch("c", async (context) => (context.ttl(0), 3));
    await cache.flush();
    expect([await stage.value("n:a"), await stage.value("n:b"), await stage.value("n:c")]).toEqual([1, undefined, undefined]);
    clock.advance(10);
    expect([await cache.get("a"), await open(stage, { clock }).get("a")]).toEqual([undefined, undefined]);
  });

  test("s_13 of undefined and null is stored, as long as negativeTtl says", async () => {
    const [stage, clock] = [new Stage(), manualClock()];
    const options = { clock, ttl: 100, negativeTtl: 10 };
    const cache = open(stage, options);
    expect([await cache.getOrFetch("u", () => undefined), await cache.getOrFetch("n", async () => null)]).toEqual([undefined, null]);
    await cache.flush();
    expect([await open(stage, options).has("u"), await open(stage, options).has("n")]).toEqual([true, true]);
    clock.advance(10);
    expect([await open(stage, options).has("u"), await cache.has("n")]).toEqual([false, false]);
  });

  test("remembers failures in memory only", async () => {
    const stage = new Stage();
    const cache = open(stage, { cacheErrors: () => "1m" });
    let runs = 0;
    const fail = () => (runs++, Promise.reject(new Error("no")));
    for (let round = 0; round < 3; round++) await expect(cache.getOrFetch("a", fail)).rejects.toThrow("no");
    await cache.flush();
    expect([runs, stage.calls.includes("set"), await cache.get("a"), await cache.has("a")]).toEqual([1, false, undefined, false]);
  });
});

describe("a caller", () => {
  test("h_11 that gives up before the fetcher began keeps it from running, when nobody else waits", async () => {
    for (const method of ["get", "createTokens"] as const) {
      const stage = new Stage();
      const cache = open(stage);
      const release = stage.hold(method);
      const controller = new AbortController();
      const load = pending<unknown>();
      const asked = cache.getOrFetch("a", load.fetcher, { signal: controller.signal });
      await idle();
      controller.abort("enough");
      await expect(asked).rejects.toBe("enough");
      release();
      await idle();
      expect(load.runs).toBe(0);
      expect(await cache.getOrFetch("a", () => 2)).toBe(2);
    }
  });

  test("h_11 that gives up harms nobody who waits", async () => {
    const cache = open();
    const controller = new AbortController();
    const load = pending<unknown>();
    const first = cache.getOrFetch("a", load.fetcher, { signal: controller.signal });
    const second = cache.getOrFetch("a", load.fetcher);
    await idle();
    controller.abort("enough");
    await expect(first).rejects.toBe("enough");
    load.resolve(1);
    expect([await second, await cache.get("a"), load.signal?.aborted]).toEqual([1, 1, false]);
  });

  test("h_11 that is the last to give up aborts the fetcher, and its value is not stored", async () => {
    const stage = new Stage();
    const cache = open(stage);
    const controller = new AbortController();
    const load = pending<unknown>();
    const asked = cache.getOrFetch("a", load.fetcher, { signal: controller.signal });
    await idle();
    controller.abort("enough");
    await expect(asked).rejects.toBe("enough");
    expect(load.signal?.aborted).toBe(true);
    load.resolve(1);
    await idle();
    await cache.flush();
    expect([await cache.get("a"), await stage.value("n:a")]).toEqual([undefined, undefined]);
  });

  test("h_11 that gives up on a stale row which is fetched anew aborts that fetcher", async () => {
    const [stage, clock] = [new Stage(), manualClock()];
    const options = { clock, ttl: 10, staleIfError: 100 };
    const writer = open(stage, options);
    await writer.set("a", 1);
    await writer.flush();
    clock.advance(20);
    const cache = open(stage, options);
    const controller = new AbortController();
    const load = pending<unknown>();
    const asked = cache.getOrFetch("a", load.fetcher, { signal: controller.signal });
    await idle();
    controller.abort("enough");
    await expect(asked).rejects.toBe("enough");
    expect([load.runs, load.signal?.aborted]).toEqual([1, true]);
  });

  test("s_17 waits no longer than loadTimeout, for the storage too", async () => {
    const stage = new Stage();
    const cache = open(stage, { loadTimeout: 5 });
    stage.hold("get");
    await expect(cache.getOrFetch("a", () => 1)).rejects.toMatchObject({ code: "timeout" });
  });
});

describe("a tier", () => {
  test("s_37 is chosen by a call", async () => {
    const stage = new Stage();
    const cache = open(stage);
    const memory = { tier: "memory" } as const;
    const outside = { tier: "storage" } as const;
    await cache.set("m", 1, memory);
    await cache.set("s", 2, outside);
    await cache.getOrFetch("ml", () => 3, memory);
    await cache.getOrFetch("sl", async () => 4, outside);
    expect(await cache.setIfAbsent("ma", 5, memory)).toBe(true);
    expect(await cache.setIfAbsent("sa", 6, outside)).toBe(true);
    expect((await cache.keys()).sort()).toEqual(["m", "ma", "ml"]);
    await cache.flush();
    const { names } = await stage.inner.scan("n:", 10);
    expect(names).toEqual(["n:s", "n:sa", "n:sl"]);
    expect([await cache.getOrFetch("s", () => 0, outside), await cache.getOrFetch("m", () => 0, memory)]).toEqual([2, 1]);
    expect(await cache.setIfAbsent("sa", 7, outside)).toBe(false);
    expect(cache.stats().loads).toBe(2);
  });

  test("s_37 is chosen by a cache", async () => {
    const stage = new Stage();
    const memory = open(stage, { tier: "memory" });
    await memory.set("a", 1);
    expect([await memory.get("a"), await memory.get("b"), await memory.getOrFetch("c", () => 3)]).toEqual([1, undefined, 3]);
    expect(stage.calls).toEqual([]);
    const outside = open(stage, { tier: "storage" });
    await outside.set("a", 1);
    expect([await outside.get("a"), await outside.getOrFetch("c", () => 3), await outside.update("a", (old) => [old])]).toEqual([1, 3, [1]]);
    expect([await outside.get("a"), await outside.get("c"), await outside.size()]).toEqual([[1], 3, 0]);
  });

  test("s_37 that holds values for memory alone does not keep those who want the storage from it", async () => {
    const stage = new Stage();
    const cache = open(stage);
    await cache.set("a", 1, { tier: "storage" });
    await cache.set("a", 2, { tier: "memory" });
    expect(await cache.getOrFetch("a", () => 3, { tier: "storage" })).toBe(1);
    expect(await cache.getOrFetch("a", () => 3)).toBe(2);
  });
});

test("s_12 a cache with a fetcher reads through both tiers", async () => {
  const stage = new Stage();
  const asked: string[] = [];
  const fetcher = (key: unknown, _: FetchContext<unknown>): unknown => asked.push(String(key)) && `of ${key}`;
  const cache = open(stage, { fetcher });
  expect([await cache.get("a"), await cache.getMany(["a", 7]), await cache.getOrFetch("b")]).toEqual(["of a", ["of a", "of 7"], "of b"]);
  await cache.flush();
  expect(await open(stage, { fetcher }).getMany(["a", "7"])).toEqual(["of a", "of 7"]);
  expect(asked).toEqual(["a", "7", "b"]);
  stage.calls.length = 0;
  expect(await open(stage, { fetcher }).getMany(["a", "7", "b"])).toEqual(["of a", "of 7", "of b"]);
  expect(stage.calls).toEqual(["get"]);
  expect(await cache.warm(["a", "x", "y"])).toBe(2);
  await expect(open(stage).getOrFetch("q")).rejects.toMatchObject({ code: "config", operation: "getOrFetch" });
});

test("warm fills memory from the storage, and makes what it does not have", async () => {
  const stage = new Stage();
  const writer = open(stage);
  await writer.set("a", 1);
  await writer.flush();
  const cache = open(stage);
  const fetcher = async (key: unknown) => (key === "bad" ? Promise.reject(new Error("no")) : `of ${key}`);
  expect(await cache.warm(["a", "b", 3], fetcher)).toBe(2);
  expect(await cache.getMany(["a", "b", "3"])).toEqual([1, "of b", "of 3"]);
  await expect(cache.warm(["bad", "c"], fetcher)).rejects.toThrow("no");
  expect(await cache.get("c")).toBe("of c");
});
