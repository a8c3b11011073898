//! Ends of a wait: by a signal, by a timeout.

import { describe, expect, test } from "vitest";
import { CachefnError, createCache } from "../src/index.js";
import { manualClock } from "../src/testing.js";
import { listen, pending } from "./support/loads.js";

describe("h_11 a signal", () => {
  test("of a follower rejects only that one", async () => {
    const cache = createCache<number>();
    const load = pending<number>();
    const [leader, follower] = [new AbortController(), new AbortController()];
    const first = cache.getOrFetch("a", load.fetcher, { signal: leader.signal });
    const second = cache.getOrFetch("a", load.fetcher, { signal: follower.signal });
    const third = cache.getOrFetch("a", load.fetcher);
    follower.abort(new Error("gone"));
    await expect(second).rejects.toThrow("gone");
    expect(load.signal?.aborted).toBe(false);
    load.resolve(1);
    expect([await first, await third, cache.get("a")]).toEqual([1, 1, 1]);
  });

  test("of the leader rejects only that one as long as others wait", async () => {
    const cache = createCache<number>();
    const load = pending<number>();
    const leader = new AbortController();
    const first = cache.getOrFetch("a", load.fetcher, { signal: leader.signal });
    const second = cache.getOrFetch("a", load.fetcher);
    leader.abort();
    await expect(first).rejects.toBe(leader.signal.reason);
    expect(load.signal?.aborted).toBe(false);
    load.resolve(1);
    expect([await second, cache.get("a")]).toEqual([1, 1]);
  });

  test("of the last who waits aborts the fetch, whose value is not stored, and the next one fetches anew", async () => {
    const cache = createCache<number>();
    const load = pending<number>();
    const told = listen(cache);
    const controllers = [new AbortController(), new AbortController()];
    const asked = controllers.map(({ signal }) => cache.getOrFetch("a", load.fetcher, { signal }));
    for (const controller of controllers) controller.abort("enough");
    const ends = await Promise.allSettled(asked);
    expect(ends.map((end) => end.status === "rejected" && end.reason)).toEqual(["enough", "enough"]);
    expect([load.signal?.aborted, load.signal?.reason]).toEqual([true, "enough"]);
    expect(await cache.getOrFetch("a", async () => 2)).toBe(2);
    load.resolve(1);
    await Promise.resolve();
    expect(cache.get("a")).toBe(2);
    expect(told).toEqual(["miss a", "miss a", "miss a", "load a", "set a", "hit a"]);
    expect(cache.stats()).toMatchObject({ loads: 1, loadFailures: 0, fenced: 0 });
  });

  test("that makes the fetcher reject is no failure, and nobody has to catch it", async () => {
    const cache = createCache<number>();
    const told = listen(cache, "error");
    const controller = new AbortController();
    const asked = cache.getOrFetch(
      "a",
      ({ signal }) => new Promise<number>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
      { signal: controller.signal },
    );
    controller.abort("enough");
    await expect(asked).rejects.toBe("enough");
    await new Promise((resolve) => setTimeout(resolve));
    expect([told, cache.stats().loadFailures]).toEqual([[], 0]);
  });

  test("that was aborted before fetches nothing, but a value that is there is a value", async () => {
    const cache = createCache<number>();
    let runs = 0;
    const signal = AbortSignal.abort("before");
    await expect(cache.getOrFetch("a", async () => ++runs, { signal })).rejects.toBe("before");
    expect(() => cache.getOrFetch("a", () => ++runs, { signal })).toThrow("before");
    expect(runs).toBe(0);
    cache.set("a", 7);
    expect(cache.getOrFetch("a", () => ++runs, { signal })).toBe(7);
  });

  test("has no part in a fetcher that returns a value, and none after the promise is settled", async () => {
    const cache = createCache<number>();
    const controller = new AbortController();
    const { signal } = controller;
    expect(cache.getOrFetch("a", () => 1, { signal })).toBe(1);
    const asked = cache.getOrFetch("b", async () => 2, { signal });
    expect(await asked).toBe(2);
    controller.abort();
    expect([await asked, cache.get("b")]).toEqual([2, 2]);
  });

  test("does not end a refresh that goes on for the cache itself", async () => {
    const clock = manualClock();
    const cache = createCache<number>({ ttl: 10, staleWhileRevalidate: 5, clock });
    cache.set("a", 1);
    clock.advance(10);
    const load = pending<number>();
    const controller = new AbortController();
    expect(cache.getOrFetch("a", load.fetcher)).toBe(1);
    clock.advance(5);
    const asked = cache.getOrFetch("a", load.fetcher, { signal: controller.signal });
    controller.abort("enough");
    await expect(asked).rejects.toBe("enough");
    expect(load.signal?.aborted).toBe(false);
    load.resolve(2);
    await new Promise((resolve) => setTimeout(resolve));
    expect(cache.get("a")).toBe(2);
  });
});

describe("loadTimeout", () => {
  test("h_11 all who wait for a promise that never comes get an error, and the next one fetches anew", async () => {
    const cache = createCache<number>({ loadTimeout: 1, clock: manualClock() }); // only the timer may end it
    const load = pending<number>();
    const told = listen(cache, "error");
    const asked = [1, 2].map(() => cache.getOrFetch("user:7", load.fetcher));
    for (const one of asked) {
      await expect(one).rejects.toThrow("getOrFetch: user:7: the fetcher takes longer than 1 ms");
      await expect(one).rejects.toMatchObject({ code: "timeout", retryable: true });
    }
    expect([load.signal?.aborted, load.signal?.reason]).toEqual([true, expect.any(CachefnError)]);
    expect(told).toEqual(["error user:7 load-failed"]);
    expect(await cache.getOrFetch("user:7", async () => 2)).toBe(2);
    load.resolve(1);
    await Promise.resolve();
    expect(cache.get("user:7")).toBe(2);
    expect(cache.stats()).toMatchObject({ loads: 1, loadFailures: 1, fenced: 0 });
  });

  test("h_11 whoever asks after that time need not wait for a timer to fetch anew", async () => {
    const clock = manualClock();
    const cache = createCache<number>({ loadTimeout: "1h", clock });
    const load = pending<number>();
    const first = cache.getOrFetch("a", load.fetcher);
    clock.advance("59m");
    const second = cache.getOrFetch("a", load.fetcher);
    clock.advance("1m");
    expect(await cache.getOrFetch("a", async () => 2)).toBe(2);
    await expect(first).rejects.toMatchObject({ code: "timeout" });
    await expect(second).rejects.toMatchObject({ code: "timeout" });
    expect([load.runs, cache.get("a")]).toEqual([1, 2]);
  });

  test("s_14 is answered with the stale value where that is allowed", async () => {
    const clock = manualClock();
    const cache = createCache<number>({ ttl: 10, staleIfError: "1h", loadTimeout: 1, clock });
    cache.set("a", 1);
    clock.advance(10);
    expect(await cache.getOrFetch("a", pending<number>().fetcher)).toBe(1);
    expect(cache.stats()).toMatchObject({ staleOnError: 1, loadFailures: 1 });
  });

  test("leaves what comes in time alone, also a rejection", async () => {
    const cache = createCache<number>({ loadTimeout: "1h" });
    const first = cache.getOrFetch("a", async () => 1);
    expect([await first, cache.getOrFetch("a", async () => 2) === cache.getOrFetch("a", async () => 3)]).toEqual([1, true]);
    await expect(cache.getOrFetch("b", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(cache.getOrFetch("c", () => 3)).toBe(3);
  });

  test("beyond what timers can count is no timeout", async () => {
    const cache = createCache<number>({ loadTimeout: "365d" });
    const load = pending<number>();
    const asked = cache.getOrFetch("a", load.fetcher);
    await new Promise((resolve) => setTimeout(resolve));
    load.resolve(1);
    expect(await asked).toBe(1);
  });
});

describe("softTimeout", () => {
  test("gives all who wait the stale value, while the fetcher goes on", async () => {
    const clock = manualClock();
    const cache = createCache<number>({ ttl: 10, staleIfError: "1h", softTimeout: 1, clock });
    cache.set("a", 1);
    clock.advance(10);
    const load = pending<number>();
    const told = listen(cache);
    const asked = [1, 2].map(() => cache.getOrFetch("a", load.fetcher));
    expect(await Promise.all(asked)).toEqual([1, 1]);
    load.resolve(2);
    await new Promise((resolve) => setTimeout(resolve));
    expect([cache.get("a"), await cache.getOrFetch("a", async () => 3)]).toEqual([2, 2]);
    expect(told).toEqual(["miss a", "miss a", "stale a", "load a", "set a replaced", "hit a", "hit a"]);
    expect(cache.stats()).toMatchObject({ staleHits: 1, loads: 1 });
  });

  test("does nothing where there is no stale value", async () => {
    const cache = createCache<number>({ staleIfError: "1h", softTimeout: 0 });
    const load = pending<number>();
    const asked = cache.getOrFetch("a", load.fetcher);
    await new Promise((resolve) => setTimeout(resolve));
    load.resolve(1);
    expect(await asked).toBe(1);
  });
});
