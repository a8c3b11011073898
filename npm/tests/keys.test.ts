//! Keys of every kind, found again and kept apart.

import { describe, expect, test } from "vitest";
import { POLICIES } from "../src/engine/codes.js";
import { hashText } from "../src/hash.js";
import { type Cache, CachefnError, createCache, type Key, memoize } from "../src/index.js";

describe.each(POLICIES)("in a %s cache", (policy) => {
  test("h_06 odd texts are keys like others", () => {
    const keys = [
      "",
      " ",
      "__proto__",
      "constructor",
      "toString",
      "a\nb",
      "\0",
      "\0\0",
      "*",
      "[",
      "\\",
      "\ud800",
      "\udc00",
      "\ufffd",
      "😀",
      "é",
      "e\u0301",
      "x".repeat(24),
      "x".repeat(25),
      "x".repeat(65_536),
      `${"x".repeat(65_535)}y`,
      "0",
      "-0",
      "NaN",
      "null",
    ];
    everyKeyIsItsOwn(createCache<number>({ policy }), keys);
  });

  test("numbers are not their texts, 0 is -0, and NaN is itself", () => {
    const numbers = [0, 1, -1, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 53, 0.1, 1e300, 5e-324, Number.NaN];
    const cache = createCache<number>({ policy });
    everyKeyIsItsOwn(cache, [...numbers, ...numbers.map(String), Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    cache.set(-0, 7);
    expect([cache.get(0), cache.size]).toEqual([7, 2 * numbers.length + 2]);
    expect(Object.is(cache.keys().find((key) => key === 0), 0)).toBe(true);
  });

  test("keys of all kinds leave when the cache is full", () => {
    const cache = createCache<number>({ policy, maxEntries: 10 });
    for (let round = 0; round < 500; round++) {
      const key = [round, `short${round}`, `${"long".repeat(10)}${round}`, round + 0.5][round % 4] as Key;
      cache.set(key, round);
      expect(cache.get(key)).toBe(round);
    }
    expect(cache.size).toBe(10);
    cache.clear();
    expect(cache.keys()).toEqual([]);
  });
});

describe("s_21 what is neither text nor number is refused as a key", () => {
  type Act = (cache: Cache<number>, key: Key) => unknown;
  const operations: [string, Act][] = [
    ["get", (cache, key) => cache.get(key)],
    ["peek", (cache, key) => cache.peek(key)],
    ["has", (cache, key) => cache.has(key)],
    ["set", (cache, key) => cache.set(key, 1)],
    ["setIfAbsent", (cache, key) => cache.setIfAbsent(key, 1)],
    ["update", (cache, key) => cache.update(key, () => 1)],
    ["delete", (cache, key) => cache.delete(key)],
    ["expire", (cache, key) => cache.expire(key)],
    ["getMany", (cache, key) => cache.getMany(["a", key])],
    ["set", (cache, key) => cache.setMany([[key, 1]])],
    ["deleteMany", (cache, key) => cache.deleteMany([key])],
    ["getOrFetch", (cache, key) => cache.getOrFetch(key, () => 1)],
    ["warm", (cache, key) => cache.warm([key], () => 1)],
  ];
  const wrong: [unknown, string][] = [
    [undefined, "undefined"],
    [null, "null"],
    [true, "true"],
    [7n, "7n"],
    [Symbol("a"), "Symbol(a)"],
    [{}, "an object"],
    [Object.create(null), "an object"],
    [["a"], "a list"],
    [() => 1, "a function"],
    [Promise.resolve("a"), "a promise"],
  ];
  const caches: [string, () => Cache<number>][] = [
    ["a cache", () => createCache<number>()],
    ["a cache that reads through", () => createCache<number>({ fetcher: () => 1 })],
    ["a cache that tells", () => listened(createCache<number>())],
    ["a memoised function's cache", () => memoize((_: string) => 1).cache],
    ["a memoised function's cache with keys of its own", () => memoize((_: string) => 1, { key: (key: string) => key }).cache],
  ];

  test.each(caches.flatMap(([name, make]) => operations.map(([operation, act]) => [operation, name, make, act] as const)))(
    "by %s of %s, and nothing is stored",
    (operation, name, make, act) => {
      const cache = make();
      for (const [key, shown] of wrong) {
        const error = thrown(() => act(cache, key as Key));
        expect(error.message).toMatch(new RegExp(`^${operation}(Many)?: the key is `));
        expect(error.message).toContain(`: the key is ${shown}; use a text or a number`);
        expect(error.code).toBe("key");
      }
      expect([name, cache.size, cache.stats().sets]).toEqual([name, 0, 0]);
    },
  );

  test("and one of many keeps the others from being read or removed, but not from being stored", () => {
    const cache = createCache<number>();
    expect(thrown(() => cache.setMany([["a", 1], [null as never, 2], ["b", 3]])).code).toBe("key");
    expect(thrown(() => cache.deleteMany(["a", null as never])).code).toBe("key");
    expect(thrown(() => cache.warm(["c", null as never], () => 1)).code).toBe("key");
    expect(cache.keys().sort()).toEqual(["a", "b"]);
  });
});

test("h_05 keys with one hash are compared in full", () => {
  const cache = createCache<number>({ seed: 0 });
  const pairs = collisions();
  expect(pairs.length).toBeGreaterThan(5);
  for (const [one, other] of pairs) {
    cache.set(one, 1);
    expect(cache.get(other)).toBeUndefined();
    cache.set(other, 2);
    expect([cache.get(one), cache.get(other)]).toEqual([1, 2]);
    expect([cache.delete(one), cache.get(other)]).toEqual([true, 2]);
  }
});

test("texts that are asked for again and again are found by the front, and only while they are there", () => {
  const cache = createCache<number>({ maxEntries: 50, policy: "lru" });
  const keys = Array.from({ length: 50 }, (_, at) => `key${at}`);
  keys.forEach((key, at) => cache.set(key, at));
  const readAll = (): (number | undefined)[] => keys.map((key) => cache.get(key));
  for (let round = 0; round < 50; round++) expect(readAll()).toEqual(keys.map((_, at) => at));
  cache.set("key3", -3);
  expect(cache.get("key3")).toBe(-3);
  cache.delete("key4");
  expect(cache.get("key4")).toBeUndefined();
  cache.set("other", 1);
  cache.set("another", 2);
  expect(readAll().filter((value) => value === undefined)).toHaveLength(2);
  for (let round = 0; round < 50; round++) readAll();
  cache.clear();
  expect(readAll()).toEqual(Array(50).fill(undefined));
});

function listened(cache: Cache<number>): Cache<number> {
  cache.on("hit", () => {});
  cache.on("miss", () => {});
  return cache;
}

function thrown(run: () => unknown): CachefnError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(CachefnError);
    return error as CachefnError;
  }
  throw new Error("nothing was refused");
}

function everyKeyIsItsOwn(cache: Cache<number>, keys: Key[]): void {
  for (const [at, key] of keys.entries()) {
    expect(cache.has(key)).toBe(false);
    cache.set(key, at);
  }
  expect(keys.map((key) => cache.get(key))).toEqual(keys.map((_, at) => at));
  expect(new Set(cache.keys())).toEqual(new Set(keys));
  for (const [at, key] of keys.entries()) {
    if (at % 2 === 0) expect(cache.delete(key)).toBe(true);
  }
  expect(keys.map((key) => cache.get(key))).toEqual(keys.map((_, at) => (at % 2 === 0 ? undefined : at)));
  for (const [at, key] of keys.entries()) cache.set(key, at);
  expect(keys.map((key) => cache.get(key))).toEqual(keys.map((_, at) => at));
}

/** Pairs of texts with one hash under the seed 0, by the birthday paradox. */
function collisions(): [string, string][] {
  const seen = new Map<number, string>();
  const pairs: [string, string][] = [];
  for (let at = 0; at < 300_000; at++) {
    const text = `${at.toString(36)}:${Math.imul(at, 0x9e3779b1) >>> 0}`;
    const hash = hashText(text, 0);
    const other = seen.get(hash);
    if (other !== undefined) pairs.push([other, text]);
    seen.set(hash, text);
  }
  return pairs;
}
