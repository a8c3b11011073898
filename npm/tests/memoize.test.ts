//! Functions that remember.

import { describe, expect, test, vi } from "vitest";
import { memoize } from "../src/index.js";
import { manualClock } from "../src/testing.js";

describe("a synchronous function", () => {
  test("stays synchronous and runs once per list of arguments", () => {
    const fn = vi.fn((w: number, h: number) => w * h);
    const area = memoize(fn);
    expect([area(2, 3), area(2, 3), area(3, 2)]).toEqual([6, 6, 6]);
    expect(fn).toHaveBeenCalledTimes(2);
    expect(area.cache.stats()).toMatchObject({ hits: 1, misses: 2, loads: 2 });
  });

  test("h_14 is asked again after it threw", () => {
    let runs = 0;
    const fn = memoize((id: string) => {
      if (++runs === 1) throw new Error(`no ${id}`);
      return runs;
    });
    expect(() => fn("a")).toThrow("no a");
    expect([fn("a"), fn("a")]).toEqual([2, 2]);
  });

  test("may call itself", () => {
    const fibonacci = memoize((n: number): number => (n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2)));
    expect(fibonacci(80)).toBe(23_416_728_348_467_685);
    expect(fibonacci.cache.stats().loads).toBe(81);
  });

  test("remembers undefined", () => {
    const fn = vi.fn((_: string) => undefined);
    const memoized = memoize(fn);
    expect([memoized("a"), memoized("a")]).toEqual([undefined, undefined]);
    expect(fn).toHaveBeenCalledTimes(1);
  });
});

describe("a function with promises", () => {
  test("h_07 runs once for calls at the same time, and later calls get the same promise", async () => {
    const fn = vi.fn(async (id: string) => ({ id }));
    const user = memoize(fn);
    const [one, other] = [user("7"), user("7")];
    expect(one).toBe(other);
    expect(await user("7")).toBe(await one);
    expect(user("7")).toBe(one);
    expect(fn).toHaveBeenCalledTimes(1);
    expect(user.cache.get(user.key("7"))).toEqual({ id: "7" });
  });

  test("h_10 h_14 a rejection is shared by those who wait and then forgotten", async () => {
    const failure = new Error("no");
    const fn = vi.fn(async (_: string): Promise<number> => 1).mockRejectedValueOnce(failure);
    const load = memoize((id: string) => fn(id));
    const ends = await Promise.allSettled([load("a"), load("a")]);
    expect(ends).toEqual([
      { status: "rejected", reason: failure },
      { status: "rejected", reason: failure },
    ]);
    expect([await load("a"), await load("a")]).toEqual([1, 1]);
    expect(fn).toHaveBeenCalledTimes(2);
  });

  test("answers with a promise for what was put into its cache", async () => {
    const user = memoize(async (id: string) => ({ id }));
    user.cache.set(user.key("7"), { id: "by hand" });
    const answer = user("7");
    expect(answer).toBeInstanceOf(Promise);
    expect(await answer).toEqual({ id: "by hand" });
    expect(user("7")).toBe(answer);

    const plain = memoize((id: string) => Promise.resolve({ id }));
    await plain("1");
    plain.cache.set(plain.key("7"), { id: "by hand" });
    expect(await plain("7").then((value) => value.id)).toBe("by hand");
  });

  test("h_12 is asked again when it was invalidated during the load", async () => {
    const values = [1, 2];
    const load = memoize(async (_: string) => values.shift(), { tags: (id) => [`id:${id}`] });
    const first = load("a");
    load.cache.invalidateByTag("id:a");
    const second = load("a");
    expect([await first, await second, await load("a")]).toEqual([1, 2, 2]);
  });
});

describe("h_04 arguments are told apart by value", () => {
  class Opaque {}
  const circle: Record<string, unknown> = {};
  circle["self"] = circle;
  const lists: unknown[][] = [
    [],
    [undefined],
    [null],
    [1],
    ["1"],
    [1, undefined],
    ["1,2"],
    [1, 2],
    ["1", 2],
    ["1", "2"],
    [[1, 2]],
    ["[1,2]"],
    [[1], 2],
    [1, [2]],
    ["a:b", "c"],
    ["a", "b:c"],
    ["a", "bc"],
    ["ab", "c"],
    ["abc"],
    ['"a"'],
    ["a"],
    ["\0a"],
    ["\0"],
    ["\x001"],
    [""],
    ["", ""],
    ["\0", ""],
    ["", "\0"],
    [true],
    ["true"],
    [false],
    [0],
    [1.5],
    [-1],
    [Number.NaN],
    ["NaN"],
    [Number.POSITIVE_INFINITY],
    [2 ** 31],
    [2 ** 32],
    [2 ** 32 + 1],
    [2 ** 53],
    [1, 2 ** 32],
    [{}],
    [{ a: 1 }],
    [{ a: "1" }],
    [{ a: undefined }],
    [{ a: 1, b: 2 }],
    [{ ab: 12 }],
    [[{ a: 1 }]],
    [new Date(1)],
    [1, 2, 3],
    [1, "2,3"],
    ["x".repeat(30)],
    ["x".repeat(30), "y"],
    ["x", "y".repeat(30)],
    ["\ud800"],
    ["\udc00"],
    ["\ufffd"],
    ["__proto__"],
    ["constructor"],
  ];

  test.each([0, 1, 2])("no two different lists share an entry, in whatever order they come (%i)", (seed) => {
    const echo = memoize((...args: unknown[]) => args);
    const order = shuffled(lists, seed);
    for (const args of order) expect(echo(...args)).toBe(echo(...args));
    for (const args of order) expect(echo(...args)).toEqual(args);
    expect(echo.cache.size).toBe(lists.length);
    expect(new Set(lists.map((args) => echo.key(...args))).size).toBe(lists.length);
    for (const args of order) expect(echo.cache.get(echo.key(...args))).toEqual(args);
    expect(echo.cache.keys().sort()).toEqual(lists.map((args) => echo.key(...args)).sort());
  });

  test.each<[string, unknown[], unknown[]]>([
    ["the order of names", [{ a: 1, b: { c: 2, d: 3 } }], [{ b: { d: 3, c: 2 }, a: 1 }]],
    ["-0 and 0", [-0], [0]],
    ["-0 and 0 in a pair", ["a", -0], ["a", 0]],
    ["NaN and NaN", [Number.NaN], [Number.NaN]],
    ["equal dates", [new Date(5)], [new Date(5)]],
    ["a bigint and its number, which have one text", [7n], [7]],
  ])("%s make no difference", (_, one, other) => {
    const fn = vi.fn((..._: unknown[]) => ({}));
    const memoized = memoize(fn);
    expect(memoized(...one)).toBe(memoized(...other));
    expect(memoized.key(...one)).toBe(memoized.key(...other));
  });

  test("changing an argument afterwards changes no entry", () => {
    const size = memoize((list: number[]) => list.length);
    const list = [1, 2];
    size(list);
    list.push(3);
    expect([size(list), size([1, 2])]).toEqual([3, 2]);
  });

  test.each([
    ["a function", () => {}],
    ["a symbol", Symbol("s")],
    ["an instance of a class", new Opaque()],
    ["a map", new Map()],
    ["a circle", circle],
  ])("s_19 a call with %s, which has no text, runs uncached and an event says so", (_, argument) => {
    const fn = vi.fn((..._: unknown[]) => ({}));
    const memoized = memoize(fn, { id: "mine" });
    const told: unknown[] = [];
    memoized.cache.on("error", ({ key, cause }) => told.push([key, cause]));
    expect(memoized(argument)).not.toBe(memoized(argument));
    expect(told).toEqual([[undefined, "key"], [undefined, "key"]]);
    expect(() => memoized.key(argument)).toThrow(/^memoize mine: .*; give the option `key`$/);
  });

  test("s_19 an argument that throws when it is read is passed on, uncached", () => {
    const memoized = memoize((_: object) => 1);
    let told = 0;
    memoized.cache.on("error", () => told++);
    const trap = {
      get a(): never {
        throw new Error("trapped");
      },
    };
    expect([memoized(trap), told, memoized.cache.size]).toEqual([1, 1, 0]);
    expect(() => memoized.key(trap)).toThrow("trapped");
  });
});

describe("what surrounds a function stays", () => {
  test("this, name and length", () => {
    class Shop {
      rate = 2;
      price = memoize(function price(this: Shop, amount: number, _note?: string) {
        return this.rate * amount;
      });
    }
    const shop = new Shop();
    expect(shop.price(4)).toBe(8);
    expect([shop.price.name, shop.price.length]).toEqual(["price", 2]);
  });

  test("uncached is the function itself", () => {
    const fn = (id: string): string => id;
    expect(memoize(fn).uncached).toBe(fn);
  });

  test("two functions share nothing, not even with equal names", () => {
    const make = (value: number) => memoize(function same(_: string) { return value; });
    const [one, other] = [make(1), make(2)];
    expect([one("a"), other("a")]).toEqual([1, 2]);
  });
});

describe("options", () => {
  test("ttl, maxEntries and policy are the cache's", () => {
    const clock = manualClock();
    const fn = vi.fn((n: number) => n);
    const memoized = memoize(fn, { ttl: "5s", maxEntries: 2, policy: "lru", clock });
    memoized(1);
    clock.advance("5s");
    memoized(1);
    expect(fn).toHaveBeenCalledTimes(2);
    memoized(2);
    memoized(3);
    expect(memoized.cache.keys().sort()).toEqual(["2", "3"]);
  });

  test("tags are a list or made from the arguments, and only on a miss", () => {
    const tags = vi.fn((id: string) => [`user:${id}`]);
    const user = memoize((id: string) => ({ id }), { tags });
    const [seven] = [user("7"), user("8"), user("7")];
    expect(tags).toHaveBeenCalledTimes(2);
    user.cache.invalidateByTag("user:8");
    expect(user("7")).toBe(seven);
    expect(user.cache.has(user.key("8"))).toBe(false);
    const team = memoize((id: string) => ({ id }), { tags: ["teams"] });
    team("1");
    team.cache.invalidateByTag("teams");
    expect(team.cache.size).toBe(0);
  });

  test("key replaces the default key, and is what the cache and its patterns know", () => {
    const fn = vi.fn((user: { id: string; seen: number }) => user.id);
    const memoized = memoize(fn, { key: (user) => `user:${user.id}` });
    memoized({ id: "7", seen: 1 });
    memoized({ id: "7", seen: 2 });
    expect(fn).toHaveBeenCalledTimes(1);
    expect(memoized.key({ id: "7", seen: 3 })).toBe("user:7");
    expect(memoized.cache.get("user:7")).toBe("7");
    expect(memoized.cache.invalidateByPattern("user:*")).toBe(1);
    const numbered = memoize((id: number) => id, { key: (id) => id });
    numbered(7);
    expect(numbered.cache.get(7)).toBe(7);
  });

  test("what key or tags throw passes through", () => {
    const thrower = (): never => {
      throw new Error("mine");
    };
    expect(() => memoize((_: string) => 1, { key: thrower })("a")).toThrow("mine");
    expect(() => memoize((_: string) => 1, { tags: thrower })("a")).toThrow("mine");
  });

  test("patterns match the text of default keys", () => {
    const memoized = memoize((id: number, area: string) => id + area.length);
    memoized(7, "eu");
    memoized(8, "eu");
    memoized(7, "us");
    expect(memoized.key(7, "eu")).toBe('7,"eu"');
    expect(memoized.cache.invalidateByPattern("7,*")).toBe(2);
    expect(memoized.cache.keys()).toEqual(['8,"eu"']);
  });

  test("the cache speaks texts in all its methods", async () => {
    const memoized = memoize((id: number) => id);
    const [key, told] = [memoized.key(7), [] as unknown[]];
    const listener = ({ key }: { key: unknown }): void => void told.push(key);
    memoized.cache.on("set", listener);
    memoized.cache.set(key, 70);
    memoized.cache.off("set", listener);
    expect([memoized(7), memoized.cache.peek(key), memoized.cache.has(key)]).toEqual([70, 70, true]);
    expect(memoized.cache.get(7)).toBe(70);
    expect([memoized.cache.delete(key), memoized.cache.has(key)]).toEqual([true, false]);
    expect(memoized.cache.getOrFetch(key, () => 71)).toBe(71);
    expect(memoized(7)).toBe(71);
    expect(await memoized.cache.getOrFetch("no json at all", async () => 5)).toBe(5);
    expect(memoized.cache.get("no json at all")).toBe(5);
    memoized.cache.clear();
    expect([memoized.cache.size, told]).toEqual([0, [key]]);
  });
});

function shuffled<T>(list: readonly T[], seed: number): T[] {
  const result = [...list];
  let state = seed;
  for (let at = result.length - 1; at > 0 && seed > 0; at--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = state % (at + 1);
    [result[at], result[other]] = [result[other] as T, result[at] as T];
  }
  return result;
}
