//! A browser that gives no more room: one megabyte, which it enforces.

import { afterEach, beforeEach, expect, test } from "vitest";
import { cdp } from "vitest/browser";
import type { Storage } from "../src/storage.js";
import { drawing } from "../src/suite/random.js";
import { open } from "./support/databases.js";
import { refused, row, troubles, values } from "./support/rows.js";

const { origin } = location;
const QUOTA = 1_000_000;
const NOW = 1_700_000_000_000;

beforeEach(async () => {
  await cdp().send("Storage.clearDataForOrigin", { origin, storageTypes: "indexeddb" });
  await cdp().send("Storage.overrideQuotaForOrigin", { origin, quotaSize: QUOTA });
});
afterEach(() => cdp().send("Storage.overrideQuotaForOrigin", { origin }));

test("h_33 the browser refuses what is larger than all the room there is, and the error says so", async () => {
  const storage = open({ database: "real" });
  const text = await refused("unavailable", storage.set([row("n:a", bytes(2 * QUOTA))]));
  expect(text).toMatch(/^set: "n:a": indexeddb is unavailable: QuotaExceededError$/);
});

test.each([
  ["small", 300, 6000],
  ["of 10 kB", 10_000, 250],
  ["of 100 kB, which browsers keep elsewhere,", 100_000, 30],
])("h_33 rows %s are written on and on, and the oldest make room", async (_, size, count) => {
  const storage = open({ database: "on and on" });
  const heard = troubles(storage);
  const batch = Math.max(1, Math.floor(50_000 / size));
  for (let from = 0; from < count; from += batch) {
    await storage.set(Array.from({ length: Math.min(batch, count - from) }, (_, at) => row(`n:${from + at}`, bytes(size), { created: NOW + from + at })));
    expect((await values(storage, `n:${from}`))[0]).toBeInstanceOf(Uint8Array);
  }
  const left = (await names(storage, "n:")).map((name) => Number(name.slice(2))).sort((one, other) => one - other);
  // What is left are the newest, without a gap, and not much less than there is room for.
  expect(left).toEqual(left.map((_, at) => count - left.length + at));
  expect(left.length).toBeLessThan(count);
  expect(left.length * size).toBeGreaterThan(QUOTA / 4);
  expect(heard).toEqual([]);
});

test("h_33 the dead go before the living, however old these are", async () => {
  const storage = open({ database: "dead first" });
  const living = Array.from({ length: 20 }, (_, at) => row(`n:living:${at}`, bytes(10_000), { created: at }));
  const dead = Array.from({ length: 50 }, (_, at) => row(`n:dead:${at}`, bytes(10_000), { created: NOW + at, freshFor: 1, bridgesFor: 1 }));
  const rows = [...living, ...dead];
  for (let from = 0; from < rows.length; from += 10) await storage.set(rows.slice(from, from + 10));
  expect((await names(storage, "n:")).length).toBe(70);
  for (let at = 0; at < 40; at++) await storage.set([row(`n:new:${at}`, bytes(10_000), { created: NOW })]);
  expect((await names(storage, "n:dead:")).length).toBe(0);
  expect([(await names(storage, "n:living:")).length, (await names(storage, "n:new:")).length]).toEqual([20, 40]);
});

test("h_33 what does not fit at all is refused in the end, reported, and leaves at least half of what was there", async () => {
  const storage = open({ database: "too large" });
  const heard = troubles(storage);
  await storage.set(Array.from({ length: 64 }, (_, at) => row(`n:${at}`, bytes(5000), { created: NOW + at })));
  await refused("unavailable", storage.set([row("n:large", bytes(3 * QUOTA))]));
  expect(heard).toEqual(["unavailable"]);
  const left = await names(storage, "n:");
  expect(left.length).toBeGreaterThanOrEqual(31);
  expect(left).toContain("n:63");
  await storage.set([row("n:small", 1)]);
  expect(await values(storage, "n:small", "n:large")).toEqual([1, undefined]);
});

test("h_33 tokens find room too, so that removals reach the storage", async () => {
  const storage = open({ database: "tokens" });
  for (let at = 0; at < 90; at++) await storage.set([row(`n:${at}`, bytes(10_000), { created: NOW + at })]);
  const before = (await names(storage, "n:")).length;
  const long = "x".repeat(100);
  for (let round = 0; round < 10; round++) {
    const tokens = Array.from({ length: 100 }, (_, at) => [`%t:n:${round}:${at}${long}`, "1".repeat(32)] as const);
    await (round % 2 === 0 ? storage.replaceTokens(tokens) : storage.createTokens(tokens));
  }
  expect((await names(storage, "n:")).length).toBeLessThan(before);
  expect(await storage.tokens([`%t:n:0:0${long}`, `%t:n:9:99${long}`])).toEqual(["1".repeat(32), "1".repeat(32)]);
});

async function names(storage: Storage, prefix: string): Promise<readonly string[]> {
  return (await storage.scan(prefix, 100_000)).names;
}

/** Of these nothing can be compressed. */
function bytes(length: number): Uint8Array {
  return new Uint8Array(length).map(() => draw(256));
}

const draw = drawing(33);
