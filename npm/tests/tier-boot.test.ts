//! How an asynchronous cache begins and ends: what it reads at first, what it waits for at last, and what it takes.

import { describe, expect, test } from "vitest";
import { type AsyncCacheOptions, createCache } from "../src/index.js";
import { memoryStorage, withTier } from "../src/index.storage.js";
import type { Notice } from "../src/bus.js";
import { manualClock } from "../src/testing.js";
import { listen, pending } from "./support/loads.js";
import { LocalBus } from "./support/local-bus.js";
import { idle, Stage } from "./support/stage.js";

function open(stage: Stage, options: Partial<AsyncCacheOptions<unknown>> = {}) {
  return createCache<unknown>({ name: "n", storage: stage.storage, ...options });
}

async function filled(count: number, options: Partial<AsyncCacheOptions<unknown>> = {}) {
  const stage = new Stage({ loads: true });
  const writer = open(stage, options);
  await writer.setMany(Array.from({ length: count }, (_, at) => [at, at] as const), { tags: ["t"] });
  await createCache<unknown>({ name: "other", storage: stage.storage }).set("a", 1);
  await writer.flush();
  await idle();
  stage.calls.length = 0;
  return { stage, writer };
}

describe("the first operation", () => {
  test("reads at once all that the storage has, and nobody asks it again", async () => {
    const { stage } = await filled(50);
    const cache = open(stage);
    expect(await Promise.all([cache.get(7), cache.getMany([1, 2]), cache.getOrFetch(3, () => 0), cache.size()])).toEqual([7, [1, 2], 3, 50]);
    expect(stage.calls).toEqual([]);
    expect(cache.stats()).toMatchObject({ hits: 4, misses: 0, storageHits: 0 });
    expect(await cache.get("x")).toBe(undefined);
    expect(stage.calls).toEqual(["get"]);
  });

  test("reads nothing ahead when there is too much, or the cache is lazy", async () => {
    for (const options of [{ maxEntries: 49 }, { boot: "lazy" }] as const) {
      const { stage } = await filled(50);
      const cache = open(stage, options);
      expect([await cache.size(), await cache.get(7), await cache.size(), stage.calls.length]).toEqual([0, 7, 1, 1]);
    }
  });

  test("s_11 reads nothing that is dead, and what is stale as such", async () => {
    const clock = manualClock();
    const { stage, writer } = await filled(3, { clock, ttl: 10 });
    await writer.set("stale", 1, { ttl: 10, staleWhileRevalidate: 20 });
    await writer.set("tagged", 1, { ttl: 100, tags: ["gone"] });
    await writer.set("new", 2, { ttl: 100 });
    await writer.invalidateByTag("gone");
    clock.advance(10);
    const cache = open(stage, { clock });
    expect([(await cache.keys()).sort(), await cache.size()]).toEqual([["new"], 2]);
    stage.calls.length = 0;
    expect(await cache.getOrFetch("stale", async () => 2)).toBe(1);
    await idle();
    expect(await cache.get("stale")).toBe(2);
  });

  test("s_19 goes on where that cannot be read, and tells", async () => {
    const { stage } = await filled(3);
    const load = () => Promise.reject(new Error("no"));
    const cache = createCache<unknown>({ name: "n", storage: withTier({ ...stage.storage, load }) });
    const told = listen(cache, "error");
    expect([await cache.get(1), told]).toEqual([1, ["error storage-failed"]]);
  });

  test("s_18 takes nothing over that others have removed meanwhile", async () => {
    const { stage } = await filled(3);
    const gate = pending<void>();
    const load = stage.storage.load as NonNullable<typeof stage.storage.load>;
    const slow = async (...args: Parameters<typeof load>) => {
      const found = await load(...args);
      await gate.fetcher();
      return found;
    };
    let say: (notice: Notice) => void = () => {};
    const bus = { publish: () => {}, subscribe: (hear: (notice: Notice) => void) => ((say = hear), () => {}) };
    const cache = createCache<unknown>({ name: "n", storage: withTier({ ...stage.storage, load: slow }), bus });
    const size = cache.size();
    await idle();
    await stage.inner.delete(["n:1"]);
    say({ kind: "message", message: { namespace: "n", origin: "x", what: { kind: "keys", keys: ["1"] } } });
    gate.resolve();
    expect([await size, await cache.get(1), await cache.get(2)]).toEqual([0, undefined, 2]);
  });

  test("is waited for by operations in their order", async () => {
    const { stage } = await filled(3);
    const cache = open(stage);
    const steps = [cache.set(1, "new"), cache.get(1), cache.delete(2), cache.get(2), cache.setIfAbsent(0, "x"), cache.update(1, (old) => [old])];
    expect(await Promise.all(steps)).toEqual([undefined, "new", true, undefined, false, ["new"]]);
    await cache.flush();
    expect(await open(stage).getMany([0, 1, 2])).toEqual([0, ["new"], undefined]);
  });
});

describe("the end", () => {
  test("s_34 waits for what is on its way, and then nothing can be done any more", async () => {
    const stage = new Stage();
    const cache = open(stage);
    const release = stage.hold("set");
    await cache.set("a", 1);
    const closing = cache.close();
    for (const act of [() => cache.get("a"), () => cache.set("b", 1), () => cache.clear(), () => cache.getOrFetch("a", () => 1), () => cache.flush()]) {
      await expect(act()).rejects.toMatchObject({ code: "unsupported" });
    }
    expect(stage.calls).not.toContain("close");
    release();
    await closing;
    await cache.close();
    expect([await stage.value("n:a"), stage.calls.at(-1), stage.calls.filter((call) => call === "close").length, cache.stats().size]).toEqual([1, "close", 1, 0]);
  });

  test("gives a load its value, which is not kept", async () => {
    const stage = new Stage();
    const cache = open(stage);
    const load = pending<unknown>();
    const asked = cache.getOrFetch("a", load.fetcher);
    await idle();
    await cache.close();
    load.resolve(1);
    expect([await asked, await stage.value("n:a")]).toEqual([1, undefined]);
  });

  test("tells that writes failed, and is the end all the same", async () => {
    const stage = new Stage();
    const cache = open(stage);
    stage.next("set", 3);
    await cache.set("a", 1);
    await expect(cache.close()).rejects.toMatchObject({ code: "unavailable", operation: "set" });
    expect(stage.calls).toContain("close");
    await expect(cache.get("a")).rejects.toMatchObject({ code: "unsupported" });
  });
});

test("waitUntil is given all work that goes on by itself, and none of it is rejected", async () => {
  const [stage, clock] = [new Stage(), manualClock()];
  const given: Promise<unknown>[] = [];
  const waitUntil = (work: Promise<unknown>): void => void given.push(work);
  const cache = open(stage, { clock, ttl: 10, staleWhileRevalidate: 50, waitUntil });
  const all = async () => {
    while (given.length > 0) await given.shift();
  };
  await cache.set("a", 1);
  await all();
  expect(await stage.value("n:a")).toBe(1);
  clock.advance(10);
  expect(await cache.getOrFetch("a", async () => 2)).toBe(1);
  await all();
  expect([await cache.peek("a"), await stage.value("n:a")]).toEqual([2, 2]);
  clock.advance(10);
  expect(await cache.getOrFetch("a", () => Promise.reject(new Error("no")))).toBe(2);
  stage.down();
  await cache.set("b", 1).catch(() => {});
  await cache.clear().catch(() => {});
  await all();
});

test("waitUntil or a bus that throws keeps nobody from anything, and is told", async () => {
  const fail = () => {
    throw new Error("not now");
  };
  const stage = new Stage();
  const cache = open(stage, { waitUntil: fail, bus: { publish: fail, subscribe: () => () => {} } });
  const told = listen(cache, "error");
  await cache.set("a", 1);
  await cache.flush();
  await cache.delete("a");
  expect([await stage.value("n:a"), cache.stats().pending, new Set(told)]).toEqual([undefined, 0, new Set(["error config", "error bus-failed"])]);
});

test("s_17 two caches of one name over one storage share what they keep", async () => {
  const [storage, bus] = [memoryStorage(), new LocalBus()];
  const [one, two] = [1, 2].map(() => createCache<unknown>({ name: "n", storage, bus }));
  await one?.set("a", 1);
  await one?.flush();
  expect(await two?.get("a")).toBe(1);
  await one?.close();
  await two?.set("b", 2);
  await two?.flush();
  expect(await createCache<unknown>({ name: "n", storage }).getMany(["a", "b"])).toEqual([1, 2]);
});

describe("options", () => {
  const storage = memoryStorage();
  const wrong: [string, object, RegExp][] = [
    ["no name", { storage }, /^create cache: name is undefined; where there is a storage it has to be a text/],
    ["an empty name", { storage, name: "" }, /name is ""/],
    ["a name that is no text", { storage, name: 7 }, /name is 7/],
    ["a storage that is none", { storage: {}, name: "n" }, /storage is an object; use one such as indexedDB\(\)/],
    ["a storage that is null", { storage: null, name: "n" }, /storage is null/],
    ["a misspelt option", { storage, name: "n", maxPendin: 5 }, /there is no option "maxPendin"; did you mean "maxPending"\?/],
    ["a tier that does not exist", { storage, name: "n", tier: "disk" }, /tier is "disk"; use "memory", "storage", "both"/],
    ["no whole number", { storage, name: "n", maxPending: 0 }, /maxPending is 0/],
    ["a boot that does not exist", { storage, name: "n", boot: "slow" }, /boot is "slow"/],
    ["what cannot be called", { storage, name: "n", waitUntil: true }, /waitUntil is true/],
    ["a name without a storage", { name: "n" }, /there is no option "name"; it belongs to a cache with `storage`/],
    ["a bus without a storage", { bus: new LocalBus() }, /there is no option "bus"; it belongs to a cache with `storage`/],
  ];
  test.each(wrong)("with %s are refused", (_, options, message) => {
    expect(() => createCache(options as never)).toThrow(message);
  });

  test("of one entry are refused by the operation that they were given to", async () => {
    const cache = createCache<unknown>({ name: "n", storage });
    await expect(cache.set("a", 1, { tier: "x" as never })).rejects.toMatchObject({ code: "config", operation: "set" });
    await expect(cache.set("a", 1, { tll: 5 } as never)).rejects.toThrow(/there is no option "tll"; did you mean "ttl"\?/);
    await expect(cache.getOrFetch("x", () => 1, { tags: "t" as never })).rejects.toMatchObject({ code: "config" });
    expect(() => createCache<unknown>({ ttl: 5 }).set("a", 1, { tier: "memory" } as never)).toThrow(/there is no option "tier"/);
  });
});
