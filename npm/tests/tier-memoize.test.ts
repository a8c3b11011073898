//! Functions that remember in a storage.

import { describe, expect, test } from "vitest";
import { memoize } from "../src/index.js";
import { memoryStorage } from "../src/index.storage.js";
import { manualClock } from "../src/testing.js";
import { listen, pending } from "./support/loads.js";
import { LocalBus } from "./support/local-bus.js";
import { idle, Stage } from "./support/stage.js";

describe("a function that remembers in a storage", () => {
  test("returns promises, and what another one of its id has made", async () => {
    const storage = memoryStorage();
    let runs = 0;
    const make = () => memoize((w: number, h: number) => (runs++, w * h), { storage, id: "area" });
    const area = make();
    const answer = area(2, 3);
    expect(answer).toBeInstanceOf(Promise);
    expect([await answer, await area(2, 3), runs]).toEqual([6, 6, 1]);
    await area.cache.flush();
    expect([await make()(2, 3), runs]).toEqual([6, 1]);
  });

  test("h_07 runs once for all who call meanwhile, who get one promise when memory has it", async () => {
    const load = pending<number>();
    const user = memoize((_: string) => load.fetcher(), { storage: memoryStorage(), id: "user" });
    const calls = Array.from({ length: 1000 }, () => user("7"));
    await idle();
    load.resolve(7);
    expect(new Set(await Promise.all(calls))).toEqual(new Set([7]));
    expect(load.runs).toBe(1);
    expect(user("7")).toBe(user("7"));
  });

  test("s_22 tells ids and versions apart", async () => {
    const storage = memoryStorage();
    const make = (id: string, version?: string | number) => memoize(async () => `${id} ${version}`, { storage, id, ...(version === undefined ? {} : { version }) });
    const all = [make("f"), make("f", 1), make("f", 2), make("f", "2b"), make("g", 1), make("f@1")];
    const first = await Promise.all(all.map((fn) => fn()));
    expect(first.slice(0, 5)).toEqual(["f undefined", "f 1", "f 2", "f 2b", "g 1"]);
    await Promise.all(all.map((fn) => fn.cache.flush()));
    const { names } = await storage.scan("", 10);
    expect(names).toEqual(["f:", "f@1:", "f@2:", "f@2b:", "g@1:"]);
  });

  test("h_04 keeps each list of arguments apart, under its text", async () => {
    const stage = new Stage();
    const lists: unknown[][] = [[], [undefined], [1], ["1"], [1, undefined], [[1, 2]], ["1,2"], [{ b: 1, a: 2 }], ["a", "bc"], ["ab", "c"], [null], [NaN], [new Date(5)], [10n ** 30n]];
    const make = () => memoize(async (...args: unknown[]) => args.length + JSON.stringify(args.map(String)), { storage: stage.storage, id: "f" });
    const fn = make();
    for (const args of lists) await fn(...args);
    await fn.cache.flush();
    const { names } = await stage.inner.scan("f:", 100);
    expect(names.length).toBe(lists.length);
    expect(names).toContain(`f:${fn.key({ a: 2, b: 1 })}`);
    const again = make();
    for (const args of lists) expect(await again(...args)).toBe(await fn(...args));
    expect(again.cache.stats().loads).toBe(0);
    expect(await again.cache.get(again.key("a", "bc"))).toBe(await fn("a", "bc"));
  });

  test("keeps `this`, name, length and what is on it", async () => {
    const original = Object.assign(function scaled(this: { readonly by: number }, n: number): number { return this.by * n; }, { note: "mine" });
    const fn = memoize(original, { storage: memoryStorage(), key: (n: number) => `n:${n}` });
    expect([await fn.call({ by: 2 }, 3), await fn.call({ by: 5 }, 3)]).toEqual([6, 6]);
    expect([fn.name, fn.length, (fn as unknown as { note: string }).note, fn.uncached, fn.key(3)]).toEqual(["scaled", 1, "mine", original, "n:3"]);
    expect(await fn.cache.has("n:3")).toBe(true);
  });

  test("s_13 rejects with what it throws, and does not remember that", async () => {
    let runs = 0;
    const fails = memoize((_: number) => { if (++runs < 3) throw new Error("no"); return runs; }, { storage: memoryStorage(), id: "fails" });
    await expect(fails(1)).rejects.toThrow("no");
    await expect(fails(1)).rejects.toThrow("no");
    expect(await fails(1)).toBe(3);
  });

  test("h_13 that calls itself with its own arguments runs uncached", async () => {
    const odd: (n: number) => Promise<number> = memoize(
      async (n: number): Promise<number> => (depth++ === 0 ? 1 + (await odd(n)) : 10),
      { storage: memoryStorage(), id: "odd" },
    );
    let depth = 0;
    expect([await odd(1), await odd(1)]).toEqual([11, 11]);
  });

  test("runs uncached with arguments that have no key, and tells", async () => {
    let runs = 0;
    const fn = memoize(async (_: unknown) => ++runs, { storage: memoryStorage(), id: "f" });
    const told = listen(fn.cache, "error");
    expect([await fn(() => 1), await fn(() => 1), told]).toEqual([1, 2, ["error key", "error key"]]);
    const bad = memoize(async () => 1, { storage: memoryStorage(), id: "bad", key: () => ({}) as never });
    expect(await bad()).toBe(1);
    const throwing = memoize(async () => 1, { storage: memoryStorage(), id: "t", key: () => { throw new Error("key"); } });
    await expect(throwing()).rejects.toThrow("key");
  });

  test("s_19 never fails because the storage does, nor after its cache was closed", async () => {
    const stage = new Stage();
    stage.down();
    let runs = 0;
    const fn = memoize(async (n: number) => (runs++, n), { storage: stage.storage, id: "f" });
    expect([await fn(1), await fn(1), runs]).toEqual([1, 1, 1]);
    await fn.cache.close().catch(() => {});
    expect([await fn(1), await fn(1), runs]).toEqual([1, 1, 3]);
  });

  test("takes tags, lifetimes, tiers and a bus as a cache does", async () => {
    const [stage, clock, bus] = [new Stage(), manualClock(), new LocalBus()];
    let runs = 0;
    const make = () =>
      memoize(async (id: string) => `${id} ${++runs}`, { storage: stage.storage, id: "user", clock, bus, ttl: 10, staleWhileRevalidate: 20, tags: (id) => [`user:${id}`] });
    const [one, two] = [make(), make()];
    expect([await one("a"), await two("a")]).toEqual(["a 1", "a 1"]);
    await one.cache.invalidateByTag("user:a");
    await idle();
    expect([await two("a"), await one("a")]).toEqual(["a 2", "a 2"]);
    clock.advance(15);
    expect(await one("a")).toBe("a 2");
    await idle();
    expect(await one("a")).toBe("a 3");
    const memory = memoize(async () => ++runs, { storage: stage.storage, id: "m", tier: "memory" });
    stage.calls.length = 0;
    await memory();
    expect(stage.calls).toEqual([]);
  });

  test("can be filled, asked and emptied by the texts of its arguments", async () => {
    const fn = memoize(async (n: number) => n, { storage: memoryStorage(), id: "f" });
    await fn.cache.set(fn.key(5), 50);
    expect([await fn(5), await fn.cache.invalidateByPattern("5"), await fn(5)]).toEqual([50, 1, 5]);
  });
});

describe("memoize with a storage refuses", () => {
  const storage = memoryStorage();
  test.each<[string, () => unknown, RegExp]>([
    ["a function without a name", () => memoize(async () => 1, { storage }), /^memoize a function: id is ""/],
    ["weakKeys", () => memoize(async () => 1, { storage, id: "f", weakKeys: true } as never), /weakKeys compares by what exists in this process only/],
    ["an id that is no text", () => memoize(async () => 1, { storage, id: 7 as never }), /id is 7; use a text/],
    ["a version that is none", () => memoize(async () => 1, { storage, id: "f", version: {} as never }), /version is an object/],
    ["a generator", () => memoize(function* g() { yield 1; }, { storage }), /generator/],
    ["a misspelt option", () => memoize(async () => 1, { storage, id: "f", tll: 5 } as never), /there is no option "tll"; did you mean "ttl"\?/],
    ["a storage that is none", () => memoize(async () => 1, { storage: 5 as never, id: "f" }), /^memoize f: storage is 5/],
  ])("%s", (_, act, message) => {
    expect(act).toThrow(message);
  });
});
