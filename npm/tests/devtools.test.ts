//! What the devtools record and list, without a page.

import { expect, onTestFinished, test } from "vitest";
import { recordings } from "../src/devtools/registry.js";
import { list, MOST_ROWS, patternOf, type Row } from "../src/devtools/rows.js";
import { preview } from "../src/devtools/format.js";
import { unwatch, watch, type Watchable } from "../src/devtools.js";
import { CachefnError, createCache, memoize } from "../src/index.js";
import { memoryStorage } from "../src/index.storage.js";
import { manualClock } from "../src/testing.js";

test("an entry is listed with its age, its tags and whether it is fresh or stale", async () => {
  const clock = manualClock();
  const cache = createCache<number>({ clock });
  cache.set("before", 0, { tags: ["old", "red"] });
  const rows = watched("timed", cache);
  clock.advance("1s");
  cache.set("one", 1, { ttl: "10s", staleIfError: "1h", tags: ["red"] });
  cache.set("three", 3, { ttl: "20s", tti: "5s", tags: ["red", "blue", "green"] });
  clock.advance("4s");
  expect(await rows()).toEqual([
    { key: "before", state: "fresh", age: undefined, left: Number.POSITIVE_INFINITY, tags: ["old", "red"] },
    { key: "one", state: "fresh", age: 4000, left: 6000, tags: ["red"] },
    { key: "three", state: "fresh", age: 4000, left: 16_000, tags: ["red", "blue", "green"] },
  ]);
  clock.advance("6s");
  expect((await rows()).map(({ key, state, left }) => [key, state, left])).toEqual([
    ["before", "fresh", Number.POSITIVE_INFINITY],
    ["one", "stale", 0],
  ]);
});

test("s_26 tags that an entry lost are not listed, however often it was tagged", async () => {
  const cache = createCache<number>();
  const rows = watched("retagged", cache);
  for (let round = 0; round < 50; round++) {
    cache.set("a", round, { tags: [`t${round % 3}`, `u${round}`] });
    cache.set(round, round, { tags: Array.from({ length: round % 5 }, (_, at) => `n${at}`) });
  }
  const listed = await rows();
  expect(listed.at(-1)).toMatchObject({ key: "a", tags: ["t1", "u49"] });
  for (const { key, tags } of listed.slice(0, -1)) expect(tags).toEqual(["n0", "n1", "n2", "n3", "n4"].slice(0, Number(key) % 5));
});

test("s_33 what left is not listed, and what is stored anew is young", async () => {
  const clock = manualClock();
  const cache = createCache<number>({ clock, maxEntries: 2, policy: "fifo" });
  const rows = watched("leaving", cache);
  cache.set("a", 1);
  cache.set("b", 1, { tags: ["t"] });
  clock.advance("1s");
  cache.set("c", 1);
  cache.set("b", 2, { tags: ["t"] });
  expect((await rows()).map(({ key, age }) => [key, age])).toEqual([["b", 0], ["c", 0]]);
  cache.invalidateByTag("t");
  expect((await rows()).map(({ key }) => key)).toEqual(["c"]);
  expect(recordings.get("leaving")?.born.size).toBeLessThanOrEqual(2);
  cache.clear();
  expect([await rows(), recordings.get("leaving")?.born.size]).toEqual([[], 0]);
});

test("a memoised function's calls are listed by the texts of their arguments, a remembered failure as failed", async () => {
  const parse = memoize((text: string, base: number) => {
    if (base > 36) throw new RangeError("no such base");
    return Number.parseInt(text, base);
  }, { cacheErrors: () => "1m", tags: (_, base) => [`base:${base}`] });
  const rows = watched("parse", parse.cache);
  parse("ff", 16);
  expect(() => parse("ff", 99)).toThrow(RangeError);
  expect((await rows()).map(({ key, state, tags }) => [key, state, tags])).toEqual([
    ['"ff",16', "fresh", ["base:16"]],
    ['"ff",99', "failed", ["base:99"]],
  ]);
});

test("a text is looked for anywhere in a key, a pattern is matched against all of it", async () => {
  const cache = createCache<number>();
  for (const key of ["user:7", "user:77", "team:7", 7]) cache.set(key, 1);
  const recording = recorded("searched", cache);
  const keys = async (text: string) => (await list(recording, patternOf(text), "key", false)).rows.map(({ key }) => key);
  expect(await keys("")).toEqual([7, "team:7", "user:7", "user:77"]);
  expect(await keys("er:7")).toEqual(["user:7", "user:77"]);
  expect(await keys("*:7")).toEqual(["team:7", "user:7"]);
  await expect(keys("[7")).rejects.toMatchObject({ code: "glob" });
});

test("rows are sorted by a column, upwards and downwards, with the unknown at one end", async () => {
  const clock = manualClock();
  const cache = createCache<number>({ clock });
  cache.set("first", 1);
  const recording = recorded("sorted", cache);
  for (const key of ["c", "a", "b"]) {
    clock.advance("1s");
    cache.set(key, 1, { ttl: key === "a" ? "1h" : "1m" });
  }
  const sorted = async (order: "age" | "left", descending: boolean) =>
    (await list(recording, undefined, order, descending)).rows.map(({ key }) => key);
  expect(await sorted("age", false)).toEqual(["b", "a", "c", "first"]);
  expect(await sorted("age", true)).toEqual(["first", "c", "a", "b"]);
  expect(await sorted("left", false)).toEqual(["c", "b", "a", "first"]);
});

test("of more entries than can be looked through the first are listed and all are counted", async () => {
  const cache = createCache<number>({ maxEntries: MOST_ROWS + 500 });
  for (let key = 0; key < MOST_ROWS + 500; key++) cache.set(key, key);
  const { rows, total } = await list(recorded("many", cache), undefined, "key", false);
  expect([rows.length, total]).toEqual([MOST_ROWS, MOST_ROWS + 500]);
});

test("a cache whose answers are promises is listed without what only the inside knows", async () => {
  const cache = createCache<number>();
  const recording = recorded("promised", promised(cache));
  cache.set("a", 1);
  const { rows, total } = await list(recording, "*", "key", false);
  expect(total).toBe(1);
  expect(rows[0]).toMatchObject({ key: "a", state: "unknown", left: undefined, tags: undefined });
  expect(rows[0]?.age).toBeGreaterThanOrEqual(0);
});

test("a cache with a storage is listed with tags and states as one in memory, and so is a function over it", async () => {
  const clock = manualClock();
  const shared = createCache<number>({ name: "shared", storage: memoryStorage(), clock });
  const rows = watched("shared", shared);
  await shared.set("a", 1, { ttl: "10s", staleIfError: "1h", tags: ["red", "blue"] });
  clock.advance("4s");
  expect(await rows()).toEqual([{ key: "a", state: "fresh", age: 4000, left: 6000, tags: ["red", "blue"] }]);
  clock.advance("6s");
  expect(await rows()).toMatchObject([{ key: "a", state: "stale", left: 0 }]);
  await shared.flush();
  const recording = recorded("shared", shared);
  await recording.sample(0);
  expect(recording.stats).toMatchObject({ size: 1, pending: 0 });
  await shared.close();

  const area = memoize(async (width: number, height: number) => width * height, { id: "area", storage: memoryStorage(), tags: ["areas"] });
  const areas = watched("areas", area.cache);
  await area(2, 3);
  expect(await areas()).toMatchObject([{ key: "2,3", state: "fresh", tags: ["areas"] }]);
  await area.cache.close();
});

test("samples say the hit rate of the time between them, for one minute", async () => {
  const cache = createCache<number>({ fetcher: Number });
  const recording = recorded("sampled", cache);
  cache.get(1);
  await recording.sample(0);
  for (let round = 0; round < 3; round++) cache.get(1);
  cache.get(2);
  await recording.sample(1000);
  await recording.sample(2000);
  expect(recording.samples.map(({ hitRate, size }) => [hitRate, size])).toEqual([[0, 1], [0.75, 2], [undefined, 2]]);
  cache.resetStats();
  cache.get(1);
  await recording.sample(3000);
  expect(recording.samples.at(-1)?.hitRate).toBe(1);
  for (let second = 4; second < 200; second++) await recording.sample(second * 1000);
  expect(recording.samples.length).toBeLessThanOrEqual(62);
});

test("events are kept in order, and not without end", async () => {
  const cache = createCache<number>();
  const recording = recorded("told", cache);
  for (let round = 0; round < 5000; round++) cache.set("a", round);
  expect(recording.told).toBe(5000);
  expect(recording.events.length).toBeLessThanOrEqual(1000);
  expect(recording.events.at(-1)).toMatchObject({ number: 5000, event: { kind: "set", key: "a", cause: "replaced" } });
});

test("a cache that is watched no more is not listened to, and one of the same name takes its place", () => {
  const [one, other] = [createCache<number>(), createCache<number>()];
  watch("same", one);
  const first = recordings.get("same");
  watch("same", one);
  expect(recordings.get("same")).toBe(first);
  watch("same", other);
  one.set("a", 1);
  other.set("a", 1);
  expect([first?.told, recordings.get("same")?.told]).toEqual([0, 1]);
  expect(unwatch("same")).toBe(true);
  other.set("a", 2);
  expect([recordings.has("same"), unwatch("same")]).toEqual([false, false]);
});

test("a cache that does not give its numbers says why", async () => {
  const cache = createCache<number>();
  const recording = recorded("broken", { ...promised(cache), stats: () => Promise.reject(new Error("the storage is gone")) });
  await recording.sample(0);
  expect(recording.trouble).toBe("the storage is gone");
});

test("h_39 what is no cache and no name is refused with what to do", () => {
  expect(() => watch("", createCache())).toThrow(new CachefnError("config", "watch", 'the name is ""; use a text'));
  expect(() => watch("function", (() => 1) as never)).toThrow("watch function: a function has no keys(); give a cache, such as the one of createCache");
  expect(() => watch("nothing", undefined as never)).toThrow("watch nothing: undefined has no keys()");
});

test("values of any kind have a preview, which ends", () => {
  const circle: Record<string, unknown> = { name: "circle", big: 7n, list: new Uint8Array(3), map: new Map([["a", 1]]) };
  circle["self"] = circle;
  expect(preview(circle)).toContain('"[again]"');
  expect(preview(circle)).toContain('"7n"');
  expect(preview(circle)).toContain("[Uint8Array, 3 elements]");
  expect(preview(undefined)).toBe("undefined");
  expect(preview("x".repeat(100_000)).length).toBe(4000);
  const hostile = { toJSON: () => { throw new Error("no"); } };
  expect(preview(hostile)).toBe("[object Object]");
});

function recorded(name: string, cache: Watchable) {
  watch(name, cache);
  onTestFinished(() => void unwatch(name));
  const recording = recordings.get(name);
  if (recording === undefined) throw new Error(`${name} is not recorded`);
  return recording;
}

function watched(name: string, cache: Watchable): () => Promise<readonly Row[]> {
  const recording = recorded(name, cache);
  return async () => (await list(recording, undefined, "key", false)).rows;
}

/** The same cache as one of which everything has to be awaited, and that shows nothing of its inside. */
function promised(cache: Watchable): Watchable {
  return {
    keys: async (pattern) => cache.keys(pattern),
    peek: async (key) => cache.peek(key),
    stats: async () => cache.stats(),
    on: (event, listener) => cache.on(event, listener),
    off: (event, listener) => cache.off(event, listener),
    delete: async (key) => cache.delete(key),
    expire: async (key) => cache.expire(key),
    clear: async () => cache.clear(),
    invalidateByTag: async (tag) => cache.invalidateByTag(tag),
    invalidateByPattern: async (pattern) => cache.invalidateByPattern(pattern),
  };
}
