//! Writing through two tiers: what memory has at once, and how it reaches the storage.

import { describe, expect, test } from "vitest";
import { type AsyncCacheOptions, createCache } from "../src/index.js";
import { manualClock } from "../src/testing.js";
import { listen } from "./support/loads.js";
import { idle, Stage } from "./support/stage.js";

function open(stage = new Stage(), options: Partial<AsyncCacheOptions<unknown>> = {}) {
  return createCache<unknown>({ name: "n", storage: stage.storage, ...options });
}

async function all(stage: Stage): Promise<unknown[]> {
  const { names } = await stage.inner.scan("n:", 1000);
  return (await stage.inner.get(names)).map((found) => [found?.row.name.slice(2), found?.row.value]);
}

describe("a write", () => {
  test("s_34 is in memory before anything is waited for", async () => {
    const cache = open();
    const setting = cache.set("a", 1);
    expect((await Promise.all([cache.peek("a"), setting]))[0]).toBe(1);
  });

  test("h_16 of one key many times is few writes, and the last one wins", async () => {
    const stage = new Stage();
    const cache = open(stage);
    await Promise.all(Array.from({ length: 100 }, (_, at) => cache.set("a", at)));
    await cache.flush();
    expect(await stage.value("n:a")).toBe(99);
    expect(stage.calls.filter((call) => call === "set").length).toBeLessThanOrEqual(2);
  });

  test("h_36 of many keys goes to the storage in batches", async () => {
    const stage = new Stage();
    const cache = open(stage);
    await cache.setMany(Array.from({ length: 500 }, (_, at) => [at, at] as const));
    await cache.flush();
    expect((await all(stage)).length).toBe(500);
    expect(stage.calls.filter((call) => call === "set").length).toBeLessThanOrEqual(2);
  });

  test("replaces tags: an old one does not kill the new value", async () => {
    const stage = new Stage();
    const cache = open(stage);
    await cache.set("a", 1, { tags: ["old", "both", "both"] });
    await cache.set("a", 2, { tags: ["new", "both"] });
    await cache.invalidateByTag("old");
    expect([await cache.get("a"), await open(stage).get("a")]).toEqual([2, 2]);
    await cache.invalidateByTag("both");
    expect([await cache.get("a"), await open(stage).get("a")]).toEqual([undefined, undefined]);
  });

  test("s_03 with a ttl of zero is kept nowhere, and removes what was", async () => {
    const stage = new Stage();
    const cache = open(stage);
    await cache.set("a", 1);
    await cache.set("a", 2, { ttl: 0 });
    expect(await cache.setIfAbsent("b", 1, { ttl: 0 })).toBe(false);
    await cache.getOrFetch("c", () => 3, { ttl: 0 });
    await cache.flush();
    expect([await all(stage), await cache.getMany(["a", "b", "c"])]).toEqual([[], [undefined, undefined, undefined]]);
  });

  test("s_06 is shortened by jitter in the storage too, and never lengthened", async () => {
    const stage = new Stage();
    const cache = open(stage, { ttl: 1000, jitter: 0.5, seed: 7 });
    await cache.setMany(Array.from({ length: 50 }, (_, at) => [at, at] as const));
    await cache.flush();
    const found = await stage.inner.get(Array.from({ length: 50 }, (_, at) => `n:${at}`));
    const lives = found.map((one) => one?.row.freshFor as number);
    expect(Math.min(...lives)).toBeGreaterThanOrEqual(500);
    expect(Math.max(...lives)).toBeLessThanOrEqual(1000);
    expect(new Set(lives).size).toBeGreaterThan(10);
  });

  test("s_09 too heavy for memory is refused there, and the storage has it", async () => {
    const stage = new Stage();
    const cache = open(stage, { maxWeight: 10, weigh: (_, value) => value as number });
    await cache.set("a", 1);
    await expect(cache.set("a", 11)).rejects.toMatchObject({ code: "too-heavy", operation: "set" });
    expect(await cache.getOrFetch("b", () => 12)).toBe(12);
    await cache.flush();
    expect([await all(stage), await cache.size(), await cache.get("a")]).toEqual([[["a", 11], ["b", 12]], 0, 11]);
    expect([await cache.update("a", (old) => (old as number) + 2), await cache.get("a")]).toEqual([13, 13]);
    await cache.set("light", 1);
    await expect(cache.update("light", () => 14)).rejects.toMatchObject({ code: "too-heavy" });
    expect(await cache.has("light")).toBe(false);
    await cache.flush();
    expect(await open(stage).has("light")).toBe(false);
  });

  test("is not told before the storage has it, and set tells once", async () => {
    const stage = new Stage();
    const told: unknown[] = [];
    const bus = { publish: ({ what }: { readonly what: unknown }) => void told.push(what), subscribe: () => () => {} };
    const cache = open(stage, { bus });
    const release = stage.hold("set");
    await cache.set("a", 1);
    await cache.set("b", 2);
    await cache.getOrFetch("loaded", () => 3);
    expect(told).toEqual([]);
    release();
    await cache.flush();
    expect(told.flatMap((what) => (what as { readonly keys: string[] }).keys)).toEqual(["a", "b"]);
  });
});

describe("the queue", () => {
  test("is read before the storage", async () => {
    const stage = new Stage();
    const cache = open(stage, { maxEntries: 1, policy: "fifo" });
    const release = stage.hold("set");
    for (const key of ["a", "b", "c"]) await cache.set(key, key, { tags: ["t"] });
    expect([await cache.get("a"), await cache.get("b"), await cache.getMany(["a", "c"])]).toEqual(["a", "b", ["a", "c"]]);
    await cache.set("a", 2);
    await cache.set("b", "b");
    expect([await cache.get("a"), cache.stats().pending > 0]).toEqual([2, true]);
    release();
    await cache.flush();
    expect([await stage.value("n:a"), cache.stats().pending]).toEqual([2, 0]);
  });

  test("s_02 gives nothing that has died in it", async () => {
    const [stage, clock] = [new Stage(), manualClock()];
    const cache = open(stage, { clock });
    stage.hold("set");
    await cache.set("a", 1, { ttl: 10, tier: "storage" });
    clock.advance(9);
    expect(await cache.peek("a")).toBe(1);
    clock.advance(1);
    expect(await cache.peek("a")).toBe(undefined);
  });

  test("lets set wait when it is full, and refuses nothing", async () => {
    const stage = new Stage();
    const cache = open(stage, { maxPending: 10 });
    const release = stage.hold("set");
    let done = 0;
    const writes = Array.from({ length: 30 }, (_, at) => cache.set(at, at).then(() => done++));
    const loads = Array.from({ length: 5 }, (_, at) => cache.getOrFetch(`l${at}`, () => at));
    await idle();
    expect([done, cache.stats().pending]).toEqual([10, 10]);
    release();
    await Promise.all(writes);
    expect(await Promise.all(loads)).toEqual([0, 1, 2, 3, 4]);
    await cache.flush();
    expect((await all(stage)).length).toBe(35);
  });

  test("takes a newer value of a key that waits although it is full", async () => {
    const stage = new Stage();
    const cache = open(stage, { maxPending: 2 });
    const release = stage.hold("set");
    await cache.set("first", 0);
    await idle();
    await cache.set("a", 1);
    await cache.set("a", 2);
    release();
    await cache.flush();
    expect(await stage.value("n:a")).toBe(2);
  });

  test("keeps the order of writes and removals", async () => {
    const stage = new Stage();
    const cache = open(stage);
    const release = stage.hold("set");
    const steps = [
      cache.set("a", 1),
      cache.delete("a"),
      cache.set("a", 2, { tags: ["t"] }),
      cache.set("b", 1, { tags: ["t"] }),
      cache.invalidateByTag("t"),
      cache.set("b", 2, { tags: ["t"] }),
      cache.set("c", 1),
      cache.clear(),
      cache.set("c", 2),
      cache.invalidateByPattern("c"),
      cache.set("c", 3),
      cache.set("d", 1),
    ];
    await idle();
    expect(await cache.getMany(["a", "b", "c", "d"])).toEqual([undefined, undefined, 3, 1]);
    release();
    await Promise.all(steps);
    await cache.flush();
    expect(await open(stage).getMany(["a", "b", "c", "d"])).toEqual([undefined, undefined, 3, 1]);
  });
});

describe("setIfAbsent", () => {
  test("looks into every tier", async () => {
    const stage = new Stage();
    const writer = open(stage);
    await writer.set("a", 1);
    await writer.flush();
    const cache = open(stage);
    expect([await cache.setIfAbsent("a", 2), await cache.setIfAbsent("b", 3), await cache.setIfAbsent("b", 4)]).toEqual([false, true, false]);
    await cache.flush();
    expect(await open(stage).getMany(["a", "b"])).toEqual([1, 3]);
    expect(cache.stats()).toMatchObject({ hits: 0, misses: 0 });
  });

  test("of many callers lets one win", async () => {
    const cache = open();
    const won = await Promise.all(Array.from({ length: 50 }, (_, at) => cache.setIfAbsent("a", at)));
    expect(won.filter(Boolean).length).toBe(1);
    expect(await cache.get("a")).toBe(won.indexOf(true));
  });

  test("s_18 sets after a delete that overtakes it, and not after a set", async () => {
    const stage = new Stage();
    await stage.storage.close();
    const writer = open(stage);
    await writer.set("a", 1);
    await writer.flush();
    const cache = open(stage);
    let release = stage.hold("get");
    const first = cache.setIfAbsent("a", 2);
    await idle();
    const gone = cache.delete("a");
    release();
    expect([await first, await gone, await cache.get("a")]).toEqual([true, true, 2]);
    release = stage.hold("get");
    const second = cache.setIfAbsent("b", 1);
    await idle();
    await cache.set("b", 2);
    release();
    expect([await second, await cache.get("b")]).toEqual([false, 2]);
  });
});

describe("update", () => {
  test("changes what any tier has, and keeps its times and tags", async () => {
    const [stage, clock] = [new Stage(), manualClock()];
    const writer = open(stage, { clock });
    await writer.set("a", 1, { ttl: 100, tags: ["t"] });
    await writer.flush();
    clock.advance(60);
    const cache = open(stage, { clock });
    expect(await cache.update("a", (old) => (old as number) + 1)).toBe(2);
    expect(await cache.update("a", (old) => (old as number) + 1)).toBe(3);
    await cache.flush();
    expect([await cache.get("a"), await open(stage, { clock }).get("a")]).toEqual([3, 3]);
    clock.advance(40);
    expect([await cache.get("a"), await open(stage, { clock }).get("a")]).toEqual([undefined, undefined]);
    await writer.set("b", 1, { tags: ["t"] });
    await writer.update("b", () => 2);
    await writer.invalidateByTag("t");
    expect(await open(stage, { clock }).get("b")).toBe(undefined);
  });

  test("makes and removes entries, and tells", async () => {
    const stage = new Stage();
    const cache = open(stage);
    const told = listen(cache, "set", "delete");
    expect(await cache.update("a", (old) => (old === undefined ? 1 : 0))).toBe(1);
    expect(await cache.update("a", () => undefined)).toBe(undefined);
    await cache.flush();
    expect([await stage.value("n:a"), await cache.has("a"), told]).toEqual([undefined, false, ["set a", "delete a deleted"]]);
    await expect(cache.update("a", undefined as never)).rejects.toMatchObject({ code: "config", operation: "update" });
  });

  test("of many callers loses no change", async () => {
    for (const tier of ["both", "storage"] as const) {
      const stage = new Stage();
      const cache = open(stage, { tier });
      await Promise.all(Array.from({ length: 30 }, () => cache.update("a", (old) => ((old as number) ?? 0) + 1)));
      await cache.flush();
      expect([await cache.get("a"), await stage.value("n:a")], tier).toEqual([30, 30]);
    }
  });
});
