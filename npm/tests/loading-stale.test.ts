//! What a stale value is good for while another is fetched, or cannot be; and refreshing before that.

import { describe, expect, test } from "vitest";
import { createCache } from "../src/index.js";
import { manualClock } from "../src/testing.js";
import { listen, pending, thrower } from "./support/loads.js";

describe("staleWhileRevalidate", () => {
  function stale() {
    const clock = manualClock();
    const cache = createCache<number>({ ttl: 10, staleWhileRevalidate: 20, clock });
    cache.set("a", 1);
    clock.advance(10);
    return { cache, clock };
  }

  test("s_12 all who ask get the stale value at once while one promise is pending, then the new one", async () => {
    const { cache } = stale();
    const load = pending<number>();
    const told = listen(cache);
    expect([1, 2, 3].map(() => cache.getOrFetch("a", load.fetcher))).toEqual([1, 1, 1]);
    expect([load.runs, cache.get("a"), cache.has("a")]).toEqual([1, undefined, false]);
    load.resolve(2);
    await settled();
    expect(cache.get("a")).toBe(2);
    expect(told).toEqual(["miss a", "stale a", "miss a", "stale a", "miss a", "stale a", "miss a", "load a", "set a replaced", "hit a"]);
    expect(cache.stats()).toMatchObject({ staleHits: 3, misses: 4, hits: 1, loads: 1 });
  });

  test("s_12 an async function is answered with a promise of the stale value", async () => {
    const { cache } = stale();
    const answer = cache.getOrFetch("a", async () => 2);
    expect(answer).toBeInstanceOf(Promise);
    expect(await answer).toBe(1);
    await settled();
    expect(cache.get("a")).toBe(2);
  });

  test("s_12 a value that came by a promise stays that promise while it is stale", async () => {
    const clock = manualClock();
    const cache = createCache<number>({ ttl: 10, staleWhileRevalidate: 20, clock });
    const first = cache.getOrFetch("a", async () => 1);
    await first;
    clock.advance(10);
    expect(cache.getOrFetch("a", async () => 2)).toBe(first);
  });

  test("s_12 the caller of a fetcher that returns a value waits for the new one, nested callers do not", () => {
    const { cache } = stale();
    expect(cache.getOrFetch("a", () => 1 + (cache.getOrFetch("a", () => 100) as number))).toBe(2);
    expect(cache.get("a")).toBe(2);
  });

  test("s_12 a refresh that fails in the background is told, rejects nobody, and the next caller refreshes", async () => {
    const { cache } = stale();
    const told = listen(cache, "error", "load");
    expect(cache.getOrFetch("a", () => Promise.reject(new Error("down")))).toBe(1);
    await settled();
    expect(told).toEqual(["error a load-failed"]);
    expect(cache.getOrFetch("a", () => Promise.resolve(2))).toBe(1);
    await settled();
    expect(cache.get("a")).toBe(2);
    expect(cache.stats()).toMatchObject({ loadFailures: 1, staleOnError: 0, staleHits: 2 });
  });

  test("s_12 whoever asks after the window waits for the refresh that runs", async () => {
    const { cache, clock } = stale();
    const load = pending<number>();
    expect(cache.getOrFetch("a", load.fetcher)).toBe(1);
    clock.advance(20);
    const asked = cache.getOrFetch("a", load.fetcher);
    load.resolve(2);
    expect(await asked).toBe(2);
    expect(load.runs).toBe(1);
  });

  test("s_18 a stale value that was removed while its refresh runs is not served, and the refresh is not stored", async () => {
    const { cache } = stale();
    const load = pending<number>();
    expect(cache.getOrFetch("a", load.fetcher)).toBe(1);
    expect(cache.delete("a")).toBe(true);
    const anew = cache.getOrFetch("a", async () => 3);
    load.resolve(2);
    expect(await anew).toBe(3);
    await settled();
    expect([cache.get("a"), cache.stats().fenced]).toEqual([3, 1]);
  });

  test("s_18 a stale value that its own fetcher removes is not served", async () => {
    const { cache } = stale();
    const answer = cache.getOrFetch("a", () => {
      cache.delete("a");
      return Promise.resolve(2);
    });
    expect(await answer).toBe(2);
    expect(cache.has("a")).toBe(false);
  });
});

describe("staleIfError", () => {
  function stale() {
    const clock = manualClock();
    const cache = createCache<number>({ ttl: 10, staleIfError: 20, clock });
    cache.set("a", 1);
    clock.advance(10);
    return { cache, clock };
  }

  test("s_14 a rejection is answered with the stale value, for all who wait", async () => {
    const { cache } = stale();
    const load = pending<number>();
    const told = listen(cache);
    const asked = [1, 2].map(() => cache.getOrFetch("a", load.fetcher));
    load.reject(new Error("down"));
    expect(await Promise.all(asked)).toEqual([1, 1]);
    expect(told).toEqual(["miss a", "miss a", "error a load-failed", "stale a load-failed"]);
    expect(cache.stats()).toMatchObject({ loadFailures: 1, staleOnError: 1, staleHits: 0, loads: 0 });
  });

  test("s_14 the time that the promise takes counts", async () => {
    const { cache, clock } = stale();
    const load = pending<number>();
    const asked = cache.getOrFetch("a", load.fetcher);
    clock.advance(20);
    const failure = new Error("down");
    load.reject(failure);
    await expect(asked).rejects.toBe(failure);
  });

  test.each<[string, (cache: ReturnType<typeof stale>["cache"]) => void]>([
    ["delete", (cache) => cache.delete("a")],
    ["clear", (cache) => cache.clear()],
    ["invalidateByPattern", (cache) => cache.invalidateByPattern("*")],
  ])("s_18 %s while the fetcher runs wins over the stale value", async (_, act) => {
    const { cache } = stale();
    const load = pending<number>();
    const asked = cache.getOrFetch("a", load.fetcher);
    act(cache);
    load.reject(new Error("down"));
    await expect(asked).rejects.toThrow("down");
  });

  test("s_14 both windows together: served while it is fetched, and when that fails", async () => {
    const clock = manualClock();
    const cache = createCache<number>({ ttl: 10, staleWhileRevalidate: 5, staleIfError: 100, clock });
    cache.set("a", 1);
    clock.advance(10);
    expect(cache.getOrFetch("a", () => Promise.reject(new Error("down")))).toBe(1);
    await settled();
    clock.advance(5);
    expect(await cache.getOrFetch("a", () => Promise.reject(new Error("down")))).toBe(1);
    expect(cache.stats()).toMatchObject({ staleHits: 1, staleOnError: 1, loadFailures: 2 });
  });
});

describe("refreshAfter", () => {
  function aged(options = {}) {
    const clock = manualClock();
    const cache = createCache<number>({ ttl: 100, refreshAfter: 0.8, clock, ...options });
    return { cache, clock };
  }

  test("s_20 from that part of the lifetime on, a hit starts one refresh in the background", async () => {
    const { cache, clock } = aged();
    cache.set("a", 1);
    const load = pending<number>();
    clock.advance(79);
    expect([cache.getOrFetch("a", load.fetcher), load.runs]).toEqual([1, 0]);
    clock.advance(1);
    const told = listen(cache);
    expect([1, 2, 3].map(() => cache.getOrFetch("a", load.fetcher))).toEqual([1, 1, 1]);
    expect([load.runs, cache.get("a")]).toEqual([1, 1]);
    load.resolve(2);
    await settled();
    expect(cache.get("a")).toBe(2);
    expect(told).toEqual(["hit a", "hit a", "hit a", "hit a", "load a", "set a replaced", "hit a"]);
    clock.advance(79);
    expect(await cache.getOrFetch("a", load.fetcher)).toBe(2);
    expect([load.runs, cache.stats().misses]).toEqual([1, 0]);
  });

  test("s_20 a fetcher that returns a value is called by the one who asks, and may fail", () => {
    const { cache, clock } = aged();
    cache.set("a", 1);
    clock.advance(80);
    expect(cache.getOrFetch("a", thrower(new Error("down")))).toBe(1);
    expect(cache.getOrFetch("a", () => 2)).toBe(1);
    cache.set("a", 1);
    clock.advance(80);
    expect(cache.getOrFetch("a", () => 2)).toBe(2);
    expect(cache.stats()).toMatchObject({ loadFailures: 1, loads: 1, hits: 3, misses: 0 });
  });

  test("s_20 a refresh that fails in the background leaves the entry as it is", async () => {
    const { cache, clock } = aged();
    cache.set("a", 1);
    clock.advance(80);
    expect(cache.getOrFetch("a", () => Promise.reject(new Error("down")))).toBe(1);
    await settled();
    expect(cache.get("a")).toBe(1);
    clock.advance(20);
    expect(cache.get("a")).toBe(undefined);
  });

  test("s_20 entries without an end are never refreshed", () => {
    const { cache, clock } = aged({ ttl: undefined });
    cache.set("a", 1);
    clock.advance(1e12);
    expect(cache.getOrFetch("a", () => 2)).toBe(1);
  });
});

/** After all promises that are settled by now. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve);
  });
}
