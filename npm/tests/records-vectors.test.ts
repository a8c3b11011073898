//! The records that every language must read, as their index says.

import { describe, expect, test } from "vitest";
import { type Envelope, open, seal } from "../src/records/envelope.js";
import { hexOf, unhex } from "../src/records/hex.js";
import { bytesOf } from "../src/records/text.js";
import { Refusal, reading, type Why } from "../src/records/why.js";
import { readRecord } from "../src/records.js";
import { recordFiles } from "./support/records.js";
import { casesOf, refuseOthers, vectors } from "./support/vectors.js";

type Told = { text?: string; hex?: string; repeat?: { before: string; text: string; times: number; after: string } };
type Expected = Record<"codec" | "schema", number> & Record<"created" | "fresh_for" | "revalidates_for" | "bridges_for" | "idle_for", string> & {
  name: Told;
  namespace_token: string;
  tags: { name: string; remove: string; expire: string }[];
  payload: Told;
};

const INDEX = "records/index.json";
const cases = casesOf(INDEX, "cases") as unknown as { file: string; record: Expected; compressed?: boolean }[];

test("s_40 every file is in the index once, and the index is understood", () => {
  refuseOthers(vectors.get(INDEX) as object, ["rules", "cases", "errors", "damaged"]);
  const named = [...cases, ...(casesOf(INDEX, "errors") as unknown as { file: string }[])].map(({ file }) => file);
  expect(named.sort()).toEqual([...recordFiles.keys()].sort());
});

describe("s_38 records", () => {
  test.each(cases)("$file is read as what it is, and written as these bytes", (one) => {
    refuseOthers(one, ["file", "record", "compressed"]);
    const bytes = fileOf(one.file);
    const expected = envelopeOf(one.record);
    const found = open(bytes);
    expect(found).toEqual(expected);
    // Times beyond 2^53 have no number of their own.
    if (one.file === "largest_numbers.bin") expect(open(seal(found))).toEqual(expected);
    else if (one.compressed === true) expect(open(seal(found))).toEqual(expected);
    else expect(hexOf(seal(found))).toBe(hexOf(bytes));
  });

  test.each(casesOf(INDEX, "errors"))("$file is a miss: $why", (one) => {
    refuseOthers(one, ["file", "why"]);
    expect(readRecord(fileOf(one["file"] as string))).toEqual({ why: one["why"] });
  });

  test.each(casesOf(INDEX, "damaged"))("s_39 $file, cut anywhere or with any bit flipped, is a miss", (one) => {
    refuseOthers(one, ["file"]);
    const bytes = fileOf(one["file"] as string);
    const whys = new Set<Why | undefined>();
    for (let end = 0; end < bytes.length; end++) whys.add(readRecord(bytes.subarray(0, end)).why);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
      whys.add(readRecord(damaged).why);
    }
    expect([...whys].sort()).toEqual(["checksum", "foreign", "short", "version"]);
  });
});

describe("s_40 values that Rust wrote", () => {
  const user = { id: 7, name: "Ada" };
  test.each([
    ["json.bin", { value: user }],
    ["messagepack.bin", { value: user }],
    ["postcard.bin", { why: "codec" }],
    ["with_schema.bin", { why: "codec" }],
    ["own_codec.bin", { why: "codec" }],
    ["smallest.bin", { why: "codec" }],
    ["name_of_any_bytes.bin", { why: "codec" }],
  ])("%s is read, or is a miss", (file, expected: { value?: unknown; why?: string }) => {
    const { row, why } = readRecord(fileOf(file));
    expect({ value: row?.value, why }).toEqual({ value: expected.value, why: expected.why });
  });

  test("s_39 a name that is no text is a miss, whatever the value", () => {
    const bytes = seal({ ...open(fileOf("name_of_any_bytes.bin")), codec: 2, payload: bytesOf("7") });
    expect(readRecord(bytes)).toEqual({ why: "text" });
  });

  test("s_39 a schema where the codec has none is a miss", () => {
    const envelope = open(fileOf("json.bin"));
    expect(readRecord(seal({ ...envelope, schema: 1 }))).toEqual({ why: "schema" });
    expect(readRecord(seal(envelope)).row?.tags.map(({ name }) => name)).toEqual(["eu", "users"]);
  });
});

test("s_38 a block that says more than there is memory for is a miss", () => {
  const bomb = reading(() => open(fileOf("compressed_bomb.bin")));
  expect(bomb instanceof Refusal && bomb.why).toBe("length");
});

function fileOf(name: string): Uint8Array {
  return recordFiles.get(name) as Uint8Array;
}

/** As the index has it, with times as numbers. */
function envelopeOf(record: Expected): Envelope {
  const time = (digits: string): number => (digits === "always" || Number(digits) > Number.MAX_SAFE_INTEGER ? Number.POSITIVE_INFINITY : Number(digits));
  return {
    codec: record.codec,
    schema: record.schema,
    created: time(record.created),
    freshFor: time(record.fresh_for),
    revalidatesFor: time(record.revalidates_for),
    bridgesFor: time(record.bridges_for),
    idleFor: time(record.idle_for),
    name: told(record.name),
    namespaceToken: record.namespace_token,
    tags: record.tags,
    payload: told(record.payload),
  };
}

function told({ text, hex, repeat }: Told): Uint8Array {
  if (hex !== undefined) return unhex(hex);
  return bytesOf(repeat === undefined ? (text as string) : repeat.before + repeat.text.repeat(repeat.times) + repeat.after);
}
