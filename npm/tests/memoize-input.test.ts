//! Arguments, functions and calls that other memoisers stumble over.

import { describe, expect, test, vi } from "vitest";
import { type CachefnError, memoize } from "../src/index.js";

/** How often a function ran that was memoised and called with each of the lists, twice. */
function runs(...lists: unknown[][]): number {
  const fn = vi.fn((..._: unknown[]) => ({}));
  const memoized = memoize(fn);
  for (const list of [...lists, ...lists]) memoized(...list);
  return fn.mock.calls.length;
}

/** What calls that cannot be remembered told. */
function uncached(argument: unknown): { answers: unknown[]; told: number; size: number } {
  const memoized = memoize((..._: unknown[]) => ({}));
  let told = 0;
  memoized.cache.on("error", () => told++);
  const answers = [memoized(argument), memoized(argument), memoized(1, argument), memoized({ in: [argument] })];
  return { answers, told, size: memoized.cache.size };
}

/** The same members without a prototype. */
function bare(members: object): object {
  return Object.assign(Object.create(null), members);
}

describe("h_04 h_06 arguments that look alike are told apart", () => {
  test("records with and without a prototype, alone and inside of others", () => {
    expect(runs([{}], [bare({})], [{ a: 1 }], [bare({ a: 1 })], [{ a: {} }], [{ a: bare({}) }], [bare({ a: bare({}) })])).toBe(7);
    expect(runs([bare({ a: 1, b: 2 })], [bare({ b: 2, a: 1 })])).toBe(1);
    expect(runs([bare({ a: 1 })], [[bare({ a: 1 })]], [["", { a: 1 }]])).toBe(3);
  });

  test("names of objects that mean something elsewhere", () => {
    const own = JSON.parse('{"__proto__": 1}') as object;
    expect(runs([own], [{}], [{ constructor: 1 }], [JSON.parse('{"__proto__": 2}')], [{ toString: 1 }])).toBe(5);
    const nested = JSON.parse('{"__proto__": {"a": 1}}') as object;
    expect(runs([nested], [{ a: 1 }], [JSON.parse('{"__proto__": {"a": 2}}')])).toBe(3);
  });

  test("a member that is undefined and none, or another", () => {
    expect(runs([{ a: undefined }], [{}], [{ b: undefined }], [{ a: undefined, b: undefined }], [{ a: null }])).toBe(5);
    expect(runs([{ a: undefined, b: 1 }], [{ b: 1, c: 1 }], [{ b: 1 }])).toBe(3);
  });

  test("a value under one name and under another", () => {
    expect(runs([{ a: "b" }], [{ b: "a" }], [{ a: 1, b: 2 }], [{ a: 2, b: 1 }], [{ a: { b: 1 } }], [{ b: { a: 1 } }])).toBe(6);
  });

  test("lists and records with the same members, dates and their times", () => {
    expect(runs([[1]], [{ 0: 1 }], [{ 0: 1, length: 1 }], [[[1]]], [[], 1], [1, []])).toBe(6);
    expect(runs([new Date(5)], [5], ["Date(5)"], [{}], [[]], [new Date(6)], [new Date(Number.NaN)], [null])).toBe(8);
  });

  test("numbers and bigints beyond what a double tells apart", () => {
    expect(runs([2 ** 53], [2n ** 53n + 1n], [2 ** 53 - 1], [2n ** 53n - 1n], [1e21], [10n ** 21n], ["1e+21"])).toBe(6);
    expect(runs([2 ** 53], [2n ** 53n])).toBe(1); // one number, one text
    expect(runs([{ a: 7 }], [{ a: 7n }], [[7n]], [[7]], [7n, 1], [7, 1n])).toBe(3);
    expect(runs([0.1], [0.2], ["0.1"], [0.1, 0.2], [[0.1]], [Number.POSITIVE_INFINITY], [Number.NaN], [-0], [0])).toBe(8);
  });

  test("true, 1 and their texts, alone and in pairs", () => {
    const values = [true, false, null, undefined, 0, 1, "", "0", "1", "true", "false", "null", "undefined"];
    expect(runs(...values.map((value) => [value]))).toBe(values.length);
    expect(runs(...values.map((value) => ["a", value]))).toBe(values.length);
    expect(runs(...values.map((value) => [value, 1, 1]))).toBe(values.length);
  });

  test("the number of arguments", () => {
    expect(runs([], [undefined], [undefined, undefined], [null], [[]], [{}], [[undefined]])).toBe(7);
  });

  test("lone surrogates and texts with marks of their own", () => {
    expect(runs(["\ud800"], ["\udc00"], ["\ufffd"], ["\\ud800"], ["\ud800", 1, 1], ["\udc00", 1, 1])).toBe(6);
    expect(runs(["\0"], ["\0undefined"], ["\0\0"], [" a"], ["a"], ['"a"'], ["a", " a", "a"], [" a", "a", "a"])).toBe(8);
  });
});

describe("every list of arguments leads from its text back to its entry", () => {
  const lists: unknown[][] = [
    [undefined],
    [1, undefined],
    ["a", true],
    [Number.NaN, [Number.NEGATIVE_INFINITY, -0.5]],
    [2n ** 70n, -(2n ** 70n), 7n],
    [new Date(5), { at: new Date(-1) }, new Date(Number.NaN)],
    [{ a: undefined, b: [undefined, null], "c:d": 'say "x": 1', '"': "}{" }],
    [" a", { " b": " c" }, "undefined", ["Date(5)", "NaN"]],
    ["\\", "\\\\", { "\\": '\\"' }],
    [JSON.parse('{"__proto__": [1]}')],
    [1e21, 1e-7, 123456789012345680000],
    ["x".repeat(300), "y"],
    [true, false, null],
    [[], {}, ""],
    [bare({}), {}, [bare({ a: bare({ b: [bare({})] }), ")": ")" })]],
    [bare({ at: new Date(5), "Bare(": "Bare({})" }), "Bare(", ")"],
    [bare(JSON.parse('{"__proto__": 1}'))],
  ];

  test.each(lists.map((list, at) => [at, list] as const))("list %i", (_, list) => {
    const memoized = memoize((...args: unknown[]) => ({ args }));
    const value = memoized(...list);
    const key = memoized.key(...list);
    expect(memoized.cache.get(key)).toBe(value);
    expect(memoized.cache.keys()).toEqual([key]);
    expect(memoized.cache.delete(key)).toBe(true);
    expect(memoized.cache.size).toBe(0);
    memoized.cache.set(key, value);
    expect(memoized(...list)).toBe(value);
  });

  test("and texts that no list has are keys of their own", () => {
    const memoized = memoize((...args: unknown[]) => args.length);
    const broken = ["{}}", "[", '"', "Date()", "Date(x)", "Bare(", "Bare(5)", "Bare([])", "Bare({})))", ")", "undefine", " 1"];
    const unknown = ["x", "Nothing(1)", "Reference(1)", "Reference(0)", 'Reference(0),"x"', "\0", "\0x"];
    const texts = [...broken, ...unknown, '{"b":1,"a":2}', "01", "1.0", "1e21", '"\\u0061"'];
    texts.forEach((text, at) => memoized.cache.set(text, at));
    expect(texts.map((text) => memoized.cache.get(text))).toEqual(texts.map((_, at) => at));
    expect(memoized.cache.keys().sort()).toEqual([...texts].sort());
    expect(memoized({ b: 1, a: 2 })).toBe(1);
  });
});

describe("s_19 h_03 what hides something runs uncached, and an event says so", () => {
  class Point {
    readonly x = 1;
  }
  class Lists extends Array<number> {}
  class Moment extends Date {}
  const circle: unknown[] = [];
  circle.push(circle);
  const wide: unknown[] = [];
  wide.push(wide, { wide });
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  let shared: object = {};
  for (let level = 0; level < 60; level++) shared = { one: shared, other: shared };
  let deep: object = {};
  for (let level = 0; level < 5000; level++) deep = { deep };

  test.each<[string, unknown]>([
    ["an instance of a class", new Point()],
    ["an instance of a class that extends lists", Lists.of(1)],
    ["an instance of a class that extends dates", new Moment(5)],
    ["an object that inherits", Object.create({ a: 1 })],
    ["a map", new Map([[1, 2]])],
    ["a set", new Set([1])],
    ["bytes", new Uint8Array([1])],
    ["a buffer", new ArrayBuffer(1)],
    ["a regular expression", /a/],
    ["an error", new Error("a")],
    ["a promise", Promise.resolve(1)],
    ["a boxed text", Object("a")],
    ["a generator", (function* () {})()],
    ["a symbol", Symbol("a")],
    ["a registered symbol", Symbol.for("a")],
    ["a function", () => {}],
    ["a namespace", Math],
    ["a record with a symbol", { [Symbol("a")]: 1 }],
    ["a record with a hidden member", Object.defineProperty({ a: 1 }, "b", { value: 2 })],
    ["a bare record with a hidden member", Object.defineProperty(bare({ a: 1 }), "b", { value: 2 })],
    ["a date with a member", Object.assign(new Date(5), { zone: "UTC" })],
    ["a date with a hidden member", Object.defineProperty(new Date(5), "zone", { value: "UTC" })],
    ["a date with a symbol", Object.assign(new Date(5), { [Symbol("a")]: 1 })],
    ["the texts of a template, which hide how they were written", ((texts: TemplateStringsArray) => texts)`a\n`],
    ["a match, which is a list with names", "ab".match(/b/)],
    ["a list with holes", [1, , 2]], // biome-ignore lint: the hole is what is tested
    ["a list in a circle", circle],
    ["lists and records in a circle", wide],
    ["few objects that make a tree without end", shared],
    ["an object too deep", deep],
    ["a revoked proxy", revoked.proxy],
    ["a proxy that throws", new Proxy({}, { ownKeys: () => { throw new Error("no"); } })],
  ])("%s", (_, argument) => {
    const { answers, told, size } = uncached(argument);
    expect(new Set(answers).size).toBe(4);
    expect([told, size]).toEqual([4, 0]);
  });

  test("but what others hid in a plain object, and where it came from, make no difference", () => {
    const marked = Object.defineProperty({ a: 1 }, Symbol("mark"), { value: {} });
    expect(runs([marked], [{ a: 1 }], [new Proxy({ a: 1 }, {})], [Object.freeze({ a: 1 })])).toBe(1);
    const getter = {
      get a(): number {
        return 1;
      },
    };
    expect(runs([getter], [{ a: 1 }])).toBe(1);
  });

  test("an error is thrown only by key, which says what to do", () => {
    const memoized = memoize((_: unknown) => 1, { id: "mine" });
    for (const argument of [new Point(), circle, shared, deep, [1, , 2]]) {
      expect(() => memoized.key(argument)).toThrow(/^memoize mine: .*; give the option `key`$/);
    }
    expect(() => memoized.key(new Point())).toThrow(/an instance of Point/);
  });
});

describe("an argument may change", () => {
  test("after the call, without changing the entry's key", () => {
    const memoized = memoize((value: unknown) => JSON.stringify(value));
    const argument = { list: [1, { a: 1 }], at: new Date(5) };
    const before = memoized(argument);
    argument.list.push(3);
    (argument.list[1] as { a: number }).a = 2;
    argument.at.setTime(6);
    expect(memoized(argument)).not.toBe(before);
    expect(memoized({ list: [1, { a: 1 }], at: new Date(5) })).toBe(before);
    expect(memoized.cache.size).toBe(2);
  });

  test("while the function runs, which stores under what was asked for", async () => {
    const memoized = memoize(async (value: { id: number }) => {
      await null;
      return value.id++;
    });
    const argument = { id: 1 };
    expect(await memoized(argument)).toBe(1);
    expect(argument.id).toBe(2);
    expect(memoized.cache.keys()).toEqual(['{"id":1}']);
  });

  test("s_19 and fail at any time that it is read", () => {
    for (let failing = 0; failing < 6; failing++) {
      let reads = 0;
      const trap = {
        get a(): number {
          if (reads++ === failing) throw new Error("trapped");
          return 1;
        },
      };
      const memoized = memoize((_: object) => "value");
      expect([memoized(trap), memoized(trap), memoized({ a: 1 })]).toEqual(["value", "value", "value"]);
    }
  });

  test("each time it is read", () => {
    let reads = 0;
    const restless = {
      get a(): number {
        return reads++;
      },
    };
    const memoized = memoize((_: object) => ({}));
    for (let call = 0; call < 100; call++) memoized(restless);
    expect(memoized.cache.size).toBeLessThanOrEqual(100);
    const seven = memoized({ a: 7 });
    expect(memoized({ a: 7 })).toBe(seven);
  });
});

describe("h_05 keys made to collide", () => {
  test("have one hash in one cache only, because each has its own seed", async () => {
    const { hashText } = await import("../src/hash.js");
    const texts = Array.from({ length: 300_000 }, (_, at) => `${at.toString(36)}${Math.imul(at, 0x85ebca6b) >>> 0}`);
    const byHash = new Map<number, string>();
    const pairs: [string, string][] = [];
    for (const text of texts) {
      const hash = hashText(text, 1);
      const other = byHash.get(hash);
      if (other !== undefined) pairs.push([other, text]);
      byHash.set(hash, text);
    }
    expect(pairs.length).toBeGreaterThan(3);
    for (let seed = 2; seed < 34; seed++) {
      expect(pairs.filter(([one, other]) => hashText(one, seed) === hashText(other, seed))).toEqual([]);
    }
  });

  test("are compared in full, in lists too", async () => {
    const { hashArguments } = await import("../src/arguments.js");
    const byHash = new Map<number, string>();
    const pairs: [string, string][] = [];
    for (let at = 0; at < 300_000; at++) {
      const id = `${at.toString(36)}${Math.imul(at, 0x85ebca6b) >>> 0}`;
      const hash = hashArguments([{ id, area: "eu" }], 5);
      const other = byHash.get(hash);
      if (other !== undefined) pairs.push([other, id]);
      byHash.set(hash, id);
    }
    expect(pairs.length).toBeGreaterThan(3);
    const echo = memoize((user: { id: string; area: string }) => user.id, { seed: 5 });
    for (const [one, other] of pairs) {
      expect([echo({ id: one, area: "eu" }), echo({ id: other, area: "eu" })]).toEqual([one, other]);
      expect([echo({ id: one, area: "eu" }), echo({ id: other, area: "eu" })]).toEqual([one, other]);
    }
  });

  test("the hashes of records spread", async () => {
    const { hashArguments } = await import("../src/arguments.js");
    for (const seed of [0, 1, -1, 0x12345678]) {
      const hashes = new Set<number>();
      for (let one = 0; one < 100; one++) {
        for (let other = 0; other < 100; other++) hashes.add(hashArguments([{ one, other }], seed) >>> 8);
      }
      expect(hashes.size).toBeGreaterThan(9_980);
    }
  });
});

describe("functions that are hard to remember", () => {
  test("a function that is its own argument runs uncached, and by reference is remembered", () => {
    const self = vi.fn((..._: unknown[]) => ({}));
    const memoized = memoize(self);
    expect(memoized(memoized)).not.toBe(memoized(memoized));
    const weak = memoize(self, { weakKeys: true });
    expect(weak(weak)).toBe(weak(weak));
  });

  test("h_13 recursion to the end of the stack leaves nothing behind", () => {
    let isEndless = true;
    const deep = memoize((n: number): number => (isEndless ? deep(n + 1) : n));
    expect(() => deep(0)).toThrow(RangeError);
    isEndless = false;
    const told: unknown[] = [];
    deep.cache.on("error", (event) => told.push(event));
    for (let n = 0; n < 2000; n++) expect(deep(n)).toBe(n);
    expect([told, deep.cache.stats().hits]).toEqual([[], 0]);
    for (let n = 0; n < 2000; n++) deep(n);
    expect(deep.cache.stats().hits).toBe(2000);
  });

  test("h_13 a function that calls itself with its own arguments ends, or fails by itself", () => {
    let depth = 0;
    const same = memoize((n: number): number => (++depth < 5 ? same(n) : n));
    expect([same(7), depth]).toEqual([7, 5]);
    expect([same(7), depth]).toEqual([7, 5]);
  });

  test("a thenable that throws rejects, and is not remembered", async () => {
    const thenable = {
      // biome-ignore lint/suspicious/noThenProperty: that is what is tested
      then(): never {
        throw new Error("mine");
      },
    };
    const memoized = memoize(() => thenable as unknown as Promise<number>);
    await expect(memoized()).rejects.toThrow("mine");
    expect(memoized.cache.size).toBe(0);
  });

  test("s_19 a value that cannot be asked whether it is a promise is a value", () => {
    const secretive = {
      // biome-ignore lint/suspicious/noThenProperty: that is what is tested
      get then(): never {
        throw new Error("mine");
      },
    };
    const memoized = memoize(() => secretive);
    expect(memoized()).toBe(secretive);
    expect([memoized() === secretive, memoized.cache.size]).toEqual([true, 1]);
  });

  test("a thenable that is no promise comes as one, is run once and gives its value", async () => {
    let runs = 0;
    const lazy = memoize((_: string) => ({
      // biome-ignore lint/suspicious/noThenProperty: that is what is tested
      then(resolve: (value: number) => void): void {
        resolve(++runs);
      },
    }) as unknown as Promise<number>);
    expect([await lazy("a"), await lazy("a"), await lazy("b"), runs]).toEqual([1, 1, 2, 2]);
  });

  test("h_14 what an async function throws before its first await rejects, and is not remembered", async () => {
    let calls = 0;
    const memoized = memoize(async (id: string) => {
      if (++calls === 1) throw new Error(`no ${id}`);
      return calls;
    });
    await expect(memoized("a")).rejects.toThrow("no a");
    expect([await memoized("a"), await memoized("a")]).toEqual([2, 2]);
  });

  test("h_14 what is thrown may be anything, and passes through as it is", () => {
    for (const thrown of [undefined, null, 0, "text", Symbol("s")]) {
      const memoized = memoize((): never => {
        throw thrown;
      });
      let caught: unknown = "nothing";
      try {
        memoized();
      } catch (error) {
        caught = error;
      }
      expect(caught).toBe(thrown);
    }
  });

  test("a rejection that nobody waits for twice is reported once", async () => {
    const failure = new Error("no");
    const memoized = memoize(async (_: string): Promise<number> => {
      throw failure;
    });
    const ends = await Promise.allSettled([memoized("a"), memoized("a"), memoized("b")]);
    expect(ends.every((end) => end.status === "rejected" && end.reason === failure)).toBe(true);
  });

  test("generators are refused, because what they give can be read only once", () => {
    expect(refusal(() => memoize(function* ones() { yield 1; }))).toMatch(/^memoize ones: .* once/);
    expect(refusal(() => memoize(async function* ones() { yield 1; }))).toMatch(/^memoize ones: .* once/);
  });

  test("a class is no function to remember", () => {
    class Point {}
    expect(refusal(() => memoize(Point))).toMatch(/^memoize Point: a class cannot be called/);
  });
});

describe("`this`", () => {
  class Shop {
    readonly rate: number;
    constructor(rate: number) {
      this.rate = rate;
    }
    price(amount: number): number {
      return this.rate * amount;
    }
  }

  test("s_22 is no part of the key: a method on a prototype is one function for all instances", () => {
    class Careless extends Shop {}
    Careless.prototype.price = memoize(Shop.prototype.price);
    expect([new Careless(2).price(10), new Careless(3).price(10)]).toEqual([20, 20]);
  });

  test("is what key and tags are called with, so that they can make it one", () => {
    class Careful extends Shop {}
    const price = memoize(Shop.prototype.price, {
      key(this: Shop, amount) {
        return `${this.rate}:${amount}`;
      },
      tags(this: Shop) {
        return [`rate:${this.rate}`];
      },
    });
    Careful.prototype.price = price;
    const [two, three] = [new Careful(2), new Careful(3)];
    expect([two.price(10), three.price(10), two.price(10)]).toEqual([20, 30, 20]);
    price.cache.invalidateByTag("rate:2");
    expect(price.cache.keys()).toEqual(["3:10"]);
    expect(price.key.call(two as never, 10)).toBe("2:10");
  });

  test("reaches the function from subclasses, super calls, and with other arguments", () => {
    const price = memoize(Shop.prototype.price, { key(this: Shop, amount) { return `${this.rate}:${amount}`; } });
    class Base extends Shop {}
    Base.prototype.price = price;
    class Sale extends Base {
      override price(amount: number): number {
        return super.price(amount) / 2;
      }
    }
    expect([new Sale(2).price(10), new Sale(2).price(10), new Base(2).price(10)]).toEqual([10, 10, 20]);
    expect(price.cache.stats()).toMatchObject({ loads: 1, hits: 2 });
    expect(price.call({ rate: 5 } as Shop, 1)).toBe(5);
  });

  test("is undefined where there is none", () => {
    const seen: unknown[] = [];
    const memoized = memoize(function (this: unknown, ..._: unknown[]) {
      seen.push(this);
    });
    memoized("a");
    memoized({});
    memoized(() => {});
    const plain = memoized;
    plain("b", "c", "d");
    expect(seen).toEqual([undefined, undefined, undefined, undefined]);
  });

  test("does not come from new, which is refused", () => {
    const memoized = memoize(function make(this: object, _: number) {});
    expect(() => Reflect.construct(memoized, [1])).toThrow(TypeError);
    expect(() => Reflect.construct(memoize((_: string) => 1, { key: (id) => id }), ["a"])).toThrow(TypeError);
  });
});

describe("h_39 options and keys that cannot work", () => {
  test.each<[object, RegExp]>([
    [{ tll: 5 }, /there is no option "tll"; did you mean "ttl"\?$/],
    [{ weakkeys: true }, /did you mean "weakKeys"\?$/],
    [{ weakKeys: "yes" }, /^memoize one: weakKeys is "yes"; use true or false/],
    [{ weakKeys: true, key: () => "a" }, /without `key`$/],
    [{ key: "id" }, /^memoize one: key is "id"; use a function$/],
    [{ key: null }, /^memoize one: key is null; use a function$/],
    [{ id: 7 }, /^memoize one: id is 7; use a text$/],
    [{ version: {} }, /^memoize one: version is an object; use a text or a number$/],
    [{ tags: "users" }, /^memoize one: tags is "users"; use a list of texts/],
    [{ tags: [7] }, /^memoize one: tags\[0\] is 7; use a text/],
  ])("%j is refused", (options, message) => {
    expect(refusal(() => memoize(function one() {}, options))).toMatch(message);
  });

  test.each([null, "options", 7])("%j is no object of options", (options) => {
    expect(refusal(() => memoize(() => 1, options as unknown as object))).toMatch(/the options are .*; use an object$/);
  });

  test.each([undefined, null, {}, "text", class {}.prototype])("%j is no function", (fn) => {
    expect(refusal(() => memoize(fn as () => void))).toMatch(/^memoize: .* is not a function$/);
  });

  test("tags that are none, from a function, are refused by the call", () => {
    expect(refusal(() => memoize((_: string) => 1, { tags: () => "users" as never })("a"))).toMatch(/tags is "users"/);
  });

  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["an object", {}],
    ["a bigint", 7n],
    ["a boolean", true],
    ["a promise", Promise.resolve("a")],
    ["a symbol", Symbol("a")],
  ])(
    "a key function that gives %s leaves the call uncached, and an event says so",
    (_, key) => {
      const memoized = memoize((_: string) => ({}), { key: () => key as string });
      let told = 0;
      memoized.cache.on("error", () => told++);
      expect(memoized("a")).not.toBe(memoized("b"));
      expect([told, memoized.cache.size]).toEqual([2, 0]);
    },
  );

  test("NaN is a key like others", () => {
    const memoized = memoize((_: string) => ({}), { key: () => Number.NaN });
    expect(memoized("a")).toBe(memoized("b"));
  });
});

describe("what surrounds the function", () => {
  test("properties that others put on it are there too", () => {
    const fn = Object.assign((id: string) => id, { displayName: "find", nested: { a: 1 } });
    const memoized = memoize(fn);
    expect([memoized.displayName, memoized.nested]).toEqual(["find", fn.nested]);
    expect(Object.keys(memoized)).toEqual(["displayName", "nested", "cache", "key", "uncached"]);
  });

  test("a memoised function can be memoised again, with a cache of its own", () => {
    const fn = vi.fn((id: string) => ({ id }));
    const inner = memoize(fn);
    const outer = memoize(inner, { maxEntries: 1 });
    expect([outer("a"), outer("b"), outer("a")].map(({ id }) => id)).toEqual(["a", "b", "a"]);
    expect([fn.mock.calls.length, outer.uncached, outer.cache === (inner.cache as unknown)]).toEqual([2, inner, false]);
  });

  test("rest parameters, defaults and names are the function's own", () => {
    const memoized = memoize((first: number, second = 2, ...others: number[]) => first + second + others.length);
    expect([memoized(1), memoized(1, 2), memoized(1, 2, 3), memoized.length]).toEqual([3, 3, 4, 1]);
    expect(memoized.cache.size).toBe(3);
  });
});

function refusal(run: () => unknown): string {
  const error = thrownBy(run);
  expect(error.code).toBe("config");
  return error.message;
}

function thrownBy(run: () => unknown): CachefnError {
  try {
    run();
  } catch (error) {
    return error as CachefnError;
  }
  throw new Error("nothing was thrown");
}
