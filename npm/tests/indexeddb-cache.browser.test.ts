//! Caches over IndexedDB: what is there after a reload, and how they go on without it.

import { expect, test } from "vitest";
import { createCache, memoize } from "../src/index.js";
import { schema } from "../src/storages/indexeddb/storage.js";
import { anotherTab, deleteIn, open, openIn, putIn } from "./support/databases.js";
import { refused } from "./support/rows.js";

test("values are what they were after the page was left, tags and lives too", async () => {
  const value = { at: new Date(5), map: new Map([[1n, new Set(["a"])]]), bytes: new Uint8Array([1, 2]) };
  const before = createCache<unknown>({ name: "left", storage: open({ database: "left" }), ttl: "1h" });
  await before.set("a", value, { tags: ["t"] });
  await before.set("b", 2);
  await before.flush();
  await before.close();
  const after = createCache<unknown>({ name: "left", storage: open({ database: "left" }), ttl: "1h" });
  expect(await after.get("a")).toEqual(value);
  await after.invalidateByTag("t");
  const third = createCache<unknown>({ name: "left", storage: open({ database: "left" }) });
  expect([await third.get("a"), await third.get("b")]).toEqual([undefined, 2]);
});

test("a memoised function does not run again for what an earlier page has computed", async () => {
  let runs = 0;
  const load = () => memoize(async (id: number) => ({ id, run: ++runs }), { id: "load", storage: open({ database: "memoised" }) });
  const first = load();
  expect(await first(7)).toEqual({ id: 7, run: 1 });
  await first.cache.flush();
  expect(await load()(7)).toEqual({ id: 7, run: 1 });
  expect(runs).toBe(1);
});

test("s_19 a value that cannot be cloned stays in memory, and only who asks for the storage hears of it", async () => {
  const cache = createCache<() => number>({ name: "functions", storage: open({ database: "functions" }) });
  expect((await cache.getOrFetch("f", () => () => 42))()).toBe(42);
  expect(await refused("codec", cache.flush())).toContain("functions:f");
  expect((await cache.getOrFetch("f", () => () => 0))()).toBe(42);
});

test("s_39 what is no row under its name makes the fetcher run, and is replaced by what that gives", async () => {
  const database = await openIn(indexedDB, "replaced", 1, schema("replaced").upgrade);
  await putIn(database, "rows", [{ name: "replaced:a", value: "not ours" }]);
  database.close();
  const cache = createCache<number>({ name: "replaced", storage: open({ database: "replaced" }) });
  expect(await cache.getOrFetch("a", () => 1)).toBe(1);
  await cache.flush();
  expect(await createCache<number>({ name: "replaced", storage: open({ database: "replaced" }) }).get("a")).toBe(1);
});

test("h_32 the database is deleted under a cache, which goes on", async () => {
  const made = () => createCache<number>({ name: "gone", storage: open({ database: "gone" }) });
  const cache = made();
  await cache.set("a", 1);
  await cache.flush();
  const tab = anotherTab();
  await deleteIn(tab.indexedDB, "gone");
  tab.close();
  expect([await cache.get("a"), await made().get("a")]).toEqual([1, undefined]);
  await cache.set("b", 2);
  await cache.flush();
  expect([await cache.getOrFetch("c", () => 3), await cache.get("b")]).toEqual([3, 2]);
  await cache.flush();
  expect([await made().get("b"), await made().get("c")]).toEqual([2, 3]);
});

test("s_28 a worker and its page that create the same tokens at once get the same", async () => {
  const storage = open({ database: "worker" });
  const worker = new Worker(new URL("./support/tokens.worker.ts", import.meta.url), { type: "module" });
  const named = (digit: string) => Array.from({ length: 50 }, (_, at) => [`%t:n:${at}`, digit.repeat(32)] as const);
  const theirs = new Promise<readonly string[]>((resolve) => {
    worker.onmessage = ({ data }) => resolve(data as string[]);
  });
  worker.postMessage(named("a"));
  const own = (await Promise.all(named("b").map((one) => storage.createTokens([one])))).flat();
  expect(own).toEqual(await theirs);
  expect(await storage.tokens(named("c").map(([name]) => name))).toEqual(own);
  worker.terminate();
});
