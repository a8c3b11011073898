//! How entries leave two tiers: what is counted, what stays, and what is given back.

import { describe, expect, test } from "vitest";
import { type AsyncCacheOptions, createCache, Glob } from "../src/index.js";
import { manualClock } from "../src/testing.js";
import { listen } from "./support/loads.js";
import { idle, Stage } from "./support/stage.js";

function open(stage = new Stage(), options: Partial<AsyncCacheOptions<unknown>> = {}) {
  return createCache<unknown>({ name: "n", storage: stage.storage, ...options });
}

async function names(stage: Stage): Promise<readonly string[]> {
  return (await stage.inner.scan("", 10_000)).names;
}

describe("delete", () => {
  test("s_31 says whether any tier had something", async () => {
    const stage = new Stage();
    const writer = open(stage);
    await writer.setMany([["a", 1], ["b", 2], ["c", 3]]);
    await writer.flush();
    const cache = open(stage);
    expect([await cache.delete("a"), await cache.delete("a"), await cache.delete("x")]).toEqual([true, false, false]);
    await cache.set("m", 1, { tier: "memory" });
    expect([await cache.delete("m"), await cache.deleteMany(["b", "c", "c", "x"])]).toEqual([true, 2]);
    expect([await names(stage), cache.stats().deletes]).toEqual([[], 1]);
  });

  test("of a value that is still on its way waits for both", async () => {
    const stage = new Stage();
    const cache = open(stage);
    await cache.set("a", 1);
    expect(await cache.delete("a")).toBe(true);
    expect([cache.stats().pending, await names(stage)]).toEqual([0, []]);
  });
});

describe("expire", () => {
  test("s_29 makes an entry stale in every tier, or removes one that has no time to be", async () => {
    const stage = new Stage();
    const writer = open(stage, { staleIfError: "1h" });
    await writer.set("a", 1);
    await writer.set("b", 2, { staleIfError: 0 });
    await writer.flush();
    const cache = open(stage);
    expect([await cache.expire("a"), await cache.expire("a"), await cache.expire("b"), await cache.expire("x")]).toEqual([true, false, true, false]);
    expect([await cache.get("a"), await names(stage)]).toEqual([undefined, ["n:a"]]);
    const down = () => Promise.reject(new Error("down"));
    expect(await open(stage).getOrFetch("a", down)).toBe(1);
    await expect(open(stage).getOrFetch("b", down)).rejects.toThrow("down");
  });
});

describe("invalidateByTag", () => {
  test("s_27 costs one call, whatever it reaches", async () => {
    const stage = new Stage();
    const cache = open(stage);
    await cache.setMany(Array.from({ length: 100 }, (_, at) => [at, at] as const), { tags: ["t"] });
    await cache.set("other", 1, { tags: ["u"] });
    await cache.flush();
    stage.calls.length = 0;
    await cache.invalidateByTags(["t", "t", "absent"]);
    expect(stage.calls).toEqual(["replaceTokens"]);
    const fresh = open(stage);
    expect([await fresh.get(5), await fresh.get("other")]).toEqual([undefined, 1]);
    expect(cache.stats().invalidations).toBe(1);
    await cache.invalidateByTags([]);
  });

  test("s_29 to expire leaves stale values to those who may use them", async () => {
    const clock = manualClock();
    const stage = new Stage();
    const options = { clock, ttl: 100, staleWhileRevalidate: 50, staleIfError: 500 };
    const cache = open(stage, options);
    await cache.set("a", 1, { tags: ["t"] });
    await cache.flush();
    clock.advance(10);
    await cache.invalidateByTag("t", { mode: "expire" });
    const other = open(stage, options);
    expect([await other.get("a"), await other.getOrFetch("a", async () => 2)]).toEqual([undefined, 1]);
    await idle();
    expect(await other.get("a")).toBe(2);
  });

  test("s_29 to expire finds values that are still on their way", async () => {
    const stage = new Stage();
    const cache = open(stage, { staleIfError: "1h" });
    const release = stage.hold("set");
    await cache.set("first", 0);
    await idle();
    await cache.set("a", 1, { tags: ["t"], tier: "storage" });
    await cache.set("b", 2, { tags: ["t"], tier: "storage", staleIfError: 0 });
    const expiring = cache.invalidateByTag("t", { mode: "expire" });
    expect(await cache.has("a")).toBe(false);
    release();
    await expiring;
    await cache.flush();
    const down = () => Promise.reject(new Error("down"));
    expect(await open(stage).getOrFetch("a", down)).toBe(1);
    await expect(open(stage).getOrFetch("b", down)).rejects.toThrow("down");
  });

  test("s_28 tokens that are lost cost misses, and new values live", async () => {
    const stage = new Stage();
    const writer = open(stage);
    await writer.set("a", 1, { tags: ["t"] });
    await writer.flush();
    await stage.inner.replaceTokens([["%n:n", "f".repeat(32)]]);
    expect(await open(stage).get("a")).toBe(undefined);
    await writer.set("a", 2, { tags: ["t"] });
    await writer.flush();
    expect(await open(stage).get("a")).toBe(2);
  });

  test("refuses what is no tag, and modes that do not exist", async () => {
    const cache = open();
    await expect(cache.invalidateByTag(7 as never)).rejects.toMatchObject({ code: "config" });
    await expect(cache.invalidateByTag("t", { mode: "kill" as never })).rejects.toMatchObject({ code: "config" });
    await expect(cache.invalidateByTags("t" as never)).rejects.toMatchObject({ code: "config" });
  });
});

describe("invalidateByPattern", () => {
  test("s_32 removes what matches in every tier, in bounded steps, and counts it", async () => {
    const stage = new Stage();
    const writer = open(stage);
    await writer.setMany(Array.from({ length: 700 }, (_, at) => [`user:${at}`, at] as const));
    await writer.setMany([["page:1", 1], ["user", 2]]);
    await createCache<number>({ name: "other", storage: stage.storage }).set("user:1", 1);
    await writer.flush();
    await idle();
    const cache = open(stage);
    stage.calls.length = 0;
    expect(await cache.invalidateByPattern(Glob.prefix("user:"))).toBe(700);
    expect(stage.calls.filter((call) => call === "scan").length).toBe(3);
    expect(await names(stage)).toEqual(["n:page:1", "n:user", "other:user:1"]);
    expect(await cache.invalidateByPattern(["page:?", "x"])).toBe(1);
  });

  test("s_32 spares what is written after it was called", async () => {
    const stage = new Stage();
    const cache = open(stage);
    await cache.set("a", 1);
    await cache.flush();
    const release = stage.hold("scan");
    const sweeping = cache.invalidateByPattern("*");
    await cache.set("a", 2);
    await cache.set("b", 2);
    expect(await cache.get("a")).toBe(2);
    release();
    await sweeping;
    await cache.flush();
    expect(await open(stage).getMany(["a", "b"])).toEqual([2, 2]);
  });

  test("s_32 does not let come back what it is about to remove", async () => {
    const stage = new Stage();
    const writer = open(stage);
    await writer.set("a", 1);
    await writer.flush();
    const cache = open(stage);
    const release = stage.hold("scan");
    const sweeping = cache.invalidateByPattern("a");
    expect([await cache.get("a"), await cache.has("a"), await cache.getOrFetch("a", () => 2)]).toEqual([undefined, false, 2]);
    release();
    await sweeping;
    await cache.flush();
    expect([await cache.get("a"), await open(stage).get("a")]).toEqual([2, 2]);
  });

  test("refuses what is no pattern", async () => {
    const cache = open();
    await expect(cache.invalidateByPattern("[a")).rejects.toMatchObject({ code: "glob" });
    await expect(cache.invalidateByPattern(undefined as never)).rejects.toMatchObject({ code: "glob" });
    await expect(cache.keys("[a")).rejects.toMatchObject({ code: "glob" });
  });
});

describe("clear", () => {
  test("s_31 h_28 forgets at once, and gives back the space of its own name later", async () => {
    const stage = new Stage();
    const cache = open(stage);
    const other = createCache<unknown>({ name: "other", storage: stage.storage });
    await cache.setMany(Array.from({ length: 600 }, (_, at) => [at, at] as const));
    await other.set("a", 1);
    await Promise.all([cache.flush(), other.flush()]);
    stage.calls.length = 0;
    const told = listen(cache, "delete");
    await cache.clear();
    expect([stage.calls[0], told.length, await cache.size()]).toEqual(["replaceTokens", 600, 0]);
    await cache.set("new", 1);
    await cache.flush();
    await idle();
    await cache.flush();
    expect(await names(stage)).toEqual(["n:new", "other:a"]);
  });

  test("s_31 leaves nothing that is on its way", async () => {
    const stage = new Stage();
    const cache = open(stage);
    const release = stage.hold("set");
    await cache.set("a", 1);
    await cache.set("b", 1);
    const clearing = cache.clear();
    expect([await cache.get("a"), await cache.has("b")]).toEqual([undefined, false]);
    release();
    await clearing;
    await cache.flush();
    expect(await open(stage).getMany(["a", "b"])).toEqual([undefined, undefined]);
  });
});

test.each([true, false])("purge drops what is dead in every tier, and counts it (by the storage itself: %s)", async (purges) => {
  const [stage, clock] = [new Stage({ purges }), manualClock()];
  const cache = open(stage, { clock });
  await cache.setMany([["a", 1], ["b", 2]], { ttl: 10 });
  await cache.set("stale", 3, { ttl: 10, staleIfError: 10 });
  await cache.setMany([["d", 5], ["e", 6]], { tags: ["t"] });
  await cache.set("c", 4);
  await cache.flush();
  await cache.invalidateByTag("t");
  clock.advance(10);
  expect(await cache.purge()).toBe(8);
  expect([await names(stage), await cache.purge()]).toEqual([["n:c", "n:stale"], 0]);
});
