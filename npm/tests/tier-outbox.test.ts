//! A storage that is down for a while: what waits for it, and in which bounds.

import { describe, expect, test } from "vitest";
import { type AsyncCacheOptions, createCache } from "../src/index.js";
import { manualClock } from "../src/testing.js";
import { listen } from "./support/loads.js";
import { idle, Stage } from "./support/stage.js";

function open(stage = new Stage(), options: Partial<AsyncCacheOptions<unknown>> = {}) {
  return createCache<unknown>({ name: "n", storage: stage.storage, clock: manualClock(), ...options });
}

/** What a cache that has just been made finds. */
function others(stage: Stage, keys: readonly string[], clock = manualClock()): Promise<unknown[]> {
  return createCache<unknown>({ name: "n", storage: stage.storage, clock }).getMany(keys);
}

/** Whatever is tried again is through: pauses between tries are real. */
async function through(cache: { flush(): Promise<void> }): Promise<string> {
  return cache.flush().then(() => "flushed", (error) => (error as Error).message);
}

describe("while the storage is down", () => {
  test("s_36 writes and removals of every kind wait, nobody is refused, and all is as if it had never been down", async () => {
    const stage = new Stage();
    const cache = open(stage, { staleIfError: "1h" });
    const keys = ["set", "deleted", "expired", "tagged", "matched", "new", "kept", "twice"];
    await cache.setMany(keys.filter((key) => key !== "new").map((key) => [key, "old"] as const));
    await cache.set("tagged", "old", { tags: ["t"] });
    await cache.flush();
    stage.down();
    await cache.set("set", "newer");
    expect([await cache.delete("deleted"), await cache.delete("absent")]).toEqual([true, false]);
    expect(await cache.expire("expired")).toBe(true);
    await cache.invalidateByTag("t");
    expect(await cache.invalidateByPattern("match*")).toBe(1);
    await cache.set("new", "made");
    await cache.set("twice", 1);
    await cache.deleteMany(["twice"]);
    await cache.set("twice", 2);
    expect(await cache.entries().then((all) => all.map(([key]) => key).sort())).toEqual(["kept", "new", "set", "twice"]);
    stage.down(false);
    expect(await others(stage, keys)).toEqual(["old", "old", "old", "old", "old", undefined, "old", "old"]);
    await cache.flush();
    expect(await others(stage, keys)).toEqual(["newer", undefined, undefined, undefined, undefined, "made", "old", 2]);
    const stale = createCache<unknown>({ name: "n", storage: stage.storage, clock: manualClock() });
    expect(await stale.getOrFetch("expired", () => Promise.reject(new Error("down")), { staleIfError: "1h" })).toBe("old");
    expect(cache.stats()).toMatchObject({ state: "healthy", pending: 0, dropped: 0 });
  });

  test("s_36 clear takes along what waits before it, and leaves what is written after it", async () => {
    const stage = new Stage();
    const cache = open(stage);
    await cache.setMany([["a", 1], ["b", 1]]);
    await cache.flush();
    stage.down();
    await cache.set("a", 2);
    await cache.invalidateByPattern("x*");
    await cache.clear();
    await cache.set("c", 3);
    expect(cache.stats().pending).toBe(2); // the token of the namespace, and one value
    stage.down(false);
    await cache.flush();
    expect([await others(stage, ["a", "b", "c"]), await cache.getMany(["a", "b", "c"])]).toEqual([[undefined, undefined, 3], [undefined, undefined, 3]]);
  });

  test("s_36 memory and fetchers serve, and reads find nothing that a waiting removal takes", async () => {
    const stage = new Stage();
    const writer = open(stage);
    await writer.set("tagged", "old", { tags: ["t"] });
    await writer.setMany([["gone", "old"], ["matched", "old"]]);
    await writer.flush();
    const cache = open(stage);
    await cache.set("mine", 1);
    await cache.flush();
    // Only what writes fails: so reads reach rows that are to be removed.
    stage.fate = (method) => (["get", "tokens", "scan"].includes(method) ? "passes" : "fails");
    await cache.invalidateByTag("t");
    await cache.delete("gone");
    await cache.invalidateByPattern("match*");
    expect(await cache.getMany(["mine", "tagged", "gone", "matched"])).toEqual([1, undefined, undefined, undefined]);
    expect(await cache.getOrFetch("tagged", () => "fetched", { tags: ["t"] })).toBe("fetched");
    expect(await cache.get("tagged")).toBe("fetched");
    stage.down(false);
    await through(cache);
    expect(await others(stage, ["mine", "tagged", "gone", "matched"])).toEqual([1, undefined, undefined, undefined]);
  });

  test("s_28 what is fetched while an invalidation waits is kept in memory only: nothing protects it in the storage", async () => {
    const stage = new Stage();
    const cache = open(stage);
    await cache.flush();
    stage.next("replaceTokens", 3);
    await cache.invalidateByTag("t");
    expect(cache.stats()).toMatchObject({ state: "degraded", pending: 1 });
    stage.fate = (method) => (method === "replaceTokens" ? "fails" : "passes");
    await cache.getOrFetch("a", () => 1, { tags: ["t"] });
    await cache.getOrFetch("b", () => 2);
    stage.down(false);
    await cache.flush();
    expect([await cache.getMany(["a", "b"]), await others(stage, ["a", "b"])]).toEqual([[1, 2], [undefined, 2]]);
  });

  test("s_36 flush says how much waits, and is fulfilled when the storage has it", async () => {
    const stage = new Stage();
    const cache = open(stage);
    await cache.flush();
    stage.down();
    await cache.setMany([["a", 1], ["b", 2]]);
    expect(await through(cache)).toBe("flush: storage stage is down: 2 entries wait for it");
    await cache.invalidateByTag("t");
    await expect(cache.flush()).rejects.toMatchObject({ code: "unavailable", operation: "flush", retryable: true });
    expect(await through(cache)).toBe("flush: storage stage is down: 2 entries and 1 invalidation wait for it");
    stage.down(false);
    expect(await through(cache)).toBe("flushed");
    expect(await others(stage, ["a", "b"])).toEqual([1, 2]);
  });

  test("s_36 close tries once more, and says what is lost", async () => {
    const stage = new Stage();
    const [lost, kept] = [open(stage), open(stage)];
    await lost.flush();
    await kept.flush();
    stage.down();
    await lost.set("a", 1);
    await kept.set("b", 2);
    await through(lost);
    await through(kept);
    await expect(lost.close()).rejects.toMatchObject({ code: "unavailable" });
    stage.down(false);
    await kept.close();
    expect(await others(stage, ["a", "b"])).toEqual([undefined, 2]);
  });

  test("h_36 what dies while it waits is not written, and neither is what it was to replace left", async () => {
    const [stage, clock] = [new Stage(), manualClock()];
    const cache = open(stage, { clock });
    await cache.set("a", "old");
    await cache.flush();
    stage.down();
    await cache.set("a", "brief", { ttl: 10 });
    await through(cache);
    clock.advance(10);
    stage.down(false);
    await cache.flush();
    expect([await stage.value("n:a"), cache.stats().pending]).toEqual([undefined, 0]);
  });

  test("h_16 it is asked once now and then, however much is written meanwhile", async () => {
    const stage = new Stage();
    const cache = open(stage);
    await cache.flush();
    stage.down();
    await cache.set("first", 0);
    await through(cache);
    stage.calls.length = 0;
    for (let at = 0; at < 200; at++) {
      await cache.set(`k${at}`, at);
      await cache.delete(`k${at - 1}`);
    }
    await idle();
    expect(stage.calls).toEqual([]);
  });
});

describe("what waits", () => {
  test("h_36 is bounded: what is too much becomes one removal of everything, and what was set since stays", async () => {
    const stage = new Stage();
    const cache = open(stage, { maxPending: 10 });
    const keys = Array.from({ length: 30 }, (_, at) => `k${at}`);
    for (const key of keys) await cache.set(key, "old");
    await cache.set("bystander", "old");
    await cache.flush();
    stage.down();
    for (const key of keys.slice(0, 6)) await cache.set(key, "newer");
    for (const key of keys.slice(6)) {
      await cache.delete(key);
      expect(cache.stats().pending, key).toBeLessThanOrEqual(10);
    }
    expect(cache.stats()).toMatchObject({ dropped: 0, state: "degraded" });
    stage.down(false);
    await cache.flush();
    const found = await others(stage, [...keys, "bystander"]);
    expect(found.slice(0, 6)).toEqual(Array(6).fill("newer"));
    expect(found.slice(6)).toEqual(Array(25).fill(undefined)); // the bystander costs a miss
  });

  test("h_36 loses the oldest values when they are too many, tells of each, and nothing older comes back", async () => {
    const stage = new Stage();
    const cache = open(stage, { maxPending: 5, maxEntries: 2 });
    const keys = Array.from({ length: 8 }, (_, at) => `k${at}`);
    for (const key of keys) await cache.set(key, "old");
    await cache.flush();
    stage.down();
    const told = listen(cache, "error");
    for (const key of keys) await cache.set(key, "newer");
    await through(cache);
    const { dropped, pending } = cache.stats();
    expect([dropped, pending]).toEqual([4, 5]);
    expect(told.filter((line) => line.includes("k0")).length).toBe(2); // that it waits, and that it is lost
    await expect(cache.flush()).rejects.toMatchObject({ code: "unavailable" });
    stage.down(false);
    await through(cache);
    expect(await others(stage, keys)).toEqual([...Array(4).fill(undefined), ...Array(4).fill("newer")]);
  });

  test("h_36 is bounded by weight where values have one", async () => {
    const stage = new Stage();
    const cache = open(stage, { maxWeight: 100, weigh: () => 30 });
    for (const key of ["a", "b", "c", "d"]) await cache.set(key, "old");
    await cache.set("other", "old");
    await cache.flush();
    stage.down();
    for (const key of ["a", "b", "c", "d"]) await cache.set(key, "newer");
    await through(cache);
    expect(cache.stats().dropped).toBe(1);
    stage.down(false);
    await through(cache);
    expect(await others(stage, ["a", "b", "c", "d", "other"])).toEqual([undefined, "newer", "newer", "newer", "old"]);
  });

  test("h_36 refuses tags that do not fit any more, instead of forgetting that they were invalidated", async () => {
    const stage = new Stage();
    const cache = open(stage, { maxPending: 3 });
    for (const tag of ["t0", "t1", "t2", "t3"]) await cache.set(tag, "old", { tags: [tag] });
    await cache.flush();
    stage.down();
    for (const tag of ["t0", "t1", "t2"]) await cache.invalidateByTag(tag);
    await expect(cache.invalidateByTag("t3")).rejects.toMatchObject({ code: "unavailable" });
    stage.down(false);
    await cache.flush();
    expect(await others(stage, ["t0", "t1", "t2", "t3"])).toEqual([undefined, undefined, undefined, undefined]);
  });

  test("h_36 a value that was on its way with tokens arrives, although everything else is removed meanwhile", async () => {
    const stage = new Stage();
    const cache = open(stage, { maxPending: 3 });
    await cache.flush();
    const release = stage.hold("set");
    await cache.set("first", 1);
    await idle();
    await cache.set("second", 2); // gathers behind it, with the tokens of now
    await idle();
    stage.down();
    release();
    for (const key of ["x", "y", "z"]) await cache.delete(key);
    stage.down(false);
    await through(cache);
    await cache.flush();
    expect(await others(stage, ["first", "second"])).toEqual([1, 2]);
  });

  test("s_36 of one name is its last write, and a value that was loaded is the first to go", async () => {
    const stage = new Stage();
    const cache = open(stage, { maxPending: 3 });
    await cache.flush();
    const release = stage.hold("set");
    await cache.getOrFetch("loaded", () => 0);
    await idle();
    stage.fate = (method) => (method === "createTokens" ? "passes" : "fails");
    release();
    for (let at = 0; at < 20; at++) await cache.set("a", at);
    await through(cache);
    expect(cache.stats().pending).toBe(2);
    await cache.set("b", 1);
    await cache.set("c", 1);
    await through(cache);
    expect(cache.stats()).toMatchObject({ pending: 3, dropped: 0 });
    stage.down(false);
    await cache.flush();
    expect(await others(stage, ["a", "b", "c", "loaded"])).toEqual([19, 1, 1, undefined]);
  });
});
