//! Settings that cannot work are refused where they are given, with what would.

import { describe, expect, test } from "vitest";
import { type CacheOptions, CachefnError, createCache, Glob, memoize } from "../src/index.js";
import { manualClock } from "../src/testing.js";

describe("h_39 createCache refuses", () => {
  test.each<[object, string]>([
    [{ maxEntires: 5 }, 'create cache: there is no option "maxEntires"; did you mean "maxEntries"?'],
    [{ TTL: 5 }, 'create cache: there is no option "TTL"; did you mean "ttl"?'],
    [{ size: 5 }, 'create cache: there is no option "size"; did you mean "maxEntries"?'],
    [{ max: 5 }, 'create cache: there is no option "max"; did you mean "maxEntries"?'],
    [{ maxSize: 5 }, 'create cache: there is no option "maxSize"; did you mean "maxEntries"?'],
    [{ maxAge: 5 }, 'create cache: there is no option "maxAge"; did you mean "ttl"?'],
    [{ lru: true }, 'create cache: there is no option "lru"; use "maxEntries", "maxWeight", "weigh", "policy", "ttl"'],
    [{ tags: ["a"] }, 'create cache: there is no option "tags"; it belongs to set, getOrFetch and memoize'],
    [{ key: () => "a" }, 'create cache: there is no option "key"; it belongs to memoize'],
    [{ policy: "arc" }, 'create cache: policy is "arc"; use "lru", "lfu", "fifo", "sieve", "s3-fifo", "w-tinylfu", "adaptive"'],
    [{ maxEntries: 0 }, "create cache: maxEntries is 0; use a whole number from 1 to 50331648"],
    [{ maxEntries: -1 }, "create cache: maxEntries is -1; use"],
    [{ maxEntries: 1.5 }, "create cache: maxEntries is 1.5; use"],
    [{ maxEntries: Number.NaN }, "create cache: maxEntries is NaN; use"],
    [{ maxEntries: Number.POSITIVE_INFINITY }, "create cache: maxEntries is Infinity; use"],
    [{ maxEntries: "10" }, 'create cache: maxEntries is "10"; use'],
    [{ policy: "s3fifo" }, 'create cache: policy is "s3fifo"; did you mean "s3-fifo"?'],
    [{ policy: "LRU" }, 'create cache: policy is "LRU"; did you mean "lru"?'],
    [{ policy: "random" }, 'create cache: policy is "random"; use "lru", "lfu", "fifo", "sieve", "s3-fifo", "w-tinylfu", "adaptive"'],
    [{ ttl: -1 }, "create cache: ttl is -1; use 0 or more"],
    [{ ttl: Number.NaN }, "create cache: ttl is NaN; use"],
    [{ ttl: "5 minutes" }, 'create cache: ttl is "5 minutes"; use'],
    [{ ttl: "60" }, 'create cache: ttl is "60"; use'],
    [{ ttl: {} }, "create cache: ttl is an object; use"],
    [{ clock: Date }, "create cache: clock needs the functions monoMs() and wallMs()"],
    [{ clock: null }, "create cache: clock needs"],
    [{ maxWeight: 5 }, "create cache: maxWeight and weigh need each other; give both or neither"],
    [{ weigh: () => 1 }, "create cache: maxWeight and weigh need each other; give both or neither"],
    [{ maxWeight: 0, weigh: () => 1 }, "create cache: maxWeight is 0; use a whole number from 1 to 9007199254740991"],
    [{ maxWeight: 1.5, weigh: () => 1 }, "create cache: maxWeight is 1.5; use"],
    [{ maxWeight: 5, weigh: 1 }, "create cache: weigh is 1; use a function"],
    [{ tti: -1 }, "create cache: tti is -1; use 0 or more"],
    [{ ttl: "1m", tti: "2m" }, "create cache: tti is longer than ttl"],
    [{ staleWhileRevalidate: "soon" }, 'create cache: staleWhileRevalidate is "soon"; use'],
    [{ staleIfError: null }, "create cache: staleIfError is null; use"],
    [{ negativeTtl: -1 }, "create cache: negativeTtl is -1; use"],
    [{ jitter: 2 }, "create cache: jitter is 2; it is a part between 0 and 1"],
    [{ jitter: "10%" }, 'create cache: jitter is "10%"; it is a part'],
    [{ refreshAfter: "1m" }, 'create cache: refreshAfter is "1m"; it is a part between 0 and 1'],
    [{ refreshAfter: Number.NaN }, "create cache: refreshAfter is NaN; it is a part"],
    [{ cacheErrors: "1m" }, 'create cache: cacheErrors is "1m"; use a function'],
    [{ loadTimeout: Number.NaN }, "create cache: loadTimeout is NaN; use"],
    [{ softTimeout: "x" }, 'create cache: softTimeout is "x"; use'],
    [{ fetcher: "/" }, 'create cache: fetcher is "/"; use a function'],
    [{ seed: 0.5 }, "create cache: seed is 0.5; use a whole number"],
  ])("%j", (options, message) => {
    expect(refusal(() => createCache(options as CacheOptions))).toContain(message);
  });

  test.each([null, 5, "lru"])("%j instead of options", (options) => {
    expect(refusal(() => createCache(options as never))).toContain("create cache: the options are");
  });
});

test("an option may be undefined, as if it was not there", () => {
  const cache = createCache<number>({ maxEntries: undefined, policy: undefined, ttl: undefined, clock: undefined, seed: undefined });
  cache.set("a", 1, { ttl: undefined, tags: undefined });
  expect(cache.get("a")).toBe(1);
});

describe("h_39 set and getOrFetch refuse", () => {
  const cache = createCache<number>();
  test.each<[object, string]>([
    [{ tll: 5 }, 'there is no option "tll"; did you mean "ttl"?'],
    [{ tag: ["a"] }, 'there is no option "tag"; did you mean "tags"?'],
    [{ ttl: -5 }, "ttl is -5; use"],
    [{ tti: "x" }, 'tti is "x"; use'],
    [{ staleIfError: Number.NaN }, "staleIfError is NaN; use"],
    [{ staleWhileRevalidate: -1 }, "staleWhileRevalidate is -1; use"],
    [{ tags: "users" }, 'tags is "users"; use a list of texts such as ["user:7", "users"]'],
    [{ tags: ["a", 7] }, "tags[1] is 7; use a text"],
  ])("%j, and store nothing", (options, message) => {
    expect(refusal(() => cache.set("a", 1, options))).toBe(refusal(() => cache.set("a", 1, options)));
    expect(refusal(() => cache.set("a", 1, options))).toContain(`set: ${message}`);
    expect(refusal(() => cache.getOrFetch("a", () => 1, options))).toContain(`getOrFetch: ${message}`);
    expect(cache.has("a")).toBe(false);
  });
});

describe("h_39 memoize refuses", () => {
  const fn = function load(): number {
    return 1;
  };
  test.each<[unknown, object, string]>([
    [undefined, {}, "memoize: undefined is not a function"],
    [fn, { maxSize: 5 }, 'memoize load: there is no option "maxSize"; did you mean "maxEntries"?'],
    [fn, { fetcher: () => 1 }, 'memoize load: there is no option "fetcher"; it belongs to createCache'],
    [fn, { tag: () => [] }, 'memoize load: there is no option "tag"; did you mean "tags"?'],
    [fn, { key: "id" }, 'memoize load: key is "id"; use a function'],
    [fn, { id: "mine", ttl: "soon" }, 'memoize mine: ttl is "soon"; use'],
    [() => 1, { ttl: "soon" }, 'memoize a function: ttl is "soon"; use'],
    [fn, { id: 5 }, "memoize load: id is 5; use a text"],
    [fn, { version: {} }, "memoize load: version is an object; use a text or a number"],
    [fn, { tags: "users" }, 'memoize load: tags is "users"; use a list'],
    [fn, { ttl: "soon" }, 'memoize load: ttl is "soon"; use'],
  ])("a function or none (%#)", (what, options, message) => {
    expect(refusal(() => memoize(what as () => number, options))).toContain(message);
  });

  test("tags that are no list when the function is called", () => {
    const memoized = memoize(fn, { id: "loader", tags: (() => "users") as never });
    expect(refusal(() => memoized())).toContain('memoize loader: tags is "users"');
  });
});

test.each<[string, (cache: ReturnType<typeof createCache>) => unknown]>([
  ['on: there is no event "evict"; use "hit", "miss"', (cache) => cache.on("evict" as never, () => {})],
  ["on: the listener is undefined; use a function", (cache) => cache.on("set", undefined as never)],
  ["invalidateByTag: the tag is a list; use a text", (cache) => cache.invalidateByTag(["a"] as never)],
  ["invalidateByTags: the tag is 5; use a text", (cache) => cache.invalidateByTags(["a", 5] as never)],
  ['invalidateByTag: mode is "stale"; use "remove", "expire"', (cache) => cache.invalidateByTag("a", { mode: "stale" } as never)],
  ['invalidateByPattern: there is no option "mod"; did you mean "mode"?', (cache) => cache.invalidateByPattern("a", { mod: "expire" } as never)],
  ["entries: limit is NaN; use a number from 0 on", (cache) => cache.entries("*", Number.NaN)],
  ["entries: limit is -1; use a number from 0 on", (cache) => cache.entries("*", -1)],
  ["update: the change is undefined; use a function", (cache) => cache.update("a", undefined as never)],
  ['update: the change is "b"; use a function', (cache) => cache.update("a", "b" as never)],
  ['invalidateByTags: tags is "users"; use a list such as ["user:7", "users"]', (cache) => cache.invalidateByTags("users")],
  ["invalidateByTags: tags is undefined; use a list", (cache) => cache.invalidateByTags(undefined as never)],
  ["invalidateByTag: the tag is undefined; use a text", (cache) => cache.invalidateByTag(undefined as never)],
  ['deleteMany: keys is "abc"; use a list such as ["user:7", "user:8"]', (cache) => cache.deleteMany("abc")],
  ["deleteMany: keys is undefined; use a list", (cache) => cache.deleteMany(undefined as never)],
  ['getMany: keys is "abc"; use a list', (cache) => cache.getMany("abc")],
  ["getMany: keys is 5; use a list", (cache) => cache.getMany(5 as never)],
  ['warm: keys is "abc"; use a list', (cache) => cache.warm("abc", () => 1)],
  ["warm: keys is an object; use a list", (cache) => cache.warm({ a: 1 } as never, () => 1)],
  ['setMany: entries is an object; use a list such as [["user:7", user]]', (cache) => cache.setMany({ a: 1 } as never)],
  ['setMany: entries is "ab"; use a list', (cache) => cache.setMany("ab" as never)],
  ['setMany: an entry is "ab"; use a key with its value such as ["user:7", user]', (cache) => cache.setMany(["ab"] as never)],
  ["setMany: an entry is a list; use a key with its value", (cache) => cache.setMany([["a"]] as never)],
  ["setMany: an entry is undefined; use a key with its value", (cache) => cache.setMany([undefined] as never)],
  ["set: tti is longer than ttl", (cache) => cache.set("a", 1, { ttl: 10, tti: 20 })],
  ["getOrFetch: tti is longer than ttl", (cache) => cache.getOrFetch("a", () => 1, { ttl: 10, tti: 20 })],
  ['set: there is no option "signal"; it belongs to getOrFetch', (cache) => cache.set("a", 1, { signal: undefined } as never)],
])("h_39 %s", (message, act) => {
  const cache = createCache();
  const memoized = memoize((_: string) => 1);
  for (const one of [cache, memoized.cache]) expect(refusal(() => act(one as typeof cache))).toContain(message);
  expect([cache.size, memoized.cache.size]).toEqual([0, 0]);
});

test("h_39 a pattern that is not there empties no cache", () => {
  const cache = createCache<number>();
  cache.set("a", 1);
  const [pattern] = [] as string[];
  expect(() => cache.invalidateByPattern(pattern as string)).toThrow(
    "invalidateByPattern: the pattern is undefined; give one, or use clear() for all entries",
  );
  expect(() => cache.invalidateByPattern([pattern as string])).toThrow("glob undefined: is not a text");
  expect(cache.invalidateByPattern([])).toBe(0);
  for (const make of [Glob.escape, Glob.prefix]) expect(() => make(pattern as string)).toThrow("glob undefined: is not a text");
  expect(cache.size).toBe(1);
});

test("h_39 a pattern that is no text is refused", () => {
  expect(() => createCache().keys(5 as never)).toThrow("glob 5: is not a text");
});

test("a manual clock refuses to go backwards", () => {
  expect(refusal(() => manualClock().advance(-1))).toContain("advance: the time is -1; use");
});

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(CachefnError);
    expect((error as CachefnError).code).toBe("config");
    expect((error as CachefnError).retryable).toBe(false);
    return (error as CachefnError).message;
  }
  throw new Error("nothing was refused");
}
