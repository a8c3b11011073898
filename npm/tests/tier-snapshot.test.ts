//! Entries on their way from a server to a browser: dehydrate and hydrate.

import { describe, expect, test } from "vitest";
import { type AsyncCacheOptions, createCache, type Snapshot } from "../src/index.js";
import { manualClock } from "../src/testing.js";
import { pending } from "./support/loads.js";
import { idle, Stage } from "./support/stage.js";

function open(options: Partial<AsyncCacheOptions<unknown>> = {}, stage = new Stage()) {
  return createCache<unknown>({ name: "n", storage: stage.storage, ...options });
}

/** The way over the network. */
function sent(snapshot: Snapshot): Snapshot {
  return JSON.parse(JSON.stringify(snapshot));
}

describe("a snapshot", () => {
  test("carries fresh entries with their tags and what is left of their lives", async () => {
    const clock = manualClock();
    const server = open({ clock, ttl: 100, staleIfError: 50 });
    await server.set("a", { id: 1 }, { tags: ["t"] });
    await server.set("idle", 2, { tti: 20 });
    await server.set("endless", 3, { ttl: Infinity });
    await server.set("dead", 4, { ttl: 10 });
    await server.getOrFetch("loaded", async (context) => (context.tags("late"), [5, null, "x"]), { tags: ["early"] });
    await server.set("gone", 6, { tags: ["g"] });
    await server.invalidateByTag("g");
    clock.advance(10);
    const snapshot = sent(await server.dehydrate());
    expect(snapshot.entries.map(({ key, fresh, tags }) => [key, fresh, tags]).sort()).toEqual([
      ["a", 90, ["t"]],
      ["endless", null, []],
      ["idle", 90, []],
      ["loaded", 90, ["early", "late"]],
    ]);
    const browser = open({ clock });
    expect(await browser.hydrate(snapshot)).toBe(4);
    expect(await browser.getMany(["a", "idle", "endless", "loaded", "dead"])).toEqual([{ id: 1 }, 2, 3, [5, null, "x"], undefined]);
    clock.advance(19);
    expect(await browser.get("idle")).toBe(2);
    clock.advance(20);
    expect(await browser.get("idle")).toBe(undefined);
    await browser.invalidateByTag("late");
    expect([await browser.has("loaded"), await browser.has("a")]).toEqual([false, true]);
    clock.advance(51);
    expect([await browser.get("a"), await browser.get("endless")]).toEqual([undefined, 3]);
    expect(await browser.getOrFetch("a", () => Promise.reject(new Error("down")))).toEqual({ id: 1 });
  });

  test("s_05 takes the time on its way from each life, and is nothing when it comes from the future", async () => {
    const clock = manualClock();
    const server = open({ clock });
    clock.advance(10_000);
    await server.set("a", 1, { ttl: 100 });
    const snapshot = sent(await server.dehydrate());
    for (const [late, found] of [[99, 1], [100, undefined], [-5000, 1], [-5001, undefined]] as const) {
      const browser = open({ clock: { monoMs: clock.monoMs, wallMs: () => 10_000 + late } });
      expect(await browser.hydrate(snapshot), String(late)).toBe(found === undefined ? 0 : 1);
      expect([await browser.get("a"), browser.stats().skewed], String(late)).toEqual([found, late === -5001 ? 1 : 0]);
    }
  });

  test("goes to memory only, or to the storage if that is asked for", async () => {
    const snapshot = await (async () => {
      const server = open();
      await server.set("a", 1, { tags: ["t"] });
      return sent(await server.dehydrate());
    })();
    for (const [tier, inMemory, outside] of [["memory", 1, undefined], ["both", 1, 1], ["storage", 0, 1]] as const) {
      const stage = new Stage();
      const browser = open({}, stage);
      expect(await browser.hydrate(snapshot, { tier })).toBe(1);
      await browser.flush();
      expect([await browser.size(), await stage.value("n:a")], tier).toEqual([inMemory, outside]);
      await browser.invalidateByTag("t");
      expect(await open({}, stage).get("a"), tier).toBe(undefined);
    }
  });

  test("s_18 is never put over something newer, nor in the way of a load", async () => {
    const server = open();
    await server.setMany([["a", "old"], ["queued", "old"], ["loading", "old"]]);
    const snapshot = sent(await server.dehydrate());
    const stage = new Stage();
    const browser = open({}, stage);
    const release = stage.hold("set");
    const load = pending<unknown>();
    const loading = browser.getOrFetch("loading", load.fetcher);
    await browser.set("a", "new");
    await browser.set("queued", "new", { tier: "storage" });
    await idle();
    expect(await browser.hydrate(snapshot, { tier: "both" })).toBe(1);
    load.resolve("new");
    await loading;
    release();
    await browser.flush();
    expect(await browser.getMany(["a", "queued", "loading"])).toEqual(["new", "new", "new"]);
    expect(await open({}, stage).getMany(["a", "queued", "loading"])).toEqual(["new", "new", "new"]);
  });

  test("of values that JSON would change is refused, with the key and without the value", async () => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    const odd = [new Date(5), new Map(), 1n, NaN, Infinity, undefined, Symbol("s"), () => 1, [undefined], { a: new Set() }, circle, new (class Point {})(), { toJSON: () => 1 }];
    for (const value of odd) {
      const cache = open();
      await cache.set("fine", { a: undefined, b: [1, "x", null, true, { c: -1.5 }] });
      await cache.set("odd key", value, { tier: "memory" });
      const failure = await cache.dehydrate().then(() => undefined, (error) => error);
      expect(failure).toMatchObject({ code: "codec", operation: "dehydrate" });
      expect(failure.message).toContain('"odd key"');
      await cache.delete("odd key");
      expect((await cache.dehydrate()).entries.length).toBe(1);
    }
  });

  test("that is none is refused", async () => {
    const cache = open();
    for (const wrong of [undefined, null, 5, {}, { format: 2, made: 0, entries: [] }, { format: 1, made: 0 }, { format: 1, entries: [] }, { format: 1, made: 0, entries: [5] }, { format: 1, made: 0, entries: [{ key: 5 }] }]) {
      await expect(cache.hydrate(wrong as never), JSON.stringify(wrong)).rejects.toMatchObject({ code: "config", operation: "hydrate" });
    }
    await expect(cache.hydrate(await cache.dehydrate(), { tier: "x" as never })).rejects.toMatchObject({ code: "config" });
    expect(await cache.size()).toBe(0);
  });
});
