//! A storage over a place that keeps nothing but bytes, of every kind that such a place may be.

import { describe, expect, test } from "vitest";
import { type ByteStore, byteStorage, type Put } from "../src/index.storage.js";
import { describeStorage } from "../src/testing.js";
import { createCache } from "../src/index.js";
import { json, messagePack, readRecord, writeRecord } from "../src/records.js";
import { refused, row, troubles, values } from "./support/rows.js";

/** Places by their numbers, so that they are found again. */
const places = new Map<string, Map<string, Uint8Array>>();

function place(name: string): Map<string, Uint8Array> {
  if (!places.has(name)) places.set(name, new Map());
  return places.get(name) as Map<string, Uint8Array>;
}

/** Three methods. */
function simple(kept: Map<string, Uint8Array>): ByteStore {
  return { get: (name) => kept.get(name), set: (name, bytes) => kept.set(name, bytes), delete: (name) => kept.delete(name) };
}

function listing(kept: Map<string, Uint8Array>): ByteStore {
  return { ...simple(kept), keys: (prefix) => [...kept.keys()].filter((name) => name.startsWith(prefix)) };
}

/** All methods, all of them late, and pages with cursors of the place's own. */
function full(kept: Map<string, Uint8Array>): ByteStore {
  const late = async <T>(act: () => T): Promise<T> => {
    for (let step = 0; step < 3; step++) await undefined;
    return act();
  };
  return {
    label: "full",
    maxName: 64,
    maxRecord: 20_000_000,
    get: (name) => late(() => kept.get(name) ?? null),
    set: (name, bytes) => late(() => kept.set(name, bytes)),
    delete: (name) => late(() => kept.delete(name)),
    getMany: (names) => late(() => names.map((name) => kept.get(name) ?? null)),
    setMany: (puts: readonly Put[]) => late(() => puts.forEach(({ name, bytes }) => kept.set(name, bytes))),
    deleteMany: (names) => late(() => names.filter((name) => kept.delete(name)).length),
    keys: (prefix, limit, after = "after ") =>
      late(() => {
        const names = [...kept.keys()].filter((name) => name.startsWith(prefix) && name > after.slice(6)).sort();
        return { names: names.slice(0, limit), next: limit < names.length ? `after ${names[limit - 1]}` : undefined };
      }),
  };
}

/** One object for each place, as those have who share it. */
const opened = new Map<string, ByteStore>();
function once(name: string, open: (kept: Map<string, Uint8Array>) => ByteStore): ByteStore {
  if (!opened.has(name)) opened.set(name, open(place(name)));
  return opened.get(name) as ByteStore;
}

describeStorage("bytes that are listed", (at) => byteStorage(once(`listed ${at}`, listing)), { test, values: "bytes" });
describeStorage("bytes nearby", (at) => byteStorage(once(`near ${at}`, (kept) => ({ ...listing(kept), isLocal: true }))), { test, values: "bytes" });
describeStorage("bytes far away, under short names", (at) => byteStorage(once(`far ${at}`, full)), { test, values: "bytes", seed: 3 });
describeStorage("bytes in MessagePack", (at) => byteStorage(once(`packed ${at}`, full), { codec: messagePack }), { test, values: "bytes", seed: 4 });

describe("h_05 a hash is never trusted without its name", () => {
  test("what lies under the place of another name is none, and is told", async () => {
    const kept = new Map<string, Uint8Array>();
    const storage = byteStorage({ ...listing(kept), maxName: 64 });
    const long = (end: string): string => `n:${"x".repeat(100)}${end}`;
    await storage.set([row(long("a"), "a"), row(long("b"), "b")]);
    const [first, second] = [...kept.keys()] as [string, string];
    expect(first).toMatch(/^n:#[\da-f]{32}$/);
    kept.set(first, kept.get(second) as Uint8Array);
    const heard = troubles(storage);
    expect(await values(storage, long("a"), long("b"))).toEqual([undefined, "b"]);
    expect(heard).toEqual([`corrupt ${long("a")}`]);
  });

  test("a key that is spelt like the hash of another one is itself, or none", async () => {
    const kept = new Map<string, Uint8Array>();
    const storage = byteStorage({ ...listing(kept), maxName: 64 });
    const long = `n:${"y".repeat(100)}`;
    await storage.set([row(long, "long")]);
    const spelt = [...kept.keys()][0] as string;
    expect(await values(storage, spelt)).toEqual([undefined]);
    await storage.set([row(spelt, "short")]);
    expect((await storage.scan("n:", 10)).names).toEqual([spelt]);
    expect(await values(storage, spelt, long)).toEqual(["short", undefined]);
  });

  test("a tag with a long name has a token under a hash", async () => {
    const kept = new Map<string, Uint8Array>();
    const storage = byteStorage({ ...listing(kept), maxName: 64 });
    const tag = `%t:n:${"é".repeat(50)}`;
    expect(await storage.createTokens([[tag, "a".repeat(32)]])).toEqual(["a".repeat(32)]);
    expect([...kept.keys()][0]).toMatch(/^%t:#[\da-f]{32}$/);
    expect(await storage.tokens([tag])).toEqual(["a".repeat(32)]);
    expect((await storage.scan("", 10)).names).toEqual([]);
  });
});

describe("h_30 what cannot be read is a miss, is told, and goes", () => {
  const damage: [string, (bytes: Uint8Array) => Uint8Array, isLeft?: boolean][] = [
    ["a flipped bit", (bytes) => bytes.map((byte, at) => (at === 20 ? byte ^ 1 : byte))],
    ["half of it", (bytes) => bytes.slice(0, bytes.length / 2)],
    ["a record of a later version", (bytes) => bytes.map((byte, at) => (at === 3 ? 2 : byte))],
    ["a record of another codec", () => writeRecord(row("n:a", 1), { codec: { ...json, id: 128 } })],
    ["a record of another name", () => writeRecord(row("n:b", 1))],
    ["what somebody else wrote", () => new TextEncoder().encode("hello"), true],
    ["nothing at all", () => new Uint8Array(), false],
  ];

  test.each(damage)("%s", async (_, change, isLeft = false) => {
    const kept = new Map<string, Uint8Array>();
    const storage = byteStorage(listing(kept));
    await storage.set([row("n:a", 1), row("n:z", 26)]);
    kept.set("n:a", change(kept.get("n:a") as Uint8Array));
    const heard = troubles(storage);
    expect(await values(storage, "n:a", "n:z")).toEqual([undefined, 26]);
    expect(heard).toEqual(["corrupt n:a"]);
    expect(kept.has("n:a")).toBe(isLeft);
    await storage.set([row("n:a", 2)]);
    expect(await values(storage, "n:a")).toEqual([2]);
  });

  test("it is left alone when somebody has written there meanwhile", async () => {
    const kept = new Map<string, Uint8Array>();
    const [damaged, good] = [writeRecord(row("n:a", 1)).fill(0, 30), writeRecord(row("n:a", 2))];
    kept.set("n:a", damaged);
    const store = listing(kept);
    const storage = byteStorage({
      ...store,
      get: async (name) => {
        const found = kept.get(name);
        kept.set(name, good);
        return found;
      },
    });
    expect(await values(storage, "n:a")).toEqual([undefined]);
    expect(readRecord(kept.get("n:a") as Uint8Array).row?.value).toBe(2);
  });

  test("a token of another length is none, and one of bytes that are no record is no row", async () => {
    const kept = new Map([["%n:n", new Uint8Array(15)], ["n:a", new Uint8Array(16)]]);
    const storage = byteStorage(listing(kept));
    expect(await storage.tokens(["%n:n"])).toEqual([undefined]);
    expect(await values(storage, "n:a")).toEqual([undefined]);
    expect((await storage.scan("", 10)).names).toEqual(["n:a"]);
  });
});

describe("h_33 a place that fails", () => {
  const failing = (method: string): ByteStore => {
    const store: ByteStore = { ...listing(new Map()), label: "broken" };
    return { ...store, [method]: () => Promise.reject(new Error("the cable is out")) };
  };

  test.each([
    ["get", "get", (storage: ReturnType<typeof byteStorage>) => storage.get(["n:a"])],
    ["set", "set", (storage: ReturnType<typeof byteStorage>) => storage.set([row("n:a", 1)])],
    ["delete", "delete", (storage: ReturnType<typeof byteStorage>) => storage.delete(["n:a"])],
    ["get", "tokens", (storage: ReturnType<typeof byteStorage>) => storage.tokens(["n:a"])],
    ["set", "create tokens", (storage: ReturnType<typeof byteStorage>) => storage.createTokens([["n:a", "0".repeat(32)]])],
    ["set", "replace tokens", (storage: ReturnType<typeof byteStorage>) => storage.replaceTokens([["n:a", "0".repeat(32)]])],
  ])("%s that rejects is `unavailable`, tells which name, and is reported once: %s", async (method, operation, call) => {
    const storage = byteStorage(failing(method));
    const heard = troubles(storage);
    expect(await refused("unavailable", call(storage))).toBe(`${operation}: "n:a": broken is unavailable: the cable is out`);
    await refused("unavailable", call(storage));
    expect(heard).toEqual(["unavailable n:a"]);
  });

  test("what throws at once is rejected, too, and a scan without names is unsupported", async () => {
    const storage = byteStorage({
      ...simple(new Map()),
      get: () => {
        throw "no error at all";
      },
    });
    expect(await refused("unavailable", storage.get(["n:a"]))).toContain("bytes is unavailable: no error at all");
    expect(await refused("unsupported", storage.scan("n:", 10))).toContain("cannot list its names");
    expect([storage.load, storage.purge]).toEqual([undefined, undefined]);
  });

  test("of many writes all are tried", async () => {
    const kept = new Map<string, Uint8Array>();
    const store = listing(kept);
    const storage = byteStorage({
      ...store,
      set: (name, bytes) => (name === "n:0" ? Promise.reject(new Error("full")) : store.set(name, bytes, { expiresInMs: 0 })),
    });
    await refused("unavailable", storage.set(Array.from({ length: 50 }, (_, at) => row(`n:${at}`, at))));
    expect(kept.size).toBe(49);
  });

  test("s_19 a cache over it still answers", async () => {
    const cache = createCache<number>({ name: "n", storage: byteStorage(failing("get")) });
    expect(await cache.getOrFetch("a", async () => 7)).toBe(7);
    await cache.close().catch(() => {});
  });
});

test("h_34 a row that cannot be written leaves nothing older behind", async () => {
  const kept = new Map<string, Uint8Array>();
  const storage = byteStorage({ ...listing(kept), maxRecord: 200 });
  await storage.set([row("n:a", "old"), row("n:b", "old")]);
  const heavy = storage.set([row("n:a", "x".repeat(200)), row("n:c", 3)]);
  expect(await refused("too-heavy", heavy)).toMatch(/^set: "n:a": the record has 2\d\d bytes, but bytes takes 200 at most$/);
  expect(await refused("codec", storage.set([row("n:b", () => 1)]))).toContain('"n:b": a function in it is not data');
  expect(await values(storage, "n:a", "n:b", "n:c")).toEqual([undefined, undefined, 3]);
});

test("h_19 a place is told how long bytes can be of use, by their own times", async () => {
  const lives: [string, number][] = [];
  const storage = byteStorage({ ...simple(new Map()), set: (name, _, { expiresInMs }) => lives.push([name, expiresInMs]) });
  await storage.set([row("n:a", 1, { freshFor: 400, revalidatesFor: 50, bridgesFor: 70 })]);
  await storage.set([row("n:b", 1)]);
  await storage.replaceTokens([["%n:n", "0".repeat(32)]]);
  expect(lives).toEqual([["n:a", 470], ["n:b", Number.POSITIVE_INFINITY], ["%n:n", Number.POSITIVE_INFINITY]]);
});

test("s_07 purge forgets the dead of a prefix, hashed names among them", async () => {
  const kept = new Map<string, Uint8Array>();
  const storage = byteStorage({ ...listing(kept), maxName: 64 });
  const dying = { created: 1000, freshFor: 500, bridgesFor: 100 };
  await storage.set([row("n:dead", 1, dying), row(`n:${"d".repeat(100)}`, 2, dying), row("n:lives", 3, { ...dying, freshFor: 501 })]);
  await storage.set([row("m:dead", 4, dying), row("n:always", 5)]);
  kept.set("n:foreign", new Uint8Array(3));
  expect(await storage.purge?.("n:", 1599)).toBe(0);
  expect(await storage.purge?.("n:", 1600)).toBe(2);
  expect([...kept.keys()].sort()).toEqual(["m:dead", "n:always", "n:foreign", "n:lives"]);
});

test("s_38 rows of a place nearby are loaded at once, with their tokens, unless there are more than wanted", async () => {
  const storage = byteStorage({ ...listing(new Map()), isLocal: true });
  await storage.set([row("n:a", 1), row("n:b", 2), row("m:c", 3)]);
  await storage.replaceTokens([["%n:n", "7".repeat(32)]]);
  const loaded = await storage.load?.("n:", 2);
  expect(loaded?.map(({ row, tokens }) => [row.name, row.value, tokens])).toEqual([["n:a", 1, ["7".repeat(32)]], ["n:b", 2, ["7".repeat(32)]]]);
  expect(await storage.load?.("n:", 1)).toBeUndefined();
});

test("h_39 what is no place, and options that nobody reads, are refused with what would do", () => {
  const store = simple(new Map());
  expect(() => byteStorage({} as never)).toThrow("byteStorage: the store is an object without `get`, `set`, `delete`");
  expect(() => byteStorage(null as never)).toThrow("byteStorage: the store is null without `get`, `set`, `delete`");
  expect(() => byteStorage({ ...store, maxName: 63 })).toThrow("`maxName` is at least 64");
  expect(() => byteStorage({ ...store, label: 7 as never })).toThrow("label is 7");
  expect(() => byteStorage(store, { codek: json } as never)).toThrow('there is no option "codek"; did you mean "codec"?');
  expect(() => byteStorage(store, { codec: "json" as never })).toThrow('not "json"');
});
