//! A Keyv as a storage, of two major versions, and a cache as the store of a Keyv.

import keyvTestSuite, { keyvNamespaceTests } from "./keyv-suite.js";
import { Keyv } from "keyv";
import { Keyv as Keyv6 } from "keyv-6";
import * as vitest from "vitest";
import { describe, expect, test } from "vitest";
import { createCache } from "../../src/index.js";
import { memoryStorage } from "../../src/index.storage.js";
import { cachefnKeyv, type KeyvLike, keyvStorage } from "../../src/keyv.js";
import { describeStorage, manualClock } from "../../src/testing.js";
import { refused, row, troubles, values } from "../../tests/support/rows.js";

describe("the suite of Keyv over a cache in memory", () => {
  const cache = createCache<unknown>({ maxEntries: 1000 });
  keyvTestSuite(vitest, Keyv, () => cachefnKeyv(cache));
});

describe("the suite of Keyv over a cache with a storage", () => {
  const cache = createCache<unknown>({ name: "keyv", storage: memoryStorage() });
  keyvTestSuite(vitest, Keyv, () => cachefnKeyv(cache));
});

describe("what the suite of Keyv says of namespaces, in its next version", () => {
  const cache = createCache<unknown>();
  keyvNamespaceTests(vitest, Keyv6, () => cachefnKeyv(cache));
});

test("h_09 a Keyv with a namespace and one without share a cache and clear only what is theirs", async () => {
  for (const Version of [Keyv, Keyv6] as (typeof Keyv)[]) {
    const cache = createCache<unknown>();
    const [plain, users] = [new Version({ store: cachefnKeyv(cache) }), new Version({ store: cachefnKeyv(cache), namespace: "users*" })];
    await plain.set("usersX:a", 0);
    await plain.set("a", 1);
    await users.set("a", 2);
    expect([await plain.get("a"), await users.get("a")]).toEqual([1, 2]);
    await users.clear();
    expect([await plain.get("a"), await plain.get("usersX:a"), await users.get("a")]).toEqual([1, 0, undefined]);
    expect(cache.size).toBe(2);
  }
});

test("s_03 the time to live of a Keyv is that of the entry, which a clock ends", async () => {
  const clock = manualClock();
  const cache = createCache<unknown>({ clock });
  const keyv = new Keyv({ store: cachefnKeyv(cache) });
  await keyv.set("a", 1, 3_600_000);
  await keyv.set("b", 1);
  const iterated: string[] = [];
  for await (const [key] of cachefnKeyv(cache).iterator()) iterated.push(key);
  expect(iterated.sort()).toEqual(["keyv:a", "keyv:b"]);
  expect(await keyv.delete(["a", "absent"])).toBe(true);
  expect(await keyv.has("a")).toBe(false);
  await keyv.set("c", 1, 3_600_000);
  clock.advance("59m");
  expect(cache.has("keyv:c")).toBe(true);
  clock.advance("2m");
  expect([cache.has("keyv:c"), cache.has("keyv:b")]).toEqual([false, true]);
});

for (const [name, Version] of [["Keyv 5", Keyv], ["Keyv 6", Keyv6 as unknown as typeof Keyv]] as const) {
  const places = new Map<number, KeyvLike>();
  const open = (place: number): KeyvLike => {
    if (!places.has(place)) places.set(place, new Version({ namespace: "app" }));
    return places.get(place) as KeyvLike;
  };
  describeStorage(name, (place) => keyvStorage(open(place)), { test, values: "bytes", largest: 1_000_000 });

  test(`h_28 of ${name} nothing of others is listed or removed`, async () => {
    const keyv = new Version({ namespace: "app" });
    await keyv.set("n:a", "theirs");
    await keyv.set("cachefn/n:b", { not: "ours" });
    const storage = keyvStorage(keyv);
    const heard = troubles(storage);
    await storage.set([row("n:a", 1)]);
    expect([...(await storage.scan("", 10)).names].sort()).toEqual(["n:a", "n:b"]);
    expect(await values(storage, "n:a", "n:b")).toEqual([1, undefined]);
    expect(await storage.delete(["n:a"])).toBe(1);
    expect([await keyv.get("n:a"), await keyv.get("cachefn/n:b")]).toEqual(["theirs", { not: "ours" }]);
    expect(heard).toEqual(["corrupt n:b"]);
  });
}

test("h_33 a Keyv that reports errors instead of failing is heard, and what it did not keep is an error", async () => {
  const broken = { get: async () => Promise.reject(new Error("the cable is out")), set: async () => Promise.reject(new Error("the cable is out")) };
  const keyv = new Keyv({ store: { ...broken, delete: async () => false, clear: async () => {} } });
  const storage = keyvStorage(keyv);
  const heard = troubles(storage);
  expect(await storage.get(["n:a"]).catch((error: Error) => error.name)).toEqual([undefined]);
  await refused("unavailable", storage.set([row("n:a", 1)]));
  expect(heard).toContain("unavailable");
});

test("h_39 what is no Keyv and no cache is refused", () => {
  expect([new Keyv(), new Keyv6(), new Map<string, string>()].map((keyv) => keyvStorage(keyv).label)).toEqual(Array(3).fill("keyv"));
  expect(() => keyvStorage({} as never)).toThrow("keyvStorage: the Keyv is an object without `get`, `set`, `delete`");
  expect(() => cachefnKeyv(new Map() as never)).toThrow("cachefnKeyv: the cache is an object without `invalidateByPattern`");
});
