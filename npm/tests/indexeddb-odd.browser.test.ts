//! Values that cannot be cloned, rows that are none, options that cannot work.

import { expect, test } from "vitest";
import { schema } from "../src/storages/indexeddb/storage.js";
import { open, openIn, putIn } from "./support/databases.js";
import { refused, row, troubles, values } from "./support/rows.js";

test("h_33 a value that cannot be cloned is refused with its name, the others are kept, and the older value is gone", async () => {
  const storage = open({ database: "uncloneable" });
  const heard = troubles(storage);
  await storage.set([row("n:b", "older")]);
  const throwing = Object.defineProperty({}, "member", {
    enumerable: true,
    get() {
      throw new TypeError("secret");
    },
  });
  for (const value of [() => "secret", { deep: [Symbol("secret")] }, Promise.resolve("secret"), new WeakMap(), document.body, throwing]) {
    await storage.set([row("n:b", "older")]);
    const text = await refused("codec", storage.set([row("n:a", 1), row("n:b", value), row("n:c", 3)]));
    expect(text).toBe('set: "n:b": the value cannot be cloned; keep plain data, without functions, symbols, promises and parts of the page');
    expect(await values(storage, "n:a", "n:b", "n:c")).toEqual([1, undefined, 3]);
    await storage.delete(["n:a", "n:c"]);
  }
  expect(await refused("codec", storage.set(["n:a", "n:b", "n:c"].map((name) => row(name, Symbol()))))).toContain('"n:a" and 2 more');
  expect(heard).toEqual([]);
});

test("h_34 values are copies, and what they are made of stays", async () => {
  class Point {
    readonly x = 1;
  }
  const storage = open({ database: "copies" });
  await storage.set([row("n:a", new Point()), row("n:b", new Blob(["text"])), row("n:c", new Uint8Array(8).subarray(2, 4))]);
  const [point, blob, part] = await values(storage, "n:a", "n:b", "n:c");
  expect(point).toEqual({ x: 1 });
  expect(point).not.toBeInstanceOf(Point);
  expect(await (blob as Blob).text()).toBe("text");
  expect((part as Uint8Array).length).toBe(2);
});

test("h_30 what is no row counts as none and is reported with its name, and a row takes its place", async () => {
  const good = row("n:good", 1);
  const bad = [
    { name: "n:other" },
    { ...row("n:times", 1), created: "1" },
    { ...row("n:NaN", 1), freshFor: Number.NaN },
    { ...row("n:negative", 1), idleFor: -1 },
    { ...row("n:token", 1), namespaceToken: "x" },
    { ...row("n:tags", 1), tags: "t" },
    { ...row("n:tag", 1), tags: [{ name: "t", remove: "0".repeat(32) }] },
    { ...row("n:no tag", 1), tags: [null] },
    { ...row("n:value", 1), value: undefined },
  ];
  delete (bad[8] as { value?: unknown }).value;
  const database = await openIn(indexedDB, "foreign", 1, schema("foreign").upgrade);
  await putIn(database, "rows", [good], ...bad.map((one) => [one] as const));
  await putIn(database, "tokens", ["no token", "%n:n"], [7, "%t:n:t"]);
  const storage = open({ database: "foreign" });
  const heard = troubles(storage);
  const names = bad.map(({ name }) => name);
  const told = names.map((name) => `corrupt ${name}`);
  expect(await values(storage, "n:good", ...names)).toEqual([1, ...names.map(() => undefined)]);
  expect(heard.splice(0)).toEqual(told);
  expect((await storage.load?.("n:", 100))?.map(({ row }) => row.name)).toEqual(["n:good"]);
  expect(heard.splice(0).sort()).toEqual(told.sort());
  expect((await storage.get(["n:good"]))[0]?.tokens).toEqual([undefined]);
  expect(await storage.createTokens([["%n:n", "1".repeat(32)]])).toEqual(["1".repeat(32)]);
  await storage.set(names.map((name) => row(name, "anew")));
  expect(await values(storage, ...names)).toEqual(names.map(() => "anew"));
  expect(heard).toEqual([]);
  database.close();
});

test("h_33 keys of other kinds in the store disturb no walk and no bulk read", async () => {
  const database = await openIn(indexedDB, "kinds", 1, schema("kinds").upgrade);
  const others = [1, new Date(0), new Uint8Array([1]), ["n:a"]].map((name) => [{ ...row("n:a", 1), name }] as const);
  await putIn(database, "rows", ...others, [row("n:a", 1)]);
  const storage = open({ database: "kinds" });
  const heard = troubles(storage);
  expect([await storage.scan("", 10), await storage.scan("n:", 1)]).toEqual([
    { names: ["n:a"], next: undefined },
    { names: ["n:a"], next: "n:a" },
  ]);
  expect((await storage.load?.("", 10))?.length).toBe(1);
  await storage.createTokens([["%n:n", "0".repeat(32)]]);
  expect(await storage.purge?.("", Number.MAX_SAFE_INTEGER)).toBe(0);
  expect(heard).toEqual([]);
  database.close();
});

test("h_20 s_31 purge forgets what is dead by its time, what was invalidated and what is no row, and leaves the rest", async () => {
  const database = await openIn(indexedDB, "purged", 1, schema("purged").upgrade);
  await putIn(database, "rows", [{ ...row("n:a", 1), name: 7, dies: 5 }], [{ name: "n:no row" }]);
  const storage = open({ database: "purged" });
  const [old, now] = ["0".repeat(32), "1".repeat(32)];
  const tagged = (name: string, remove: string, expire: string) => row(name, 1, { tags: [{ name: "t", remove, expire }] });
  await storage.replaceTokens([["%n:n", old], ["%n:o", now], ["%t:n:t", now], ["%x:n:t", now]]);
  await storage.set([row("n:living", 1), row("n:over", 1, { created: 5, freshFor: 5 }), row("o:cleared", 1), row("p:without tokens", 1)]);
  await storage.set([tagged("n:removed", old, now), tagged("n:expired", now, old), tagged("n:tagged", now, now)]);
  await storage.set(Array.from({ length: 250 }, (_, at) => row(`o:many:${at}`, at)));
  const purged = [await storage.purge?.("n:", 10), await storage.purge?.("", 10), await storage.purge?.("", 10)];
  expect(purged).toEqual([3, 251, 0]);
  expect((await storage.scan("", 100)).names).toEqual(["n:expired", "n:living", "n:tagged", "p:without tokens"]);
  database.close();
});

test("who listens cannot harm who stores, and who has let go hears nothing", async () => {
  const database = await openIn(indexedDB, "listened", 1, schema("listened").upgrade);
  await putIn(database, "rows", [{ name: "n:a" }]);
  const storage = open({ database: "listened" });
  const stop = storage.watch?.(() => {
    throw new Error("listener");
  });
  const heard = troubles(storage);
  expect(await values(storage, "n:a")).toEqual([undefined]);
  stop?.();
  expect(heard).toEqual(["corrupt n:a"]);
  database.close();
});

test("h_06 a long name is cut in the text of an error", async () => {
  const text = await refused("codec", open({ database: "long" }).set([row(`n:${"x".repeat(65_536)}`, () => 1)]));
  expect(text.length).toBeLessThan(300);
});
