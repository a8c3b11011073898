//! The lifetimes, weights and failures of a cache, as a memoised function has them.

import { describe, expect, test, vi } from "vitest";
import { memoize } from "../src/index.js";
import { type ManualClock, manualClock } from "../src/testing.js";

/** A promise to be settled by hand, for each call. */
function byHand<T>(): { calls: { resolve(value: T): void; reject(error: unknown): void }[]; load(id: string): Promise<T> } {
  const calls: { resolve(value: T): void; reject(error: unknown): void }[] = [];
  return { calls, load: (_) => new Promise<T>((resolve, reject) => calls.push({ resolve, reject })) };
}

/** Lets everything run that waits for settled promises. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await null;
}

describe("s_12 a stale value is given at once, while another is fetched", () => {
  test("by an asynchronous function", async () => {
    const clock = manualClock();
    let version = 1;
    const user = memoize(async (id: string) => ({ id, version: version++ }), { ttl: "5s", staleWhileRevalidate: "1h", clock });
    const first = await user("7");
    clock.advance("5s");
    expect(await user("7")).toBe(first);
    await settled();
    expect((await user("7")).version).toBe(2);
    expect(user.cache.stats()).toMatchObject({ loads: 2, staleHits: 1 });
  });

  test("as a promise, even when it was put there by hand", async () => {
    const clock = manualClock();
    const { calls, load } = byHand<number>();
    const user = memoize((id: string) => load(id), { ttl: "5s", staleWhileRevalidate: "1h", clock });
    const first = user("a");
    calls[0]?.resolve(1);
    await first;
    user.cache.set(user.key("7"), 70);
    clock.advance("5s");
    const stale = user("7");
    expect(stale).toBeInstanceOf(Promise);
    expect(await stale).toBe(70);
    calls[1]?.resolve(71);
    await settled();
    expect(await user("7")).toBe(71);
  });

  test("and what fails meanwhile disturbs nobody", async () => {
    const clock = manualClock();
    const { calls, load } = byHand<number>();
    const user = memoize(load, { ttl: "5s", staleWhileRevalidate: "1h", clock });
    const told: unknown[] = [];
    user.cache.on("error", ({ cause }) => told.push(cause));
    const first = user("7");
    calls[0]?.resolve(1);
    await first;
    clock.advance("5s");
    expect(await user("7")).toBe(1);
    calls[1]?.reject(new Error("no"));
    await settled();
    expect(told).toEqual(["load-failed"]);
    expect(await user("7")).toBe(1);
    expect(calls).toHaveLength(3);
  });

  test("by a synchronous function, whose first caller makes the new one", () => {
    const clock = manualClock();
    let version = 1;
    const read = memoize((_: string) => version++, { ttl: "5s", staleWhileRevalidate: "1h", clock });
    expect(read("a")).toBe(1);
    clock.advance("5s");
    expect([read("a"), read("a")]).toEqual([2, 2]);
  });

  test("by a method, with its own `this`", async () => {
    const clock = manualClock();
    class Shop {
      visits = 0;
      readonly price = memoize(
        async function (this: Shop, amount: number) {
          return amount + this.visits++;
        },
        { ttl: "5s", staleWhileRevalidate: "1h", clock },
      );
    }
    const shop = new Shop();
    expect(await shop.price(10)).toBe(10);
    clock.advance("5s");
    expect(await shop.price(10)).toBe(10);
    await settled();
    expect(await shop.price(10)).toBe(11);
  });
});

describe("s_14 a stale value stands in for a failure", () => {
  test("of an asynchronous function, for as long as was said", async () => {
    const clock = manualClock();
    let fails = false;
    const user = memoize(
      async (id: string) => {
        if (fails) throw new Error(`no ${id}`);
        return { id };
      },
      { ttl: "5s", staleIfError: "1m", clock },
    );
    const first = await user("7");
    fails = true;
    clock.advance("5s");
    expect(await user("7")).toBe(first);
    expect(user.cache.stats()).toMatchObject({ staleOnError: 1, loadFailures: 1 });
    clock.advance("1m");
    await expect(user("7")).rejects.toThrow("no 7");
  });

  test("of a synchronous function", () => {
    const clock = manualClock();
    let fails = false;
    const read = memoize(
      (id: string) => {
        if (fails) throw new Error(`no ${id}`);
        return { id };
      },
      { ttl: "5s", staleIfError: "1m", clock },
    );
    const first = read("7");
    fails = true;
    clock.advance("5s");
    expect(read("7")).toBe(first);
    clock.advance("1m");
    expect(() => read("7")).toThrow("no 7");
  });
});

describe("s_13 errors are remembered where it was asked for", () => {
  test.each<[string, (clock: ManualClock, fn: (id: string) => never) => (id: string) => unknown]>([
    ["a synchronous function", (clock, fn) => memoize((id: string) => fn(id), { cacheErrors: () => "5s", clock })],
    ["an asynchronous function", (clock, fn) => memoize(async (id: string) => fn(id), { cacheErrors: () => "5s", clock })],
  ])("of %s", async (_, make) => {
    const clock = manualClock();
    const failure = new Error("no");
    const fn = vi.fn((_: string): never => {
      throw failure;
    });
    const failing = make(clock, fn);
    const failed = async (): Promise<unknown> => {
      try {
        await failing("a");
      } catch (error) {
        return error;
      }
      return undefined;
    };
    expect([await failed(), await failed()]).toEqual([failure, failure]);
    expect(fn).toHaveBeenCalledTimes(1);
    clock.advance("5s");
    expect(await failed()).toBe(failure);
    expect(fn).toHaveBeenCalledTimes(2);
  });

  test.each<[string, object, unknown[]]>([
    ["no arguments", {}, []],
    ["one text", {}, ["a"]],
    ["a pair", {}, ["a", 1]],
    ["three arguments", {}, ["a", 1, true]],
    ["an object", {}, [{ id: 7 }]],
    ["a list", {}, [[1, 2]]],
    ["a date", {}, [new Date(5)]],
    ["a bigint", {}, [7n]],
    ["an object by reference", { weakKeys: true }, [{ id: 7 }]],
    ["a key", { key: () => "a" }, [{ id: 7 }]],
  ])("for %s, thrown again without running the function, and no other failure is told", (_, options, args) => {
    const failure = new Error("no");
    const fn = vi.fn((..._: unknown[]): never => {
      throw failure;
    });
    const failing = memoize(fn, { ...options, cacheErrors: () => "5s" });
    const told: unknown[] = [];
    failing.cache.on("error", ({ cause }) => told.push(cause));
    for (let call = 0; call < 3; call++) expect(() => failing(...args)).toThrow(failure);
    expect(fn).toHaveBeenCalledTimes(1);
    expect(told).toEqual(["load-failed"]);
    expect(failing.cache.stats()).toMatchObject({ hits: 2, misses: 1, loadFailures: 1 });
  });

  test.each<[string, (error: unknown) => never]>([
    ["gives what is no length of time", () => "soon" as never],
    ["gives a time before now", () => -1 as never],
    ["fails", () => { throw new Error("no"); }],
  ])("and not where that %s, of which an event tells", (_, cacheErrors) => {
    const failing = memoize((_: string) => { throw new Error("down"); }, { cacheErrors });
    const told: unknown[] = [];
    failing.cache.on("error", ({ cause }) => told.push(cause));
    for (let call = 0; call < 2; call++) expect(() => failing("a")).toThrow("down");
    expect(told).toEqual(["load-failed", "config", "load-failed", "config"]);
  });

  test("by what they are, and a remembered failure of an async function rejects, never throws", async () => {
    const memoized = memoize(
      async (id: string): Promise<number> => {
        throw new Error(id);
      },
      { cacheErrors: (error) => ((error as Error).message === "gone" ? "1h" : undefined) },
    );
    for (const id of ["gone", "gone", "busy", "busy"]) await expect(memoized(id)).rejects.toThrow(id);
    expect(memoized.cache.stats().loadFailures).toBe(3);
  });
});

describe("the other options of a cache", () => {
  test("s_13 negativeTtl is for undefined and null", async () => {
    const clock = manualClock();
    const fn = vi.fn(async (id: string) => (id === "none" ? undefined : id));
    const find = memoize(fn, { ttl: "1h", negativeTtl: "5s", clock });
    await find("none");
    await find("some");
    clock.advance("5s");
    await find("none");
    await find("some");
    expect(fn).toHaveBeenCalledTimes(3);
  });

  test("s_04 tti moves with each use", () => {
    const clock = manualClock();
    const fn = vi.fn((id: string) => id);
    const read = memoize(fn, { tti: "5s", clock });
    for (let call = 0; call < 4; call++) {
      read("a");
      clock.advance("4s");
    }
    expect(fn).toHaveBeenCalledTimes(1);
    clock.advance("5s");
    read("a");
    expect(fn).toHaveBeenCalledTimes(2);
  });

  test("s_20 refreshAfter fetches anew before anybody has to wait", async () => {
    const clock = manualClock();
    let version = 1;
    const user = memoize(async (_: string) => version++, { ttl: "10s", refreshAfter: 0.5, clock });
    expect(await user("7")).toBe(1);
    clock.advance("5s");
    expect(await user("7")).toBe(1);
    await settled();
    expect(await user("7")).toBe(2);
    expect(user.cache.stats()).toMatchObject({ loads: 2, misses: 1 });
  });

  test("s_20 refreshAfter of a list of arguments and of a pair", async () => {
    const clock = manualClock();
    let version = 1;
    const user = memoize(async (..._: unknown[]) => version++, { ttl: "10s", refreshAfter: 0.5, clock });
    for (const list of [[{ a: 1 }], ["a", 1], [1, 2, 3]]) {
      const first = await user(...list);
      clock.advance("5s");
      expect(await user(...list)).toBe(first);
      await settled();
      expect(await user(...list)).toBe(first + 1);
    }
  });

  test("s_08 weigh is told the key and the value", () => {
    const weigh = vi.fn((_: string | number, value: { size: number }) => value.size);
    const make = memoize((size: number) => ({ size }), { maxWeight: 10, weigh });
    make(4);
    make(5);
    make(6);
    expect(weigh.mock.calls).toEqual([["4", { size: 4 }], ["5", { size: 5 }], ["6", { size: 6 }]]);
    expect(make.cache.entries().reduce((sum, [, { size }]) => sum + size, 0)).toBeLessThanOrEqual(10);
    expect(make(11)).toEqual({ size: 11 }); // s_09 too heavy to be stored, but no reason to fail
    expect(make.cache.stats().tooHeavy).toBe(1);
  });

  test("s_15 loadTimeout ends a load that never ends, and the next call asks again", async () => {
    const { calls, load } = byHand<number>();
    const user = memoize(load, { id: "user", loadTimeout: 20 });
    const message = 'memoize user: "7": the fetcher takes longer than 20 ms';
    await expect(user("7")).rejects.toMatchObject({ name: "CachefnError", code: "timeout", message });
    const second = user("7");
    expect(calls).toHaveLength(2);
    calls[1]?.resolve(2);
    expect(await second).toBe(2);
  });

  test("s_06 jitter and a seed shorten alike each time", () => {
    const lives = [1, 2].map(() => {
      const clock = manualClock();
      const fn = vi.fn((n: number) => n);
      const memoized = memoize(fn, { ttl: 1000, jitter: 0.5, seed: 7, clock });
      for (let n = 0; n < 20; n++) memoized(n);
      clock.advance(750);
      return Array.from({ length: 20 }, (_, n) => memoized.cache.has(memoized.key(n)));
    });
    expect(lives[0]).toEqual(lives[1]);
    expect(new Set(lives[0])).toEqual(new Set([true, false]));
  });

  test("the cache of a memoised function can do everything by the text of the arguments", async () => {
    const clock = manualClock();
    const user = memoize(async (id: number, area: string) => `${id}${area}`, { ttl: "5s", staleIfError: "1h", clock });
    const key = (id: number): string => user.key(id, "eu");
    user.cache.setMany([[key(1), "one"], [key(2), "two"]], { tags: ["few"] });
    expect(user.cache.getMany([key(1), key(3)])).toEqual(["one", undefined]);
    expect([user.cache.setIfAbsent(key(1), "other"), user.cache.setIfAbsent(key(3), "three")]).toEqual([false, true]);
    expect(user.cache.update(key(3), (old) => `${old}!`)).toBe("three!");
    expect(user.cache.entries("3,*")).toEqual([[key(3), "three!"]]);
    expect(await user(3, "eu")).toBe("three!");
    expect(user.cache.expire(key(3))).toBe(true);
    expect(await user(3, "eu")).toBe("3eu");
    user.cache.invalidateByTags(["few"]);
    expect(user.cache.keys()).toEqual([key(3)]);
    expect(await user.cache.warm([key(4)], async (key) => `${key}`)).toBe(1);
    expect(await user(4, "eu")).toBe('4,"eu"');
    expect(user.cache.deleteMany([key(3), key(4), key(5)])).toBe(2);
    clock.advance("5s");
    expect(user.cache.purge()).toBe(0);
  });

  test("s_19 after close a memoised function runs as if it were not", async () => {
    const fn = vi.fn(async (id: string) => id);
    const user = memoize(fn);
    await user("7");
    user.cache.close();
    expect([await user("7"), await user("7")]).toEqual(["7", "7"]);
    expect(fn).toHaveBeenCalledTimes(3);
    const area = memoize((w: number, h: number) => w * h);
    area.cache.close();
    const list = memoize((of: number[]) => of.length, { weakKeys: true });
    list.cache.close();
    expect([area(2, 3), area(2, 3), list([1]), memoize((_: object) => 1)({})]).toEqual([6, 6, 1, 1]);
  });
});
