//! What stays in memory, and what a hit allocates. Needs the collector, so Node only.

import { beforeAll, describe, expect, test } from "vitest";
import { type Cache, createCache, memoize } from "../src/index.js";
import { inlineEngine } from "../src/load/inline.js";

const collect = globalThis.gc as () => void;

beforeAll(() => {
  expect(globalThis.gc).toBeTypeOf("function");
});

/** Lets the collector run, and the finalizers that it queues. */
async function collected(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("h_42 ten thousand caches made and dropped leave the engine's memory flat", async () => {
  const { memory } = inlineEngine().exports;
  async function makeAndDrop(): Promise<number> {
    for (let made = 0; made < 1000; made++) {
      const cache = createCache<number>({ maxEntries: 100 });
      for (let key = 0; key < 50; key++) cache.set(key, key, { ttl: "1h", tags: [`t${key}`] });
    }
    await collected();
    return memory.buffer.byteLength;
  }
  const first = await makeAndDrop();
  for (let round = 1; round < 10; round++) expect(await makeAndDrop()).toBeLessThanOrEqual(first);
});

describe("h_42 a value is let go", () => {
  test.each<[string, (cache: Cache<object>) => void]>([
    ["when it is deleted", (cache) => cache.delete("a")],
    ["when it is replaced", (cache) => cache.set("a", {})],
    ["when it is evicted", (cache) => cache.set("b", {})],
    ["when the cache is cleared", (cache) => cache.clear()],
    ["when its pattern is invalidated", (cache) => cache.invalidateByPattern("*")],
    ["when its tag is invalidated and the dead are counted", (cache) => (cache.invalidateByTag("t"), void cache.size)],
    ["when its tag is invalidated and the dead are purged", (cache) => (cache.invalidateByTags(["t"]), void cache.purge())],
    ["when it is expired", (cache) => cache.expire("a")],
    ["when it is updated", (cache) => cache.update("a", () => ({}))],
    ["when it is updated to nothing", (cache) => cache.update("a", () => undefined)],
    ["when the cache is closed", (cache) => cache.close()],
  ])("%s", async (_, leave) => {
    const cache = createCache<object>({ maxEntries: 1 });
    const value = ((): WeakRef<object> => {
      const value = { some: "value" };
      cache.set("a", value, { tags: ["t"] });
      return new WeakRef(value);
    })();
    leave(cache);
    await collected();
    expect(value.deref()).toBeUndefined();
  });

  test("together with its promise", async () => {
    const load = memoize(async (id: string) => ({ id }));
    const value = new WeakRef(await load("a"));
    load.cache.clear();
    await collected();
    expect(value.deref()).toBeUndefined();
    expect(load.cache.size).toBe(0);
  });

  test("that was stale, with the fetch that replaced it", async () => {
    const cache = createCache<object>({ staleWhileRevalidate: "1h", staleIfError: "1h" });
    const value = await (async (): Promise<WeakRef<object>> => {
      const value = { some: "value" };
      cache.set("a", value);
      cache.expire("a");
      await cache.getOrFetch("a", async ({ previous }) => (previous() === value ? {} : { other: "value" }));
      return new WeakRef(value);
    })();
    await collected();
    expect([value.deref(), cache.get("a")]).toEqual([undefined, {}]);
  });
});

test("h_21 a pending timeout keeps no program alive, and is gone when the load ends", async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  const cache = createCache<number>({ loadTimeout: "1h", softTimeout: "1h", staleIfError: "2h" });
  let resolve: ((value: number) => void) | undefined;
  const asked = cache.getOrFetch("a", () => new Promise((settle) => (resolve = settle)));
  expect(timers()).toBe(before);
  resolve?.(1);
  expect([await asked, timers()]).toEqual([1, before]);
});

describe("a hit allocates nothing", () => {
  const texts = Array.from({ length: 500 }, (_, at) => `user:${at}`);
  const hit = {
    "a text": asker(() => cacheOf(texts), texts),
    "a text in an lru cache": asker(() => cacheOf(texts, { policy: "lru" }), texts),
    "a text with a lifetime": asker(() => cacheOf(texts, { ttl: "1h" }), texts),
    "a text with a time to idle": asker(() => cacheOf(texts, { tti: "1h", staleIfError: "1h", ttl: "2h" }), texts),
    "a text in a cache with weights": asker(() => cacheOf(texts, { maxWeight: 1000, weigh: () => 1 }), texts),
    "an integer": asker(() => cacheOf([...texts.keys()]), [...texts.keys()]),
    "a memoised text": caller(memoize((text: string) => ({ text })), texts.map((text) => [text])),
    "two memoised integers": caller(memoize((one: number, other: number) => ({ one, other })), pairs(texts.keys())),
    "a memoised text and integer": caller(memoize((one: string, other: number) => ({ one, other })), pairs(texts)),
    "a memoised boolean": caller(memoize((flag: boolean) => ({ flag })), texts.map((_, at) => [at % 2 === 0])),
    "a memoised fraction": caller(memoize((part: number) => ({ part })), texts.map((_, at) => [at + 0.5])),
    "a memoised text and boolean": caller(memoize((text: string, flag: boolean) => ({ text, flag })), texts.map((text) => [text, true])),
    "a memoised promise": caller(memoize(async (text: string) => ({ text })), texts.map((text) => [text])),
  };

  test.each(Object.entries(hit))("of %s", async (_, run) => {
    for (let round = 0; round < 400; round++) run();
    await collected();
    for (let round = 0; round < 100; round++) run();
    // The median: a compiler at work or a collection may disturb one measurement, not most of them.
    const bytes = Array.from({ length: 5 }, () => {
      const before = process.memoryUsage().heapUsed;
      for (let round = 0; round < 400; round++) run();
      return (process.memoryUsage().heapUsed - before) / (400 * 500);
    }).sort((one, other) => one - other);
    expect(bytes[2]).toBeLessThan(1);
  });
});

test("a million distinct long texts take the memory of those that fit", async () => {
  const lengthOf = memoize((one: string, other: { text: string }) => one.length + other.text.length, { maxEntries: 1000 });
  const ask = async (from: number, to: number): Promise<number> => {
    for (let at = from; at < to; at++) lengthOf(`${at}${"x".repeat(100)}`, { text: `${"y".repeat(50)}${at}` });
    await collected();
    return process.memoryUsage().heapUsed;
  };
  const first = await ask(0, 50_000);
  expect((await ask(50_000, 500_000)) - first).toBeLessThan(1_000_000);
  expect(lengthOf.cache.stats()).toMatchObject({ size: 1000, loads: 500_000, evictions: 499_000 });
});

function cacheOf<K extends string | number>(keys: K[], options = {}): Cache<object> {
  const cache = createCache<object>(options);
  for (const key of keys) cache.set(key, { key });
  return cache;
}

function asker(make: () => Cache<object>, keys: (string | number)[]): () => void {
  const cache = make();
  return () => {
    for (const key of keys) if (cache.get(key) === undefined) throw new Error(`${key} was lost`);
  };
}

function caller(fn: (one: never, other: never) => unknown, lists: unknown[][]): () => void {
  return () => {
    for (const list of lists) {
      const answer = list.length === 1 ? (fn as (one: unknown) => unknown)(list[0]) : fn(list[0] as never, list[1] as never);
      if (answer === undefined) throw new Error("nothing came");
    }
  };
}

function pairs(firsts: Iterable<unknown>): unknown[][] {
  return [...firsts].map((first, at) => [first, at]);
}
