//! Drivers of unstorage as storages: one that keeps bytes in memory, one over files, and one that keeps text.

import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createStorage } from "unstorage";
import fsDriver from "unstorage/drivers/fs";
import lruDriver from "unstorage/drivers/lru-cache";
import memoryDriver from "unstorage/drivers/memory";
import { afterAll, expect, test } from "vitest";
import { createCache } from "../../src/index.js";
import { describeStorage } from "../../src/testing.js";
import { type UnstorageDriver, unstorage } from "../../src/unstorage.js";
import { refused, row, troubles, values } from "../../tests/support/rows.js";

const folder = mkdtempSync(join(tmpdir(), "cachefn-unstorage-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Drivers by places; to dispose of one in memory would empty it. */
function each(open: () => UnstorageDriver): (place: number) => UnstorageDriver {
  const places = new Map<number, UnstorageDriver>();
  return (place) => {
    if (!places.has(place)) places.set(place, { ...open(), dispose: () => {} });
    return places.get(place) as UnstorageDriver;
  };
}

const [memory, text] = [each(() => memoryDriver()), each(() => lruDriver({ max: 100_000 }))];
describeStorage("unstorage in memory", (place) => unstorage(memory(place)), { test, values: "bytes" });
describeStorage("unstorage that keeps text", (place) => unstorage(text(place)), { test, values: "bytes", largest: 1_000_000 });
// Files are opened by each of them anew, so that two that create a token at the same time may not agree.
describeStorage("unstorage over files", (place) => unstorage(fsDriver({ base: join(folder, String(place)) })), {
  test,
  values: "bytes",
  shared: false,
});

test("h_06 files have names that every system takes, within its limits", async () => {
  const base = join(folder, "names");
  const storage = unstorage(fsDriver({ base }));
  const names = ["n:..", "n:../../up", "n:A", "n:a", "n:CON", "n:a/b", `n:${"é".repeat(300)}`, "n:\ud800", "N:a"];
  await storage.set(names.map((name) => row(name, name)));
  const files = readdirSync(join(base, "cachefn"));
  expect(readdirSync(base)).toEqual(["cachefn"]);
  expect(files.length).toBe(names.length);
  for (const file of files) expect(file).toMatch(/^[a-z\d_~-]{1,200}$/);
  expect(await values(storage, ...names)).toEqual(names);
  expect([...(await storage.scan("n:", 100)).names].sort()).toEqual(names.filter((name) => name.startsWith("n:")).sort());
});

test("h_28 a storage of unstorage is used beside what others keep there", async () => {
  const shared = createStorage({ driver: memoryDriver() });
  await shared.setItem("cachefn:theirs", "theirs");
  await shared.setItem("n:a", { their: "own" });
  const storage = unstorage(shared);
  const heard = troubles(storage);
  const cache = createCache<unknown>({ name: "n", storage });
  await cache.set("a", { at: new Date(5) });
  await cache.flush();
  expect(await values(storage, "n:a")).toEqual([{ at: new Date(5) }]);
  expect(await cache.keys()).toEqual(["a"]);
  await cache.invalidateByPattern("*");
  await cache.clear();
  expect(await shared.getItem("n:a")).toEqual({ their: "own" });
  expect(await shared.getItem("cachefn:theirs")).toBe("theirs");
  expect(heard).toEqual([]);
});

test("h_33 a driver that only reads refuses writes", async () => {
  const { getItem, hasItem, getKeys } = memoryDriver();
  const storage = unstorage({ getItem, hasItem, getKeys });
  expect(await refused("unavailable", storage.set([row("n:a", 1)]))).toBe('set: "n:a": unstorage is unavailable: the driver only reads');
  expect(await values(storage, "n:a")).toEqual([undefined]);
  expect(() => unstorage({} as never)).toThrow("unstorage: the driver is an object without `hasItem`, `getItem`, `getKeys`");
});
