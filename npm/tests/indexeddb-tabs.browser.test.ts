//! Other tabs that upgrade, delete or hold up the database, and a browser that closes it.

import { afterEach, expect, test } from "vitest";
import { cdp } from "vitest/browser";
import { schema, storageIn } from "../src/storages/indexeddb/storage.js";
import { anotherTab, deleteIn, deleteWhenLetGo, open, openIn } from "./support/databases.js";
import { refused, row, troubles, values } from "./support/rows.js";

const tabs: { close(): void }[] = [];
afterEach(() => tabs.splice(0).forEach((tab) => tab.close()));

function tab(): IDBFactory {
  const tab = anotherTab();
  tabs.push(tab);
  return tab.indexedDB;
}

test("h_32 another tab upgrades the database without being held up, and it is used as far as its stores are known", async () => {
  const storage = open({ database: "upgraded" });
  const heard = troubles(storage);
  await storage.set([row("n:a", 1)]);
  const upgraded = await openIn(tab(), "upgraded", 7, (database) => database.createObjectStore("of a later version"));
  expect(upgraded.version).toBe(7);
  expect(await values(storage, "n:a")).toEqual([1]);
  await storage.set([row("n:b", 2)]);
  expect(await values(open({ database: "upgraded" }), "n:a", "n:b")).toEqual([1, 2]);
  expect(heard).toEqual([]);
  upgraded.close();
});

test("h_32 what a later version has made of the database is not touched if its stores are unknown", async () => {
  const storage = open({ database: "unknown" });
  const heard = troubles(storage);
  await storage.set([row("n:a", 1)]);
  const upgraded = await openIn(tab(), "unknown", 2, (database) => database.deleteObjectStore("rows"));
  for (const call of [() => storage.get(["n:a"]), () => storage.set([row("n:a", 2)])]) {
    const text = await refused("unavailable", call());
    expect(text).toContain('"n:a": indexeddb is unavailable: Error: the database "unknown" is somebody else\'s: it has no store rows');
  }
  expect([...upgraded.objectStoreNames]).toEqual(["tokens"]);
  expect(heard).toEqual(["unavailable"]);
  upgraded.close();
});

test("a database of somebody else under the same name is left as it is", async () => {
  const theirs = await openIn(tab(), "theirs", 1, (database) => database.createObjectStore("things"));
  expect(await refused("unavailable", open({ database: "theirs" }).scan("n:", 10))).toContain("use another name");
  expect([...theirs.objectStoreNames]).toEqual(["things"]);
  theirs.close();
});

test("h_32 another tab deletes the database without being held up, and the next operation makes it anew", async () => {
  const storage = open({ database: "deleted" });
  await storage.set([row("n:a", 1)]);
  await storage.replaceTokens([["%n:n", "1".repeat(32)]]);
  await deleteIn(tab(), "deleted");
  expect(await storage.tokens(["%n:n"])).toEqual([undefined]);
  expect(await values(storage, "n:a")).toEqual([undefined]);
  await storage.set([row("n:a", 2)]);
  expect(await values(storage, "n:a")).toEqual([2]);
});

test("h_32 calls that are under way while the database is deleted again and again all end well", async () => {
  const storage = open({ database: "under way" });
  const factory = tab();
  const ends: string[] = [];
  for (let round = 0; round < 20; round++) {
    const calls = Array.from({ length: 10 }, (_, at) => storage.set([row(`n:${at}`, round)]).then(() => values(storage, `n:${at}`)));
    const deleted = deleteIn(factory, "under way");
    for (const end of await Promise.allSettled(calls)) ends.push(end.status === "fulfilled" ? "fulfilled" : (end.reason as Error).message);
    await deleted;
  }
  expect(ends.filter((end) => end !== "fulfilled")).toEqual([]);
  await storage.set([row("n:a", "last")]);
  expect(await values(storage, "n:a")).toEqual(["last"]);
});

test("h_32 the browser closes the connection, and the next operation opens it again", async () => {
  const storage = open({ database: "closed" });
  const heard = troubles(storage);
  for (let round = 0; round < 3; round++) {
    await storage.set([row("n:a", round)]);
    await cdp().send("Storage.clearDataForOrigin", { origin: location.origin, storageTypes: "indexeddb" });
    expect(await values(storage, "n:a")).toEqual([undefined]);
  }
  await storage.set([row("n:a", "last")]);
  expect(await values(storage, "n:a")).toEqual(["last"]);
  expect(heard).toEqual([]);
});

test("h_32 an upgrade that another tab blocks is waited for, then reported, and goes on when the other tab lets go", async () => {
  const old = await openIn(tab(), "blocked", 1, schema("blocked").upgrade);
  const storage = storageIn({ ...schema("blocked"), version: 2 }, "relaxed", 100);
  const heard = troubles(storage);
  const both = [storage.get(["n:a"]), storage.set([row("n:a", 1)])];
  for (const call of both) expect(await refused("unavailable", call)).toContain("another tab upgrades or deletes the database");
  expect(heard).toEqual(["unavailable"]);
  await refused("unavailable", storage.get(["n:a"]));
  expect(heard).toEqual(["unavailable"]);
  old.close();
  // The request of the first call is still there, and ends now.
  await expect.poll(() => values(storage, "n:a").catch(() => "refused")).toEqual([undefined]);
  await storage.set([row("n:a", 2)]);
  expect(await values(storage, "n:a")).toEqual([2]);
});

test("h_32 an old tab of ours never blocks a newer version of itself", async () => {
  const old = open({ database: "newer" });
  await old.set([row("n:a", 1)]);
  const newer = storageIn({ ...schema("newer"), version: 2 }, "relaxed", 5000);
  expect(await values(newer, "n:a")).toEqual([1]);
  await old.set([row("n:b", 2)]);
  expect([await values(newer, "n:b"), await values(old, "n:a")]).toEqual([[2], [1]]);
});

test("h_32 a deletion that waits for a third tab holds up nobody for ever", async () => {
  const third = await openIn(tab(), "held up", 1, schema("held up").upgrade);
  const { deleted } = await deleteWhenLetGo(tab(), "held up");
  const storage = open({ database: "held up", openTimeout: 100 });
  const heard = troubles(storage);
  await refused("unavailable", storage.get(["n:a"]));
  expect(heard).toEqual(["unavailable"]);
  third.close();
  await deleted;
  await expect.poll(() => values(storage, "n:a").catch(() => "refused")).toEqual([undefined]);
});

test("a storage that was closed while it opened lets go, and opens again when it is asked", async () => {
  const storage = open({ database: "let go" });
  const setting = storage.set([row("n:a", 1)]);
  await storage.close();
  await setting;
  expect(await values(storage, "n:a")).toEqual([1]);
  await storage.close();
  await deleteIn(tab(), "let go");
  expect(await values(storage, "n:a")).toEqual([undefined]);
});
