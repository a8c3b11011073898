//! A storage that fails, loses answers, or takes its time: what callers notice, and what is told.

import { describe, expect, test } from "vitest";
import { type AsyncCacheOptions, CachefnError, createCache } from "../src/index.js";
import { withTier } from "../src/index.storage.js";
import type { Storage } from "../src/storage.js";
import { plainMemoryStorage } from "../src/storages/memory.js";
import { listen } from "./support/loads.js";
import { idle, random, Stage } from "./support/stage.js";

function open(stage: Stage, options: Partial<AsyncCacheOptions<unknown>> = {}) {
  return createCache<unknown>({ name: "n", storage: stage.storage, ...options });
}

describe("a storage that is down", () => {
  test("s_19 is no failure of a fetch, which goes on with its fetcher and tells", async () => {
    const stage = new Stage();
    stage.down();
    const cache = open(stage);
    const told = listen(cache);
    expect(await cache.getOrFetch("a", async () => 1, { tags: ["t"] })).toBe(1);
    expect(await cache.getOrFetch("a", async () => 2)).toBe(1);
    expect(told).toEqual(["error a storage-failed", "miss a", "load a", "set a", "hit a"]);
    expect(cache.stats()).toMatchObject({ storageFailures: 1, loads: 1, pending: 0 });
    await cache.flush(); // nothing was promised to the storage
  });

  test("s_19 when the tokens cannot be read keeps the value in memory only", async () => {
    const stage = new Stage();
    const cache = open(stage);
    stage.next("createTokens");
    const told = listen(cache, "error");
    expect([await cache.getOrFetch("a", () => 1), await cache.get("a")]).toEqual([1, 1]);
    await cache.flush();
    expect([told, await stage.value("n:a")]).toEqual([["error a storage-failed"], undefined]);
  });

  test("s_19 is an error of every operation that has to know what it holds", async () => {
    const stage = new Stage();
    const cache = open(stage);
    await cache.setMany([["a", 1], ["b", 2], ["c", 3], ["d", 4], ["e", 5]]);
    await cache.set("t", 6, { tags: ["t"] });
    await cache.flush();
    stage.down();
    const failing: [string, () => Promise<unknown>][] = [
      ["get", () => cache.get("x")],
      ["getMany", () => cache.getMany(["a", "x"])],
      ["peek", () => cache.peek("x")],
      ["has", () => cache.has("x")],
      ["setIfAbsent", () => cache.setIfAbsent("i", 1)],
      ["update", () => cache.update("u", () => 1)],
      ["purge", () => cache.purge()],
    ];
    for (const [operation, act] of failing) {
      const failure = await act().then(() => undefined, (error) => error as CachefnError);
      expect(failure, operation).toBeInstanceOf(CachefnError);
      expect(failure, operation).toMatchObject({ code: "unavailable", operation, retryable: true });
      expect(failure?.message, operation).toMatch(new RegExp(`^${operation}: .*storage stage: .*it is said to fail$`));
    }
    expect((await cache.keys()).sort()).toEqual(["a", "b", "c", "d", "e", "t"]);
  });

  test("s_19 does not keep set from memory; flush and an event tell of it", async () => {
    const stage = new Stage();
    const cache = open(stage);
    await cache.set("a", 1);
    await cache.flush();
    const told: unknown[] = [];
    cache.on("error", ({ key, cause }) => told.push([key, cause]));
    stage.down();
    await cache.set("s", 1);
    await cache.setMany([["m", 1]]);
    expect(await cache.getMany(["s", "m"])).toEqual([1, 1]);
    await expect(cache.flush()).rejects.toMatchObject({ code: "unavailable", retryable: true });
    expect(told).toContainEqual(["s", "storage-failed"]);
    expect(told).toContainEqual(["m", "storage-failed"]);
  });

  test("s_19 is told in words that show the key and never the value", async () => {
    const stage = new Stage();
    stage.down();
    const failure = await open(stage).get("user:7").then(() => undefined, (error) => error as CachefnError);
    expect(failure?.message).toBe('get: "user:7": storage stage: get: it is said to fail');
    expect(failure?.cause).toBeInstanceOf(CachefnError);
  });

  test("is tried again, a bounded number of times", async () => {
    const stage = new Stage();
    const cache = open(stage);
    stage.next("set", 2);
    await cache.set("a", 1);
    await cache.flush();
    expect([await stage.value("n:a"), stage.calls.filter((call) => call === "set").length]).toEqual([1, 3]);
    stage.next("replaceTokens", 1);
    await cache.invalidateByTag("t");
    stage.next("delete", 1);
    expect(await cache.delete("a")).toBe(true);
  });

  test("for too long loses writes, which a flush and an event for each tell once", async () => {
    const stage = new Stage();
    const cache = open(stage);
    await cache.flush();
    const told = listen(cache, "error");
    stage.next("set", 3);
    await cache.setMany([["a", 1], ["b", 2]]);
    await expect(cache.flush()).rejects.toMatchObject({ code: "unavailable", operation: "set", retryable: true });
    expect(told).toEqual(["error a storage-failed", "error b storage-failed"]);
    await cache.flush();
    await cache.set("c", 3);
    await cache.flush();
    expect([await stage.value("n:a"), await stage.value("n:c"), cache.stats().pending]).toEqual([undefined, 3, 0]);
  });

  test("for too long does not let an older value come back", async () => {
    const stage = new Stage();
    const cache = open(stage);
    await cache.set("a", "old");
    await cache.flush();
    stage.next("set", 3);
    await cache.set("a", "new");
    await expect(cache.flush()).rejects.toThrow();
    expect(await open(stage).get("a")).toBe(undefined);
    stage.next("createTokens", 4);
    await cache.set("b", "lost");
    await expect(cache.flush()).rejects.toThrow();
    expect(await open(stage).get("b")).toBe(undefined);
    stage.next("createTokens", 3);
    await cache.set("b", "kept");
    await cache.flush();
    expect(await open(stage).get("b")).toBe("kept");
  });

  test("whose answer was lost has done what it was told, and nobody minds that it is told again", async () => {
    const stage = new Stage();
    const cache = open(stage);
    for (const method of ["set", "delete", "replaceTokens"] as const) {
      stage.next(method, 1, "answer lost");
      await cache.set("a", 1, { tags: ["t"] });
      await cache.flush();
      expect(await open(stage).get("a")).toBe(1);
      await (method === "replaceTokens" ? cache.invalidateByTag("t") : cache.delete("a"));
      expect(await open(stage).get("a")).toBe(undefined);
    }
  });
});

describe("a storage of somebody else", () => {
  const strange = (changes: Partial<Storage>): Storage => ({ ...plainMemoryStorage(), label: "strange", ...changes });

  test("may throw anything, and its errors are ours", async () => {
    const storage = strange({
      get: () => {
        throw "a text";
      },
    });
    const cache = createCache<unknown>({ name: "n", storage: withTier(storage) });
    await expect(cache.get("a")).rejects.toMatchObject({ code: "unavailable", cause: "a text", message: 'get: "a": storage strange: a text' });
    expect(await cache.getOrFetch("a", () => 1)).toBe(1);
  });

  test("may give too few tokens: then nothing is written", async () => {
    const storage = strange({ createTokens: async () => [] });
    const cache = createCache<unknown>({ name: "n", storage: withTier(storage) });
    expect(await cache.getOrFetch("a", () => 1)).toBe(1);
    await cache.set("b", 1);
    await expect(cache.flush()).rejects.toMatchObject({ code: "unavailable" });
    expect((await storage.scan("n:", 10)).names).toEqual([]);
  });

  test("h_36 may refuse one row: the others are kept, and what was there goes", async () => {
    const inner = plainMemoryStorage();
    const storage = strange({
      ...inner,
      async set(rows) {
        if (rows.some(({ value }) => typeof value === "function")) throw new CachefnError("codec", "set", "a function cannot be cloned");
        return inner.set(rows);
      },
    });
    const cache = createCache<unknown>({ name: "n", storage: withTier(storage) });
    await cache.set("bad", 1);
    await cache.flush();
    const told = listen(cache, "error");
    await cache.setMany([["a", 1], ["bad", () => 0], ["b", 2]]);
    await expect(cache.flush()).rejects.toMatchObject({ code: "codec", retryable: false });
    expect([(await storage.scan("n:", 10)).names, told]).toEqual([["n:a", "n:b"], ["error bad undecodable"]]);
  });

  test("h_36 in memory refuses what cannot be cloned, and keeps the others", async () => {
    const storage = plainMemoryStorage();
    const cache = createCache<unknown>({ name: "n", storage: withTier(storage) });
    await cache.setMany([["a", 1], ["bad", () => 0], ["b", 2]]);
    await expect(cache.flush()).rejects.toMatchObject({ code: "codec" });
    expect((await storage.scan("n:", 10)).names).toEqual(["n:a", "n:b"]);
  });

  test("says what happens to it: corrupt rows are counted, trouble of others is not", async () => {
    let say: Parameters<NonNullable<Storage["watch"]>>[0] = () => {};
    let stops = 0;
    const storage = strange({ watch: (hear) => ((say = hear), () => stops++) });
    const cache = createCache<unknown>({ name: "n", storage: withTier(storage) });
    const told = listen(cache, "error");
    say({ code: "corrupt", name: "n:a" });
    say({ code: "corrupt", name: "other:a" });
    say({ code: "unavailable" });
    expect([told, cache.stats().decodeFailures]).toEqual([["error a undecodable", "error storage-failed"], 1]);
    await cache.close();
    say({ code: "unavailable" });
    expect([told.length, stops]).toEqual([2, 1]);
  });
});

test.each(Array.from({ length: 8 }, (_, seed) => seed))("s_19 in chaos every fetch gives its value, and nothing hangs (seed %i)", async (seed) => {
  const below = random(seed);
  const stage = new Stage();
  const cache = open(stage, { maxEntries: 5, maxPending: 3 });
  stage.fate = async () => {
    for (let turns = below(6); turns > 0; turns--) await undefined;
    return below(4) > 0 ? "passes" : below(2) === 0 ? "fails" : "answer lost";
  };
  const failed: unknown[] = [];
  const calls: Promise<unknown>[] = [];
  for (let step = 0; step < 300; step++) {
    const key = `k${below(12)}`;
    const dice = below(10);
    if (dice < 6) {
      const load = cache.getOrFetch(key, async () => `of ${key}`, { tags: [`t${below(3)}`] });
      calls.push(load.then((value) => expect(value, `seed ${seed} step ${step}`).toBe(`of ${key}`)));
    } else {
      const act = dice < 8 ? cache.delete(key) : dice < 9 ? cache.set(key, `of ${key}`) : cache.invalidateByTag(`t${below(3)}`);
      calls.push(Promise.resolve(act).catch((error) => failed.push(error)));
    }
    if (below(5) === 0) await idle();
  }
  await Promise.all(calls);
  for (const error of failed) expect(error, `seed ${seed}`).toMatchObject({ name: "CachefnError", code: "unavailable" });
  stage.down(false);
  await cache.flush().catch(() => {});
  await cache.flush();
  expect(cache.stats().pending).toBe(0);
  expect(cache.stats().storageFailures).toBeGreaterThan(3);
  for (const found of await stage.inner.get(Array.from({ length: 12 }, (_, at) => `n:k${at}`))) {
    if (found !== undefined) expect(found.row.value).toBe(`of ${found.row.name.slice(2)}`);
  }
}, 120_000);
