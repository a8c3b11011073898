//! What a stale row of a storage is good for, and refreshing before a value is stale.

import { describe, expect, test } from "vitest";
import { type AsyncCacheOptions, createCache, type FetchContext } from "../src/index.js";
import { manualClock } from "../src/testing.js";
import { listen, pending } from "./support/loads.js";
import { idle, Stage } from "./support/stage.js";

function open(stage: Stage, options: Partial<AsyncCacheOptions<unknown>> = {}) {
  return createCache<unknown>({ name: "n", storage: stage.storage, ...options });
}

describe("a stale row of the storage", () => {
  async function stale(options: Partial<AsyncCacheOptions<unknown>>) {
    const [stage, clock] = [new Stage(), manualClock()];
    const writer = open(stage, { clock, ttl: 10, ...options });
    await writer.set("a", 1, { tags: ["t"] });
    await writer.flush();
    clock.advance(15);
    return { stage, clock, cache: open(stage, { clock, ttl: 10, ...options }) };
  }

  test("s_12 is returned at once while another is fetched, which is given the previous one", async () => {
    const { cache, stage } = await stale({ staleWhileRevalidate: 20 });
    const told = listen(cache);
    const load = pending<unknown>();
    let previous: unknown;
    const fetcher = (context: FetchContext<unknown>) => ((previous = context.previous()), load.fetcher());
    const asked = [cache.getOrFetch("a", fetcher), cache.getOrFetch("a", fetcher)];
    expect(await Promise.all(asked)).toEqual([1, 1]);
    await idle();
    expect([load.runs, previous, await cache.get("a")]).toEqual([1, 1, undefined]);
    load.resolve(2);
    await idle();
    await cache.flush();
    expect([await cache.get("a"), await stage.value("n:a")]).toEqual([2, 2]);
    expect(told).toEqual(["miss a", "set a", "miss a", "stale a", "miss a", "load a", "set a replaced", "hit a"]);
  });

  test("s_14 is returned when the fetcher fails, within its window", async () => {
    const { cache, clock } = await stale({ staleIfError: 20 });
    const down = () => Promise.reject(new Error("down"));
    expect(await cache.getOrFetch("a", down)).toBe(1);
    expect(cache.stats()).toMatchObject({ staleOnError: 1, loadFailures: 1, misses: 1, storageMisses: 1 });
    clock.advance(14);
    expect(await cache.getOrFetch("a", down)).toBe(1);
    clock.advance(1);
    await expect(cache.getOrFetch("a", down)).rejects.toThrow("down");
  });

  test("s_12 is not fetched anew where another has done so: a stale value of memory is looked for in the storage", async () => {
    const { cache, stage, clock } = await stale({ staleWhileRevalidate: 50 });
    expect(await cache.getOrFetch("a", () => 2)).toBe(1);
    await idle();
    clock.advance(12);
    const other = open(stage, { clock, ttl: 10 });
    await other.set("a", "of the other");
    await other.flush();
    let runs = 0;
    expect(await cache.getOrFetch("a", () => ++runs)).toBe(2);
    await idle();
    expect([await cache.get("a"), runs]).toEqual(["of the other", 0]);
  });

  test("s_18 that is removed while it is fetched anew is not served any more", async () => {
    const { cache } = await stale({ staleWhileRevalidate: 50 });
    const load = pending<unknown>();
    expect(await cache.getOrFetch("a", load.fetcher, { tags: ["t"] })).toBe(1);
    await cache.invalidateByTag("t");
    const later = cache.getOrFetch("a", () => 3);
    load.resolve(2);
    expect([await later, await cache.get("a")]).toEqual([3, 3]);
  });
});

test("s_20 from a part of its life on a hit is fetched anew in the background", async () => {
  const [stage, clock] = [new Stage(), manualClock()];
  const cache = open(stage, { clock, ttl: 100, refreshAfter: 0.5 });
  await cache.getOrFetch("a", () => 1);
  clock.advance(50);
  const load = pending<unknown>();
  expect([await cache.getOrFetch("a", load.fetcher), await cache.getOrFetch("a", load.fetcher)]).toEqual([1, 1]);
  load.resolve(2);
  await idle();
  await cache.flush();
  expect([load.runs, await cache.get("a"), await stage.value("n:a"), cache.stats().misses]).toEqual([1, 2, 2, 1]);
});
