//! Bytes by chance: whatever they are, they are a miss or the right value.

import { expect, test } from "vitest";
import { checksum } from "../src/records/checksum.js";
import { json, messagePack, readRecord, writeRecord } from "../src/records.js";
import { chance, recordFiles, usualRow } from "./support/records.js";

const SEED = 0x5eed_0001;
const MUTATIONS = 200_000;

/** Of files that are no records, and may become some. */
const DAMAGED = new Set<string | undefined>(["foreign", "short", "version", "checksum", "flags", "number", "option", "text", "length", "block"]);

const token = (digit: string): string => digit.repeat(32);
const originals = [
  ...[...recordFiles].filter(([, bytes]) => bytes.length < 2000).map(([, bytes]) => bytes),
  writeRecord({ ...usualRow({ id: 7, tags: ["a", "b"], at: 0.5 }), tags: [{ name: "eu", remove: token("1"), expire: token("2") }] }),
  writeRecord(usualRow([new Map([[1, new Set([2n])]]), new Date(5), undefined, Float32Array.of(1), -0])),
  writeRecord(usualRow({ id: 7, bytes: Uint8Array.of(1, 2, 3), large: 2n ** 63n, list: [null, true, -500, 1e100] }), { codec: messagePack }),
];

test("s_39 a record that was changed by chance is a miss", () => {
  const below = chance(SEED);
  const records = originals.filter((bytes) => !DAMAGED.has(readRecord(bytes).why));
  const texts = new Set(records.map(text));
  let misses = 0;
  for (let round = 0; round < MUTATIONS; round++) {
    const original = records[below(records.length)] as Uint8Array;
    const mutated = mutate(original, below);
    const { row, why } = readRecord(mutated);
    if (why !== undefined) misses++;
    else if (!texts.has(text(mutated))) throw new Error(`seed ${SEED}, round ${round}: ${text(mutated)} was read as ${String(row?.name)}`);
  }
  expect(misses).toBeGreaterThan(MUTATIONS * 0.9);
});

test("s_38 what is behind a right checksum never throws, and what is read is read again as the same", () => {
  const below = chance(SEED + 1);
  const found = { rows: 0, misses: new Set<string>() };
  for (let round = 0; round < MUTATIONS; round++) {
    const mutated = sealed(mutate(originals[below(originals.length)] as Uint8Array, below));
    const { row, why } = readRecord(mutated);
    if (row === undefined) {
      found.misses.add(why);
      continue;
    }
    found.rows++;
    const again = readRecord(writeRecord(row, { codec: below(2) === 0 ? json : messagePack })).row;
    // Cheaper than to compare each in depth, and as strict.
    if (show(again) !== show(row)) throw new Error(`seed ${SEED + 1}, round ${round}: ${text(mutated)}`);
  }
  expect(found.rows).toBeGreaterThan(1000);
  for (const why of ["foreign", "short", "version", "flags", "number", "option", "text", "length", "codec", "schema", "value"]) expect(found.misses).toContain(why);
});

test("s_39 bytes of which nothing is known are a miss", () => {
  const below = chance(SEED + 2);
  for (let round = 0; round < 20_000; round++) {
    const bytes = Uint8Array.from({ length: below(60) }, () => below(256));
    expect(readRecord(bytes).row).toBeUndefined();
    const begun = sealed(Uint8Array.of(0xca, 0x66, 0x6e, 1, below(2), ...bytes, 0, 0, 0, 0));
    expect(typeof readRecord(begun).why).toBe("string");
  }
});

/** A few changes of what bytes most often suffer. */
function mutate(original: Uint8Array, below: (bound: number) => number): Uint8Array {
  let bytes = original.slice();
  for (let left = 1 + below(3); left > 0; left--) {
    const at = below(bytes.length + 1);
    switch (below(5)) {
      case 0:
        if (at < bytes.length) bytes[at] = (bytes[at] as number) ^ (1 << below(8));
        break;
      case 1:
        if (at < bytes.length) bytes[at] = [0, 1, 0x7f, 0x80, 0xff][below(5)] as number;
        break;
      case 2:
        bytes = bytes.slice(0, at);
        break;
      case 3:
        bytes = Uint8Array.of(...bytes.subarray(0, at), below(256), ...bytes.subarray(at));
        break;
      default: {
        const end = Math.min(bytes.length, at + below(20));
        bytes = Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(end));
      }
    }
  }
  return bytes;
}

/** The same bytes with the checksum that they would have. */
function sealed(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 4) return bytes;
  new DataView(bytes.buffer).setUint32(bytes.length - 4, checksum(bytes, bytes.length - 4), true);
  return bytes;
}

function text(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === "bigint") return `${part}n`;
    if (typeof part === "number" && !(Math.abs(part) < Number.POSITIVE_INFINITY)) return `number ${part}`;
    if (Object.is(part, -0)) return "minus zero";
    if (part === undefined) return "undefined";
    if (part instanceof Map) return ["map", ...part];
    if (part instanceof Set) return ["set", ...part];
    if (ArrayBuffer.isView(part)) return [Object.prototype.toString.call(part), text(new Uint8Array(part.buffer))];
    return part;
  });
}
