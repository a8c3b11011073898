//! The `Cache` of Chromium as a storage.

import { afterAll, expect, test } from "vitest";
import { cacheAPI } from "../src/cache-api.js";
import { createCache } from "../src/index.js";
import { messagePack, readRecord } from "../src/records.js";
import { describeStorage } from "../src/testing.js";
import { refused, row, troubles, values } from "./support/rows.js";
import { inSandbox } from "./support/sandbox.js";

afterAll(async () => {
  for (const name of await caches.keys()) await caches.delete(name);
});

describeStorage("cache api", (place) => cacheAPI({ name: `suite ${place}`, codec: messagePack }), { test, values: "bytes", largest: 2_000_000, shared: false });

test("s_40 an entry is a response with the bytes of its record, under an address that nobody can have", async () => {
  await cacheAPI({ name: "layout" }).set([row("users:7/a?b#c", { id: 7 }, { freshFor: 90_500, bridgesFor: 100 })]);
  const cache = await caches.open("layout");
  const [request] = await cache.keys();
  expect(request?.url).toBe("https://cachefn.invalid/?users%3A7%2Fa%3Fb%23c");
  const response = await cache.match(request as Request);
  expect(response?.headers.get("cache-control")).toBe("public, max-age=91");
  expect(readRecord(new Uint8Array(await (response as Response).arrayBuffer())).row?.value).toEqual({ id: 7 });
});

test("h_28 responses of others in the same cache are never listed or removed", async () => {
  const cache = await caches.open("shared");
  await cache.put("https://example.org/n:a", new Response("theirs"));
  await cache.put("https://cachefn.invalid/?%zz", new Response("theirs"));
  const storage = cacheAPI({ cache });
  await storage.set([row("n:a", 1)]);
  expect(await storage.scan("", 10)).toEqual({ names: ["n:a"], next: undefined });
  const users = createCache<number>({ name: "n", storage });
  await users.invalidateByPattern("*");
  await users.clear();
  await users.close();
  expect((await cache.keys()).length).toBeGreaterThanOrEqual(2);
  expect(await (await cache.match("https://example.org/n:a"))?.text()).toBe("theirs");
});

test("h_32 a cache that was deleted meanwhile is written to without an error, and read as empty", async () => {
  const storage = cacheAPI({ name: "deleted" });
  await storage.set([row("n:a", 1)]);
  await caches.delete("deleted");
  const other = cacheAPI({ name: "deleted" });
  expect(await values(other, "n:a")).toEqual([undefined]);
  await storage.set([row("n:b", 2)]);
  await other.set([row("n:c", 3)]);
  expect(await values(other, "n:c")).toEqual([3]);
});

test("h_30 a response that is no record is a miss and stays, one that was a record goes", async () => {
  const cache = await caches.open("damage");
  const storage = cacheAPI({ cache });
  const heard = troubles(storage);
  await storage.set([row("n:a", 1), row("n:b", 2)]);
  const [address, other] = (await cache.keys()).map(({ url }) => url) as [string, string];
  const bytes = new Uint8Array(await ((await cache.match(address)) as Response).arrayBuffer());
  await cache.put(address, new Response(bytes.slice(0, 40)));
  await cache.put(other, new Response("<html>"));
  expect(await values(storage, "n:a", "n:b")).toEqual([undefined, undefined]);
  expect(heard.sort()).toEqual(["corrupt n:a", "corrupt n:b"]);
  expect((await cache.keys()).map(({ url }) => url)).toEqual([other]);
});

test("h_33 where the browser forbids it every method is rejected, which is reported once", async () => {
  const answer = await inSandbox(
    "../../src/cache-api.ts",
    `const storage = found.cacheAPI();
    const heard = [];
    storage.watch(({ code }) => heard.push(code));
    const codes = [];
    for (const call of [() => storage.get(["n:a"]), () => storage.scan("n:", 1), () => storage.delete(["n:a"])]) {
      codes.push(await call().then(() => "answered", (error) => error.code));
    }
    return [codes, heard];`,
  );
  expect(answer).toEqual([["unavailable", "unavailable", "unavailable"], ["unavailable"]]);
});

test("h_39 what is no cache and no name is refused", async () => {
  expect(() => cacheAPI({ cache: {} as never })).toThrow("cacheAPI: cache is an object without `match`, `put`, `delete`");
  expect(() => cacheAPI({ name: 7 as never })).toThrow('name is 7; use a text such as "cachefn"');
  expect(() => cacheAPI({ nam: "x" } as never)).toThrow('there is no option "nam"; did you mean "name"?');
  const storage = cacheAPI({ cache: { match: async () => new Response("x"), put: async () => {}, delete: async () => true } as never });
  expect(await refused("unsupported", storage.scan("", 1))).toContain("cannot list its names");
});
