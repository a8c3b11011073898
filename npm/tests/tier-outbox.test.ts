//! A storage that is down for a while: what waits for it, in which bounds, and how it catches up.

import { describe, expect, test } from "vitest";
import { type AsyncCacheOptions, type CacheState, createCache } from "../src/index.js";
import { manualClock } from "../src/testing.js";
import { listen } from "./support/loads.js";
import { LocalBus } from "./support/local-bus.js";
import { idle, random, Stage } from "./support/stage.js";

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
    expect(await through(cache)).toBe("flush: storage stage is down: 2 writes wait for it");
    await cache.invalidateByTag("t");
    await expect(cache.flush()).rejects.toMatchObject({ code: "unavailable", operation: "flush", retryable: true });
    expect(await through(cache)).toBe("flush: storage stage is down: 2 writes and 1 invalidation wait for it");
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

describe("the way back", () => {
  const states = (cache: ReturnType<typeof open>): CacheState[] => {
    const told: CacheState[] = [];
    cache.on("state", ({ cause }) => told.push(cause as CacheState));
    return told;
  };

  test("s_36 begins with any answer of the storage, and its states are told", async () => {
    const stage = new Stage();
    const cache = open(stage);
    await cache.flush();
    const told = states(cache);
    stage.down();
    await cache.set("a", 1);
    await through(cache);
    expect([told, cache.stats().state]).toEqual([["degraded"], "degraded"]);
    stage.down(false);
    expect(await cache.get("b")).toBe(undefined);
    await idle();
    expect([await stage.value("n:a"), told, cache.stats().pending]).toEqual([1, ["degraded", "recovering", "healthy"], 0]);
  });

  test("s_36 begins by itself after a while, without anybody's call", async () => {
    const stage = new Stage();
    const cache = createCache<unknown>({ name: "n", storage: stage.storage });
    await cache.flush();
    stage.down();
    await cache.set("a", 1);
    await through(cache);
    stage.down(false);
    const healthy = new Promise((resolve) => cache.on("state", ({ cause }) => cause === "healthy" && resolve(cause)));
    expect([await healthy, await stage.value("n:a")]).toEqual(["healthy", 1]);
  });

  test("s_36 begins with a write when it is time, where no timer runs", async () => {
    const [stage, clock] = [new Stage(), manualClock()];
    const cache = open(stage, { clock });
    await cache.flush();
    stage.down();
    await cache.set("a", 1);
    await through(cache);
    stage.down(false);
    await cache.set("b", 1);
    await idle();
    expect(cache.stats()).toMatchObject({ state: "degraded", pending: 2 });
    clock.advance("1m");
    await cache.set("c", 1);
    await idle();
    expect(await others(stage, ["a", "b", "c"], clock)).toEqual([1, 1, 1]);
  });

  test("s_36 of a cache that only reads is told, too", async () => {
    const stage = new Stage();
    const cache = open(stage);
    const told = states(cache);
    stage.down();
    await cache.getOrFetch("a", () => 1);
    stage.down(false);
    await cache.getOrFetch("b", () => 1);
    expect(told).toEqual(["degraded", "healthy"]);
  });

  test("h_16 of a storage that can be read and not written is not begun with each read", async () => {
    const stage = new Stage();
    const cache = open(stage);
    await cache.flush();
    stage.fate = (method) => (["get", "tokens", "scan"].includes(method) ? "passes" : "fails");
    await cache.set("a", 1);
    await through(cache);
    await cache.get("x");
    await through(cache);
    stage.calls.length = 0;
    for (let at = 0; at < 20; at++) await cache.get(`x${at}`);
    await idle();
    expect(new Set(stage.calls)).toEqual(new Set(["get"]));
  });

  test("s_34 tells the others after the storage has what waited, and not before", async () => {
    const [stage, bus] = [new Stage(), new LocalBus()];
    const [one, two] = [open(stage, { bus }), open(stage, { bus })];
    await one.setMany([["a", 1], ["b", 1]]);
    await one.set("t", 1, { tags: ["t"] });
    await one.flush();
    await two.getMany(["a", "b", "t"]);
    stage.down();
    bus.messages.length = 0;
    await one.set("a", 2);
    await one.delete("b");
    await one.invalidateByTag("t");
    await through(one);
    await idle();
    expect([bus.messages, await two.getMany(["a", "b", "t"])]).toEqual([[], [1, 1, 1]]);
    stage.down(false);
    await one.flush();
    await idle();
    expect(bus.messages.map(({ what }) => what)).toEqual([
      { kind: "keys", keys: ["a"] },
      { kind: "keys", keys: ["b"] },
      { kind: "tags", tags: ["t"], mode: "remove" },
    ]);
    expect(await two.getMany(["a", "b", "t"])).toEqual([2, undefined, undefined]);
  });

  test("s_28 a value that waits does not survive what others invalidate meanwhile", async () => {
    const stage = new Stage();
    const one = open(stage);
    await one.flush();
    const release = stage.hold("set");
    await one.set("a", 1, { tags: ["t"] });
    await idle();
    const inner = stage.inner;
    stage.fate = (method) => (method === "createTokens" ? "passes" : "fails");
    release();
    await through(one);
    const token = "ab".repeat(16);
    await inner.replaceTokens([["%t:n:t", token]]); // somebody else's invalidateByTag("t"): this cache is cut off
    stage.down(false);
    await one.flush();
    expect(await others(stage, ["a"])).toEqual([undefined]);
  });
});

/** Outages at random, and in the end the storage is what it would be without them. */
test.each(Array.from({ length: 8 }, (_, seed) => seed))("s_36 after drawn outages the storage has the last of everything (seed %i)", async (seed) => {
  const below = random(seed + 77);
  const stage = new Stage({ tokens: seed % 2 === 0 });
  const clock = manualClock();
  const cache = open(stage, { maxEntries: 4, maxPending: below(2) === 0 ? 1000 : 40, clock });
  const model = new Map<string, { value: number; tags: string[] }>();
  const keys = ["a", "b", "c", "d", "e", "f"];
  await cache.flush();
  for (let step = 0; step < 150; step++) {
    const key = keys[below(keys.length)] as string;
    const tags = [[], ["t"], ["t", "u"]][below(3)] as string[];
    const dice = below(100);
    if (dice < 35) {
      await cache.set(key, step, { tags });
      model.set(key, { value: step, tags });
    } else if (dice < 50) {
      await cache.delete(key);
      model.delete(key);
    } else if (dice < 60) {
      const tag = ["t", "u"][below(2)] as string;
      await cache.invalidateByTag(tag);
      for (const [own, entry] of model) if (entry.tags.includes(tag)) model.delete(own);
    } else if (dice < 67) {
      await cache.invalidateByPattern("[ab]");
      model.delete("a");
      model.delete("b");
    } else if (dice < 70) {
      await cache.clear();
      model.clear();
    } else if (dice < 80) {
      stage.down(below(2) === 0);
      clock.advance(below(5000));
    } else if (dice < 90) {
      const found = await cache.get(key).catch(() => "unavailable");
      if (found !== "unavailable") expect(found, `seed ${seed}`).toBe(model.get(key)?.value);
    } else {
      await idle();
    }
  }
  stage.down(false);
  await cache.flush();
  const expected = keys.map((key) => model.get(key)?.value);
  expect(await others(stage, keys, clock), `seed ${seed}`).toEqual(expected);
  expect(await cache.getMany(keys), `seed ${seed}`).toEqual(expected);
  expect(cache.stats()).toMatchObject({ pending: 0, state: "healthy", dropped: 0 });
}, 60_000);
