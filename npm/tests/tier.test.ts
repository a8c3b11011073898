//! The asynchronous cache, as its users call it: memory, and a storage behind it.

import { describe, expect, test } from "vitest";
import { memoryStorage } from "../src/index.storage.js";
import { createCache } from "../src/index.js";
import { manualClock } from "../src/testing.js";
import { pending } from "./support/loads.js";

describe("an asynchronous cache", () => {
  test("s_34 a value that was set is in memory at once, and in the storage after a flush", async () => {
    const storage = memoryStorage();
    const cache = createCache<number>({ name: "numbers", storage });
    await cache.set("a", 1);
    expect(await cache.get("a")).toBe(1);
    await cache.flush();
    expect((await storage.get(["numbers:a"]))[0]?.row.value).toBe(1);
    const other = createCache<number>({ name: "numbers", storage });
    expect(await other.get("a")).toBe(1);
    expect(other.stats()).toMatchObject({ hits: 1, misses: 0, loads: 0 });
  });

  test("h_07 a thousand callers of one key run the fetcher once", async () => {
    const cache = createCache<number>({ name: "numbers", storage: memoryStorage() });
    const load = pending<number>();
    const asked = Array.from({ length: 1000 }, () => cache.getOrFetch("a", load.fetcher));
    load.resolve(7);
    expect(new Set(await Promise.all(asked))).toEqual(new Set([7]));
    expect(load.runs).toBe(1);
  });

  test("s_31 what was cleared, deleted or invalidated is gone for others too", async () => {
    const storage = memoryStorage();
    const open = () => createCache<number>({ name: "numbers", storage });
    const cache = open();
    await cache.setMany([["a", 1], ["b", 2], ["c", 3], ["d", 4]]);
    await cache.set("e", 5, { tags: ["t"] });
    expect(await cache.delete("a")).toBe(true);
    await cache.invalidateByTag("t");
    expect(await cache.invalidateByPattern("b*")).toBe(1);
    expect(await open().getMany(["a", "b", "c", "d", "e"])).toEqual([undefined, undefined, 3, 4, undefined]);
    await cache.clear();
    expect(await open().getMany(["c", "d"])).toEqual([undefined, undefined]);
    await cache.set("c", 6);
    await cache.flush();
    expect(await open().get("c")).toBe(6);
  });

  test("s_12 a stale value of the storage is returned while another is fetched", async () => {
    const clock = manualClock();
    const storage = memoryStorage();
    const open = () => createCache<number>({ name: "n", storage, clock, ttl: 10, staleWhileRevalidate: 20, boot: "lazy" });
    const first = open();
    await first.set("a", 1);
    await first.flush();
    clock.advance(15);
    const second = open();
    expect(await second.get("a")).toBe(undefined);
    expect(await second.getOrFetch("a", async () => 2)).toBe(1);
    await new Promise((resolve) => setTimeout(resolve));
    expect(await second.get("a")).toBe(2);
    await second.flush();
    expect(await open().get("a")).toBe(2);
  });
});
