//! Names that a place does not take, the same as in Rust, and those that drivers would take for something else.

import { expect, test } from "vitest";
import { bytesOf, isWellFormed } from "../src/records/text.js";
import { atMost, fingerprint, storedName, storedTokenName } from "../src/storages/bytes/stored-names.js";
import { nameOfSafe, safeName } from "../src/storages/safe-names.js";
import { chance } from "./support/records.js";

test("the hash is FNV-1a of 128 bits, as its authors list it", () => {
  expect(fingerprint(bytesOf(""))).toBe("6c62272e07bb014262b821756295c58d");
  expect(fingerprint(bytesOf("a"))).toBe("d228cb696f1a8caf78912b704e4a8964");
  expect(fingerprint(bytesOf("foobar"))).toBe("343e1662793c64bf6f0d3597ba446f18");
});

test("it is what large integers say", () => {
  const seed = 0x5eed_0007;
  const below = chance(seed);
  for (let round = 0; round < 500; round++) {
    const bytes = Uint8Array.from({ length: below(200) }, () => below(256));
    let hash = 0x6c62272e07bb014262b821756295c58dn;
    for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * 0x1000000000000000000013bn) % 2n ** 128n;
    expect(fingerprint(bytes), `seed ${seed}, round ${round}`).toBe(hash.toString(16).padStart(32, "0"));
  }
});

test("s_23 a name too long becomes a hash of it all, behind its namespace if that fits", () => {
  const fits = atMost(64);
  expect(storedName("ns:short", fits)).toBe("ns:short");
  expect(storedName(`ns:${"x".repeat(61)}`, fits)).toBe(`ns:${"x".repeat(61)}`);
  expect(storedName(`ns:${"x".repeat(62)}`, fits)).toBe(`ns:#${fingerprint(bytesOf(`ns:${"x".repeat(62)}`))}`);
  expect(storedName(`${"n".repeat(30)}:${"x".repeat(40)}`, fits)).toMatch(/^n{30}:#[\da-f]{32}$/);
  expect(storedName(`${"n".repeat(31)}:${"x".repeat(40)}`, fits)).toMatch(/^#[\da-f]{32}$/);
  expect(storedName(`ns:${"é".repeat(31)}`, fits)).toMatch(/^ns:#/);
  expect(storedTokenName(`%x:ns:${"x".repeat(60)}`, fits)).toMatch(/^%x:#[\da-f]{32}$/);
});

test("h_06 halves of pairs are found wherever they stand", () => {
  const halves = ["\ud800", "\udc00", "a\ud800", "\udc00a", "\ud800\ud800\udc00", "\ud800\udc00\udc00", "\udc00\ud800", "\ud83d\uffff", "\n\udfff"];
  expect(halves.filter(isWellFormed)).toEqual([]);
  const whole = ["", "a", "\ud800\udc00", "\udbff\udfff\ud83d\udfff", "\uffff\ufffe", "\ud7ff\ue000", "🦀".repeat(1000)];
  expect(whole.filter((text) => !isWellFormed(text))).toEqual([]);
});

test("h_06 a name that is not Unicode is a hash everywhere", () => {
  const fits = (): boolean => true;
  expect(storedName("ns:\ud800", fits)).toMatch(/^ns:#[\da-f]{32}$/);
  expect(storedName("n\ud800:a", fits)).toMatch(/^#[\da-f]{32}$/);
  expect(storedName("ns:\ufffd", fits)).toBe("ns:\ufffd");
  expect(storedName("ns:\ud800", fits)).not.toBe(storedName("ns:\udc00", fits));
});

test("h_06 names for drivers have small letters, digits and three signs, and are themselves again", () => {
  const names = ["users:7", "A", "a", "..", "a/b\\c", "%", "~", "~7e", "é🦀", "", "CON", "a b", "\u0000"];
  for (const name of names) {
    expect(safeName(name)).toMatch(/^[a-z\d_~-]*$/);
    expect(nameOfSafe(safeName(name))).toBe(name);
  }
  expect(new Set(names.map(safeName)).size).toBe(names.length);
  expect(["~", "~zz", "~ff", "A", "a.b", "~61", "~C3~A9"].map(nameOfSafe)).toEqual(Array(7).fill(undefined));
});
