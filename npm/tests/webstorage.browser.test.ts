//! `localStorage` and `sessionStorage` as Chromium has them, with its five million characters of room.

import { afterEach, describe, expect, test, vi } from "vitest";
import { createCache } from "../src/index.js";
import { unbase64 } from "../src/records/base64.js";
import { readRecord } from "../src/records.js";
import { describeStorage } from "../src/testing.js";
import { localStorage as open, sessionStorage as openSession } from "../src/webstorage.js";
import { row, refused, troubles, values } from "./support/rows.js";
import { inFrame, inSandbox } from "./support/sandbox.js";

const area = globalThis.localStorage;
const NOW = 1_700_000_000_000;
/** What Chromium gives an origin, in characters. */
const ROOM = 5 * 2 ** 20;

afterEach(() => {
  vi.restoreAllMocks();
  for (const kept of [area, globalThis.sessionStorage]) for (const key of Object.keys(kept)) if (/^(cachefn:|app)/.test(key)) kept.removeItem(key);
});

// There are two places, of which a case uses at most both.
const opened = new Set<number>();
describeStorage(
  "web storage",
  (place) => {
    const [own, storage] = place % 10 === 0 ? [area, open()] : [globalThis.sessionStorage, openSession()];
    if (!opened.has(place)) for (const key of Object.keys(own)) if (key.startsWith("cachefn:")) own.removeItem(key);
    opened.add(place);
    return storage;
  },
  { test, values: "bytes", largest: 1_000_000 },
);

describe("the layout that Rust shares", () => {
  test("s_40 an entry is base64 of its record under `cachefn:` and its name, and a token that of its 16 bytes", async () => {
    const storage = open();
    await storage.set([row("users:7", { id: 7 })]);
    await storage.replaceTokens([["%t:users:eu", "000102030405060708090a0b0c0d0e0f"]]);
    const text = area.getItem("cachefn:users:7") as string;
    expect(text).toMatch(/^[A-Za-z\d+/]+={0,2}$/);
    expect(text.length % 4).toBe(0);
    expect(readRecord(unbase64(text) as Uint8Array).row?.value).toEqual({ id: 7 });
    expect(area.getItem("cachefn:%t:users:eu")).toBe("AAECAwQFBgcICQoLDA0ODw==");
  });

  test("h_06 a name that is not Unicode is there under a hash, and the others as they are", async () => {
    await open().set([row("n:\ud800", 1), row("n:é\n\u0000🦀", 2)]);
    const keys = Object.keys(area).filter((key) => key.startsWith("cachefn:"));
    expect(keys.sort()).toEqual([expect.stringMatching(/^cachefn:n:#[\da-f]{32}$/), "cachefn:n:é\n\u0000🦀"]);
  });
});

describe("h_28 what others keep there", () => {
  test("is never listed, read or removed, not by `clear` either", async () => {
    area.setItem("app", "mine");
    area.setItem("app:n:a", "mine");
    const cache = createCache<number>({ name: "n", storage: open() });
    await cache.set("a", 1);
    await cache.flush();
    await cache.clear();
    await cache.invalidateByPattern("*");
    await cache.close();
    expect([area.getItem("app"), area.getItem("app:n:a")]).toEqual(["mine", "mine"]);
    expect(await open().scan("", 100)).toEqual({ names: expect.not.arrayContaining(["app"]), next: undefined });
  });

  test("h_30 what others put under our names is a miss, is told, and stays until it is replaced", async () => {
    const storage = open();
    const heard = troubles(storage);
    for (const text of ["not base64!", "", "AAAA", "ünïcode"]) {
      area.setItem("cachefn:n:a", text);
      expect(await values(storage, "n:a")).toEqual([undefined]);
    }
    // Nothing at all cannot be told from a record that was cut.
    expect(heard).toEqual(Array(4).fill("corrupt n:a"));
    await storage.set([row("n:a", 1)]);
    expect(await values(storage, "n:a")).toEqual([1]);
    area.setItem("cachefn:%n:n", "not base64!");
    expect(await storage.tokens(["%n:n"])).toEqual([undefined]);
  });

  test("h_32 what another copy of the package writes and removes is seen at once, in walks too", async () => {
    const other = (await inFrame<{ localStorage: typeof open }>("../../src/webstorage.ts")).localStorage();
    const own = open();
    expect((await own.scan("n:", 10)).names).toEqual([]);
    await other.set([row("n:a", 1), row("n:b", 2)]);
    expect((await own.scan("n:", 10)).names).toEqual(["n:a", "n:b"]);
    await own.delete(["n:a"]);
    await own.set([row("n:b", new Map([[1, 2]]))]);
    expect((await other.scan("n:", 10)).names).toEqual(["n:b"]);
    const [read] = await values(other, "n:b");
    // Of another realm.
    expect(Object.prototype.toString.call(read)).toBe("[object Map]");
    const created = await Promise.all([own.createTokens([["%n:n", "a".repeat(32)]]), other.createTokens([["%n:n", "b".repeat(32)]])]);
    expect(await own.tokens(["%n:n"])).toEqual(created[1]);
  });
});

describe("h_33 when the browser gives no more room", () => {
  const value = (size: number): string => "x".repeat(size);
  const left = async (prefix: string): Promise<number[]> => {
    const names = Object.keys(area).filter((key) => key.startsWith(`cachefn:${prefix}`));
    return names.map((key) => Number(key.slice(8 + prefix.length))).sort((one, other) => one - other);
  };

  test.each([["small ones", 300, 14_000], ["of 10 kB", 10_000, 700], ["of 1 MB", 1_000_000, 8]])("entries go on being written, %s, and the oldest go", async (_, size, count) => {
    const storage = open();
    const heard = troubles(storage);
    const look = vi.spyOn(Object, "keys");
    for (let at = 0; at < count; at++) await storage.set([row(`n:${at}`, value(size), { created: NOW + at })]);
    const looks = look.mock.calls.filter(([what]) => what === area).length;
    expect(await values(storage, `n:${count - 1}`)).toEqual([value(size)]);
    const numbers = await left("n:");
    expect(numbers).toEqual(numbers.map((_, at) => count - numbers.length + at));
    expect(numbers.length).toBeLessThan(count);
    expect((numbers.length + 1) * size * (4 / 3)).toBeGreaterThan(ROOM / 2);
    expect(heard).toEqual([]);
    // It looks at all of them now and then, not for each that has to go.
    expect(looks).toBeLessThan(8);
  });

  test("the dead go before the living, however old these are", async () => {
    const storage = open();
    const names = Array.from({ length: 330 }, (_, at) => at);
    await storage.set(names.slice(0, 30).map((at) => row(`living:${at}`, value(10_000), { created: at })));
    await storage.set(names.slice(30).map((at) => row(`dead:${at}`, value(10_000), { created: NOW + at, freshFor: 1, bridgesFor: 1 })));
    for (let at = 0; at < 100; at++) await storage.set([row(`new:${at}`, value(10_000), { created: NOW })]);
    expect([(await left("living:")).length, (await left("dead:")).length, (await left("new:")).length]).toEqual([30, 0, 100]);
  });

  test("what does not fit at all is refused, and leaves nothing older behind", async () => {
    const storage = open();
    const heard = troubles(storage);
    await storage.set([row("n:large", "old"), row("n:other", "stays?")]);
    const text = await refused("unavailable", storage.set([row("n:large", value(ROOM))]));
    expect(text).toMatch(/^set: "n:large": localstorage is unavailable: /);
    expect(await values(storage, "n:large")).toEqual([undefined]);
    expect(heard).toEqual(["unavailable n:large"]);
    await storage.set([row("n:large", "small")]);
    expect(await values(storage, "n:large")).toEqual(["small"]);
  });

  test("room that others take is not ours to make", async () => {
    area.setItem("app", value(ROOM - 50_000));
    const storage = open();
    await storage.set([row("n:a", value(20_000), { created: NOW })]);
    await storage.set([row("n:b", value(20_000), { created: NOW + 1 })]);
    expect(await left("n:a")).toEqual([]);
    expect(await values(storage, "n:a", "n:b")).toEqual([undefined, value(20_000)]);
    await refused("unavailable", storage.set([row("n:c", value(60_000))]));
    expect(area.getItem("app")?.length).toBe(ROOM - 50_000);
  });

  test("tokens of tags go when nothing else is left, those of namespaces do not", async () => {
    area.setItem("app", value(ROOM - 10_000));
    const storage = open();
    await storage.createTokens([["%n:n", "1".repeat(32)]]);
    const tokens = Array.from({ length: 150 }, (_, at): [string, string] => [`%t:n:${at}`, "2".repeat(32)]);
    await storage.createTokens(tokens);
    await storage.set([row("n:a", value(5000))]);
    expect(await values(storage, "n:a")).toEqual([value(5000)]);
    expect((await storage.tokens(tokens.map(([name]) => name))).filter((token) => token === undefined).length).toBeGreaterThan(0);
    expect(await storage.tokens(["%n:n"])).toEqual(["1".repeat(32)]);
  });
});

test("h_20 of ten thousand entries one is read, written and removed without a look at the others", async () => {
  const storage = open();
  await storage.set(Array.from({ length: 10_000 }, (_, at) => row(`n:${at}`, at)));
  const [look, read] = [vi.spyOn(Object, "keys"), vi.spyOn(Storage.prototype, "getItem")];
  expect(await values(storage, "n:5000")).toEqual([5000]);
  await storage.set([row("n:5000", "new")]);
  expect(await storage.delete(["n:5001"])).toBe(1);
  await storage.createTokens([["%t:n:a", "1".repeat(32)]]);
  expect(look.mock.calls.filter(([what]) => what === area)).toEqual([]);
  expect(read.mock.calls.length).toBeLessThan(10);
});

test("h_33 where the browser forbids it every method is rejected, which is reported once, and a cached function answers", async () => {
  const answer = await inSandbox(
    "../../src/webstorage.ts",
    `const results = [];
    for (const open of [found.localStorage, found.sessionStorage]) {
      const storage = open();
      const heard = [];
      storage.watch(({ code }) => heard.push(code));
      const calls = [() => storage.get(["n:a"]), () => storage.delete(["n:a"]), () => storage.tokens(["%n:n"]), () => storage.scan("n:", 1),
        () => storage.createTokens([["%n:n", "0".repeat(32)]]), () => storage.load("n:", 1), () => storage.purge("n:", 1)];
      const codes = [];
      for (const call of calls) codes.push(await call().then(() => "answered", (error) => error.code + ": " + error.message));
      results.push([...new Set(codes.map((text) => text.split(":")[0])), heard, codes[0]]);
    }
    return results;`,
  );
  expect(answer).toEqual(
    ["localstorage", "sessionstorage"].map((label) => ["unavailable", ["unavailable"], expect.stringMatching(`^unavailable: get: "n:a": ${label} is unavailable: .*sandboxed`)]),
  );
  const cached = await inSandbox(
    "../../src/index.ts",
    `const { localStorage } = await import(${JSON.stringify(new URL("../src/webstorage.ts", import.meta.url).href)});
    const cache = found.createCache({ name: "n", storage: localStorage() });
    return [await cache.getOrFetch("a", async () => 7), await cache.getOrFetch("a", async () => 8)];`,
  );
  expect(cached).toEqual([7, 7]);
});

test("what one cache has stored another one of its name finds", async () => {
  let calls = 0;
  const first = createCache<string>({ name: "pages", storage: open() });
  expect(await first.getOrFetch("/", async () => `page ${++calls}`)).toBe("page 1");
  await first.flush();
  const second = createCache<string>({ name: "pages", storage: open() });
  expect(await second.getOrFetch("/", async () => `page ${++calls}`)).toBe("page 1");
  await Promise.all([first.close(), second.close()]);
});
