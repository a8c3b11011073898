//! A storage that is down for a while: how it catches up, and what others are told.

import { describe, expect, test } from "vitest";
import { type AsyncCacheOptions, type CacheState, createCache } from "../src/index.js";
import { manualClock } from "../src/testing.js";
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
test.each(Array.from({ length: 6 }, (_, seed) => seed))("s_36 after drawn outages the storage has the last of everything (seed %i)", async (seed) => {
  const below = random(seed + 77);
  const stage = new Stage({ tokens: seed % 2 === 0 });
  const clock = manualClock();
  const cache = open(stage, { maxEntries: 4, maxPending: below(2) === 0 ? 1000 : 40, clock });
  const model = new Map<string, { value: number; tags: string[] }>();
  const keys = ["a", "b", "c", "d", "e", "f"];
  await cache.flush();
  for (let step = 0; step < 120; step++) {
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

/** Each is cut off for a while, and each tells the other; when all is quiet, nobody has what the storage has not. */
test.each(Array.from({ length: 6 }, (_, seed) => seed))("s_36 two caches that were cut off in turn agree with the storage when all is quiet (seed %i)", async (seed) => {
  const below = random(seed + 500);
  const [first, bus, clock] = [new Stage(), new LocalBus(), manualClock()];
  const stages = [first, new Stage({ inner: first.inner })] as const;
  const caches = stages.map((stage) => open(stage, { bus, clock, maxEntries: 4, maxPending: seed % 2 === 0 ? 1000 : 6 }));
  const keys = ["a", "b", "c", "d", "e"];
  for (const cache of caches) await cache.flush();
  for (let step = 0; step < 150; step++) {
    const at = below(2);
    const [cache, stage] = [caches[at] as (typeof caches)[0], stages[at] as Stage];
    const key = keys[below(5)] as string;
    const dice = below(100);
    if (dice < 25) await cache.set(key, `${key} ${step}`, { tags: [key] });
    else if (dice < 45) await cache.getOrFetch(key, async () => `${key} ${step}`, { tags: [key] });
    else if (dice < 55) await cache.delete(key);
    else if (dice < 63) await cache.invalidateByTag(key);
    else if (dice < 67) await cache.invalidateByPattern(`[${key}x]`);
    else if (dice < 69) await cache.clear();
    else if (dice < 80) await cache.get(key).catch(() => {});
    else if (dice < 90) stage.down(below(3) === 0);
    else await idle();
    clock.advance(below(200));
  }
  for (const stage of stages) stage.down(false);
  for (let round = 0; round < 2; round++) {
    for (const cache of caches) await cache.flush().catch(() => {}); // some values may have been too many
    for (const cache of caches) await cache.get("absent"); // an answer, where nothing waited
    await idle();
  }
  const stored = await others(first, keys, clock);
  for (const cache of caches) {
    expect(cache.stats()).toMatchObject({ pending: 0, state: "healthy" });
    for (const [key, value] of await cache.entries()) {
      const there = stored[keys.indexOf(key)];
      if (there !== undefined) expect(value, `seed ${seed} key ${key}`).toBe(there); // what could not be protected is in memory only
    }
  }
  // What is removed now is gone for everybody.
  await caches[0]?.invalidateByTag("a");
  await caches[1]?.clear();
  await idle();
  for (const cache of caches) expect(await cache.getMany(keys), `seed ${seed}`).toEqual(keys.map(() => undefined));
}, 60_000);
