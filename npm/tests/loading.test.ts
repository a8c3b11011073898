//! Asking or computing: single flight, failures, fencing, re-entrance.

import { describe, expect, test } from "vitest";
import { type Cache, createCache, type FetchContext } from "../src/index.js";
import { KINDS } from "../src/events.js";
import { manualClock } from "../src/testing.js";
import { listen, pending, thrower } from "./support/loads.js";

describe("a synchronous fetcher", () => {
  test("makes getOrFetch synchronous, and runs once", () => {
    const cache = createCache<number>();
    let runs = 0;
    const fetcher = (): number => ++runs;
    expect([cache.getOrFetch("a", fetcher), cache.getOrFetch("a", fetcher), cache.get("a")]).toEqual([1, 1, 1]);
    expect(cache.stats()).toMatchObject({ hits: 2, misses: 1, loads: 1, sets: 1 });
  });

  test("h_14 what it throws passes through unchanged and is not stored", () => {
    const cache = createCache<number>();
    const failure = new Error("no");
    const told = listen(cache);
    expect(() => cache.getOrFetch("a", thrower(failure))).toThrow(failure);
    expect(told).toEqual(["miss a", "error a load-failed"]);
    expect(cache.getOrFetch("a", () => 1)).toBe(1);
    expect(cache.stats()).toMatchObject({ loads: 1, loadFailures: 1, misses: 2 });
  });

  test("h_13 that asks for its own key runs uncached, and the outer one is stored", () => {
    const cache = createCache<number>();
    const told = listen(cache);
    expect(cache.getOrFetch("a", () => 1 + cache.getOrFetch("a", () => 10))).toBe(11);
    expect(told).toEqual(["miss a", "miss a", "error a reentrant", "load a", "set a"]);
    expect(cache.get("a")).toBe(11);
  });

  test("that asks for other keys loads them, however deep", () => {
    const cache = createCache<number>({ maxEntries: 5000 });
    const sum = (to: number): number => cache.getOrFetch(to, () => (to === 0 ? 0 : to + sum(to - 1)));
    expect(sum(1000)).toBe(500_500);
    expect(cache.size).toBe(1001);
  });

  test("that asks for its own key at the end of a long chain is found out", () => {
    const cache = createCache<number>();
    const told = listen(cache, "error");
    const walk = (step: number): number => cache.getOrFetch(step % 50, () => (step === 50 ? 1 : 1 + walk(step + 1)));
    expect(walk(0)).toBe(51);
    expect(told).toEqual(["error 0 reentrant"]);
  });
});

describe("a fetcher with a promise", () => {
  test("h_07 runs once for all who ask meanwhile", async () => {
    const cache = createCache<number>();
    const load = pending<number>();
    const asked = Array.from({ length: 10 }, () => cache.getOrFetch("a", load.fetcher));
    load.resolve(7);
    expect(await Promise.all(asked)).toEqual(Array(10).fill(7));
    expect([load.runs, cache.get("a")]).toEqual([1, 7]);
    expect(cache.stats()).toMatchObject({ misses: 10, loads: 1, sets: 1 });
  });

  test("h_08 is not run again by those who ask later", async () => {
    const cache = createCache<number>();
    let runs = 0;
    for (let round = 0; round < 3; round++) expect(await cache.getOrFetch("a", async () => ++runs)).toBe(1);
  });

  test("h_10 a rejection reaches all who wait, unchanged, and the next one runs anew", async () => {
    const cache = createCache<number>();
    const load = pending<number>();
    const asked = [1, 2, 3].map(() => cache.getOrFetch("a", load.fetcher));
    const failure = new Error("no");
    load.reject(failure);
    const ends = await Promise.allSettled(asked);
    expect(ends.map((end) => end.status === "rejected" && end.reason)).toEqual([failure, failure, failure]);
    expect(load.runs).toBe(1);
    expect(await cache.getOrFetch("a", async () => 5)).toBe(5);
    expect(cache.stats()).toMatchObject({ loadFailures: 1, loads: 1 });
  });

  test("h_09 another cache has flights of its own", async () => {
    const [one, other] = [createCache<string>(), createCache<string>()];
    const asked = [one.getOrFetch("a", async () => "one"), other.getOrFetch("a", async () => "other")];
    expect(await Promise.all(asked)).toEqual(["one", "other"]);
  });

  test("an async function answers with promises also for a value that was set", async () => {
    const cache = createCache<number>();
    cache.set("a", 1);
    const answer = cache.getOrFetch("a", async () => 2);
    expect(answer).toBeInstanceOf(Promise);
    expect(await answer).toBe(1);
  });

  test("a hit of what came by a promise is that promise again", async () => {
    const cache = createCache<number>();
    const fetcher = (): Promise<number> => Promise.resolve(1);
    const first = cache.getOrFetch("a", fetcher);
    await first;
    expect(cache.getOrFetch("a", fetcher)).toBe(first);
    cache.set("a", 2);
    expect(cache.getOrFetch("a", fetcher)).toBe(2);
  });

  test("thenables are adopted", async () => {
    const cache = createCache<number>();
    const thenable = { then: (resolve: (value: number) => void) => resolve(3) } as PromiseLike<number>;
    expect(await cache.getOrFetch("a", () => thenable)).toBe(3);
    expect(cache.get("a")).toBe(3);
  });

  test("h_13 that asks for its own key before its first await runs uncached", async () => {
    const cache = createCache<number>();
    const inner = async (): Promise<number> => 10;
    const outer = async (): Promise<number> => 1 + (await cache.getOrFetch("a", inner));
    expect(await cache.getOrFetch("a", outer)).toBe(11);
    expect(cache.get("a")).toBe(11);
  });
});

describe("h_12 what happens to a key during its load wins over the load", () => {
  const meanwhile: [string, (cache: Cache<number>) => void, number | undefined][] = [
    ["delete", (cache) => cache.delete("user:1"), undefined],
    ["clear", (cache) => cache.clear(), undefined],
    ["a newer set", (cache) => cache.set("user:1", 9), 9],
    ["invalidateByTag of a tag given before", (cache) => cache.invalidateByTag("given"), undefined],
    ["invalidateByTag of a tag named during the load", (cache) => cache.invalidateByTag("named"), undefined],
    ["invalidateByPattern", (cache) => cache.invalidateByPattern("user:*"), undefined],
  ];
  const load = (context: FetchContext): void => context.tags("named");

  test.each(meanwhile)("%s, by others while a promise is pending", async (_, act, left) => {
    const cache = createCache<number>();
    const gate = pending<number>();
    const first = cache.getOrFetch(
      "user:1",
      (context) => {
        load(context);
        return gate.fetcher();
      },
      { tags: ["given"] },
    );
    act(cache);
    if (left === undefined) expect(await cache.getOrFetch("user:1", async () => 2)).toBe(2);
    gate.resolve(1);
    expect(await first).toBe(1);
    expect(cache.get("user:1")).toBe(left ?? 2);
    expect(cache.stats()).toMatchObject({ fenced: 1 });
  });

  test.each(meanwhile)("%s, by the fetcher itself", (_, act, left) => {
    const cache = createCache<number>();
    const fetcher = (context: FetchContext): number => {
      act(cache);
      load(context);
      return 1;
    };
    expect(cache.getOrFetch("user:1", fetcher, { tags: ["given"] })).toBe(1);
    expect(cache.peek("user:1")).toBe(left);
    expect(cache.stats()).toMatchObject({ fenced: 1, loads: 1 });
  });

  test("other keys and tags are no business of the load", async () => {
    const cache = createCache<number>();
    const gate = pending<number>();
    const asked = cache.getOrFetch("user:1", gate.fetcher, { tags: ["mine"] });
    cache.delete("user:2");
    cache.set("user:3", 3);
    cache.invalidateByTag("other");
    cache.invalidateByPattern("team:*");
    gate.resolve(1);
    await asked;
    expect(cache.get("user:1")).toBe(1);
    expect(cache.stats().fenced).toBe(0);
  });
});

describe("the context of a fetcher", () => {
  test("sets lifetime and tags, also taken apart", () => {
    const clock = manualClock();
    const cache = createCache<number>({ clock });
    cache.getOrFetch("a", ({ ttl, tags }) => {
      ttl("5ms");
      tags("red");
      tags("blue", "green");
      return 1;
    });
    cache.getOrFetch("b", ({ tags }) => (tags("blue"), 2));
    clock.advance(4);
    expect(cache.has("a")).toBe(true);
    clock.advance(1);
    expect(cache.has("a")).toBe(false);
    cache.invalidateByTag("blue");
    expect(cache.has("b")).toBe(false);
  });

  test("skip stores nothing", () => {
    const cache = createCache<number>();
    expect(cache.getOrFetch("a", ({ skip }) => (skip(), 1))).toBe(1);
    expect(cache.has("a")).toBe(false);
    expect(cache.stats()).toMatchObject({ loads: 1, sets: 0, fenced: 0 });
  });

  test("may be used until the promise is settled", async () => {
    const cache = createCache<number>();
    await cache.getOrFetch("a", async (context) => {
      await Promise.resolve();
      context.tags("late");
      return 1;
    });
    cache.invalidateByTag("late");
    expect(cache.has("a")).toBe(false);
  });
});

test("a lifetime of zero coalesces but stores nothing", async () => {
  const cache = createCache<number>({ ttl: 0 });
  const load = pending<number>();
  const asked = [cache.getOrFetch("a", load.fetcher), cache.getOrFetch("a", load.fetcher)];
  load.resolve(1);
  expect(await Promise.all(asked)).toEqual([1, 1]);
  expect([load.runs, cache.size]).toEqual([1, 0]);
});

test("a listener that throws during a load changes nothing for those who wait", async () => {
  const cache = createCache<number>();
  for (const kind of KINDS) cache.on(kind, thrower(new Error("a bad listener")));
  expect(await cache.getOrFetch("a", async () => 1)).toBe(1);
  expect(cache.get("a")).toBe(1);
});
