//! What becomes of values in records: nothing is lost, nothing is rounded, or it is an error.

import { describe, expect, test } from "vitest";
import { CachefnError } from "../src/errors.js";
import { open, seal } from "../src/records/envelope.js";
import { hexOf, unhex } from "../src/records/hex.js";
import { bytesOf, strict } from "../src/records/text.js";
import { json, messagePack, type RecordOptions, readRecord, writeRecord } from "../src/records.js";
import { usualRow } from "./support/records.js";

const JSON_TEXT = 2;
const MESSAGEPACK = 3;
const TAGGED = 4;

const sparse: unknown[] = [1];
sparse[3] = undefined;
const nested = (levels: number): unknown => Array.from({ length: levels }).reduce((inner: unknown) => [inner], 7);

/** What both plain formats hold. */
const PLAIN: [string, unknown][] = [
  ["nothing", null],
  ["true and false", [true, false]],
  ["small whole numbers", [0, 1, 127, 128, 255, 256, 65_535, 65_536, -1, -32, -33, -128, -129, -32_768, -32_769]],
  ["large whole numbers", [2 ** 31, -(2 ** 31) - 1, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]],
  ["floats", [0.1, -1.5, 1e-300, 1.7976931348623157e308, 5e-324, 1e21, 2 ** 53]],
  ["texts", ["", "a", "x".repeat(31), "x".repeat(32), "x".repeat(255), "x".repeat(256), "ключ ☃ 🦀", "\u0000\n\"\\\u2028"]],
  ["long texts", "x".repeat(70_000)],
  ["lists", [[], [1, [2, [3]]], Array.from({ length: 16 }, (_, at) => at), Array.from({ length: 70_000 }, () => 0)]],
  ["records", { a: 1, "": 2, "%date": 3, other: { "%map": [] }, "7": 8, "length": 9 }],
  ["many members", Object.fromEntries(Array.from({ length: 70_000 }, (_, at) => [`m${at}`, at]))],
  ["a record that looks like a tag", { "%date": 5 }],
  ["names of prototypes", JSON.parse('{"__proto__": {"constructor": 1}, "toString": 2}')],
  ["a hundred levels", nested(100)],
];

/** What neither holds, and one of them does not. */
const TAGS: [string, unknown, messagepack?: boolean][] = [
  ["undefined", undefined],
  ["undefined in a record", { a: undefined, b: null }],
  ["numbers that JSON lacks", [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0], true],
  ["whole numbers whose text says another one", [2 ** 64, 2 ** 60, 1e20 + 16_384, -(2 ** 63)], true],
  ["bigints", [0n, -1n, 7n, 2n ** 200n]],
  ["bigints of 64 bits", [2n ** 63n, 2n ** 64n - 1n, -(2n ** 63n), 2n ** 53n], true],
  ["dates", [new Date(0), new Date(1_700_000_000_001), new Date(Number.NaN)]],
  ["maps", new Map<unknown, unknown>([["a", 1], [{ b: 1 }, new Map()]])],
  ["maps of numbers", new Map<unknown, unknown>([[7, "a"], ["7", "b"], [null, "c"], [true, 1.5]]), true],
  ["sets", new Set([1, "1", new Set([undefined])])],
  ["bytes", Uint8Array.from({ length: 300 }, (_, at) => at), true],
  ["typed arrays", [Int8Array.of(-1), Uint8ClampedArray.of(255), Int16Array.of(-300), Uint16Array.of(65_535), Int32Array.of(-70_000)]],
  ["wide typed arrays", [Uint32Array.of(2 ** 31), Float32Array.of(1.5), Float64Array.of(-0, Number.NaN), BigInt64Array.of(-1n), BigUint64Array.of(2n ** 64n - 1n)]],
  ["a part of a buffer", new Uint16Array(Uint16Array.of(1, 2, 3, 4).buffer, 2, 2)],
  ["buffers", Uint8Array.of(1, 2, 3).buffer],
  ["lists with holes", sparse],
  ["a long list with one part", Object.assign(Array(1_000_000), { 999_999: 1 })],
  ["a record that looks like a tag, beside one", [{ "%date": 5 }, { "%record": { "%date": 1 } }, undefined]],
  ["an unknown tag", { "%other": undefined }],
  ["names of prototypes", JSON.parse('[{"__proto__": null}]').concat(undefined)],
];

const HALVES = ["\ud83d\uffff", "\ud800", "a\udc00b", { "\udfff\ud800": "\ud83e" }];

describe("s_40 what plain formats hold is written in them", () => {
  test.each(PLAIN)("%s", (_, value) => {
    expect(roundTrip(value, { codec: json })).toEqual([JSON_TEXT, value]);
    expect(roundTrip(value, { codec: messagePack })).toEqual([MESSAGEPACK, value]);
    expect(readRecord(writeRecord(usualRow(value)))).toEqual(readRecord(writeRecord(usualRow(value), { codec: json })));
  });

  test("JSON is as `JSON.stringify` writes it", () => {
    const { payload } = open(writeRecord(usualRow({ b: [1, 0.5], a: "ü" })));
    expect(strict(payload)).toBe('{"b":[1,0.5],"a":"ü"}');
  });
});

describe("s_39 what plain JSON would lose has tags, or is MessagePack", () => {
  test.each(TAGS)("%s", (_, value, messagepack = false) => {
    expect(roundTrip(value, { codec: json })).toStrictEqual([TAGGED, value]);
    expect(roundTrip(value, { codec: messagePack })).toStrictEqual([messagepack ? MESSAGEPACK : TAGGED, value]);
  });

  test("h_06 halves of pairs", () => {
    expect(roundTrip(HALVES, {})).toEqual([JSON_TEXT, HALVES]);
    expect(roundTrip(HALVES, { codec: messagePack })).toEqual([TAGGED, HALVES]);
  });

  test("the tags are those of the drawing", () => {
    const value = [undefined, -0, 7n, new Date(5), new Map([[1, 2]]), new Set([1]), Uint8Array.of(1), sparse, { "%a": 1 }];
    expect(JSON.parse(strict(open(writeRecord(usualRow(value))).payload))).toEqual([
      { "%undefined": null },
      { "%number": "-0" },
      { "%bigint": "7" },
      { "%date": 5 },
      { "%map": [[1, 2]] },
      { "%set": [1] },
      { "%bytes": ["Uint8Array", "AQ=="] },
      { "%sparse": [4, [0, 1], [3, { "%undefined": null }]] },
      { "%record": { "%a": 1 } },
    ]);
  });

  test("h_34 bytes take a third more as text, and nothing more in MessagePack", () => {
    const bytes = new Uint8Array(30_000).fill(200);
    expect(writeRecord(usualRow(bytes)).length).toBeLessThan(40_200);
    expect(writeRecord(usualRow(bytes), { codec: messagePack }).length).toBeLessThan(30_200);
  });

  test("h_34 what is read shares no memory with the record", () => {
    const record = writeRecord(usualRow(Uint8Array.of(1, 2)), { codec: messagePack });
    const read = readRecord(record).row?.value as Uint8Array;
    record.fill(0);
    expect([...read]).toEqual([1, 2]);
    expect(read.buffer.byteLength).toBe(2);
  });
});

describe("s_39 what is not data is an error that names its key and never its value", () => {
  const circle: unknown[] = [];
  circle.push({ inner: circle });
  class Secret {
    readonly secret = "s3cret";
  }
  const bad: [string, unknown, RegExp][] = [
    ["a function", [() => 1], /a function in it is not data/],
    ["a symbol", Symbol("s3cret"), /a symbol in it is not data/],
    ["an instance", { one: new Secret() }, /an instance of Secret/],
    ["an instance of a class over a map", new (class Own extends Map {})(), /an instance of Own/],
    ["an instance of a class over a list", new (class Own extends Array {})(), /an instance of Own/],
    ["a promise", Promise.resolve(1), /an instance of Promise/],
    ["a pattern", /s3cret/, /an instance of RegExp/],
    ["a view of anything", new DataView(new ArrayBuffer(1)), /an instance of DataView/],
    ["a circle", circle, /leads back to itself/],
    ["a member named by a symbol", { [Symbol("s3cret")]: 1 }, /named by a symbol/],
    ["a list with a name", Object.assign([1], { s3cret: undefined }), /members with names/],
    ["too many levels", nested(501), /nested deeper than 500 levels/],
    ["a member that throws", { get s3cret(): never { throw new Error("s3cret"); } }, /cannot be read/],
    ["what says that it is a map", { get [Symbol.toStringTag]() { return "Map"; } }, /named by a symbol/],
    ["a class that says that it is a map", new (class { get [Symbol.toStringTag]() { return "Map"; } })(), /cannot be read/],
  ];

  test.each(bad)("%s", (_, value, why) => {
    for (const codec of [json, messagePack]) {
      const error = thrownBy(() => writeRecord(usualRow(value), { codec }));
      expect(error.code).toBe("codec");
      expect(error.message).toMatch(/^write record: "users:7": /);
      expect(error.message).toMatch(why);
      expect(error.message).not.toContain("s3cret");
    }
  });

  test("the same part twice is no circle", () => {
    const part = { a: 1 };
    expect(roundTrip([part, part, { part }], {})).toEqual([JSON_TEXT, [part, part, { part }]]);
  });

  test("parts that are shared again and again end in an error, not in a program that hangs", () => {
    let shared: unknown = 1;
    for (let level = 0; level < 60; level++) shared = [shared, shared];
    expect(thrownBy(() => writeRecord(usualRow(shared))).message).toContain("too many parts");
  });

  test.each([
    [{ created: Number.NaN }, /`created` is a number of milliseconds, not NaN/],
    [{ freshFor: -1 }, /`freshFor`/],
    [{ namespaceToken: "AB" }, /a token is 32 small hexadecimal digits, not "AB"/],
    [{ tags: [{ name: "eu", remove: "", expire: "" }] }, /a token is/],
  ])("%o is no row", (part, why) => {
    const error = thrownBy(() => writeRecord({ ...usualRow(1), ...part }));
    expect([error.code, why.test(error.message)]).toEqual(["config", true]);
  });

  test("another codec is refused, and so is a tag that is not Unicode", () => {
    for (const codec of ["json", { ...json, id: 4 }, { ...json, id: 256 }, { id: 128 }, null]) {
      expect(thrownBy(() => writeRecord(usualRow(1), { codec: codec as never })).code).toBe("config");
    }
    const token = "0".repeat(32);
    const row = { ...usualRow(1), tags: [{ name: "\ud800", remove: token, expire: token }] };
    expect(thrownBy(() => writeRecord(row)).code).toBe("codec");
  });
});

describe("s_39 numbers that JavaScript would round are a miss", () => {
  test.each([
    ["9007199254740993", undefined],
    ["-9007199254740993", undefined],
    ["18446744073709551615", undefined],
    ['{"id":12345678901234567000}', undefined],
    ['["1",9007199254740993]', undefined],
    ["9007199254740992", 2 ** 53],
    ["1152921504606846976", 2 ** 60],
    ["9007199254740993.0", 9007199254740992],
    ["1.152921504606847e18", 2 ** 60],
    ['"9007199254740993"', "9007199254740993"],
    ['"a\\\\\\"9007199254740993"', 'a\\"9007199254740993'],
    ['{"9007199254740993":1}', { "9007199254740993": 1 }],
    ["1234567890123456", 1234567890123456],
  ])("the JSON %s", (text, value) => {
    const bytes = seal({ ...open(writeRecord(usualRow(1))), payload: bytesOf(text) });
    expect(readRecord(bytes).row?.value).toEqual(value);
    expect(readRecord(bytes).why).toBe(value === undefined ? "value" : undefined);
  });

  test("in MessagePack they are bigints", () => {
    expect(readPacked("cfffffffffffffffff")).toBe(2n ** 64n - 1n);
    expect(readPacked("d38000000000000000")).toBe(-(2n ** 63n));
    expect(readPacked("cf001fffffffffffff")).toBe(Number.MAX_SAFE_INTEGER);
    expect(readPacked("cf0020000000000000")).toBe(2n ** 53n);
  });
});

describe("s_40 MessagePack of others", () => {
  test.each([
    ["cc01", 1],
    ["d9026162", "ab"],
    ["da00026162", "ab"],
    ["db000000026162", "ab"],
    ["dc00020102", [1, 2]],
    ["dd000000020102", [1, 2]],
    ["de0001a16101", { a: 1 }],
    ["df00000001a16101", { a: 1 }],
    ["810102", new Map([[1, 2]])],
    ["ca3fc00000", 1.5],
    ["c50001ff", Uint8Array.of(255)],
    ["c600000001ff", Uint8Array.of(255)],
  ])("%s is read however it is spelt", (hex, value) => {
    expect(readPacked(hex)).toEqual(value);
  });

  test.each(["", "01 01", "c1", "c7017f00", "d6ff00000000", "dfffffffff", "ddffffffff", "dbffffffff", "a2ff", "a2ffff", "cd01", "91".repeat(600) + "01"])(
    "%s is a miss",
    (hex) => {
      const bytes = seal({ ...open(writeRecord(usualRow(1), { codec: messagePack })), payload: unhex(hex.replace(" ", "")) });
      expect(readRecord(bytes)).toEqual({ why: "value" });
    },
  );
});

test.each(["null", "{", '{"%date":1} ', '{"%other":1}', '{"%bigint":"x"}', '{"%number":"7"}', '{"%number":7}', '{"%map":[[1]]}', '{"%set":1}'].slice(1)
  .concat(['{"%bytes":["Uint16Array","AQ=="]}', '{"%bytes":["Other","AQ=="]}', '{"%bytes":["Uint8Array","*"]}', '{"%bytes":[]}', '{"%record":[]}'])
  .concat(['{"%sparse":[-1]}', '{"%sparse":[1,[1,1]]}', '{"%undefined":1}', '{"%date":"x"}']))("s_39 the tagged JSON %s is what it says, or a miss", (text) => {
  const bytes = seal({ ...open(writeRecord(usualRow(undefined))), payload: bytesOf(text) });
  const { row, why } = readRecord(bytes);
  if (text === '{"%date":1} ') expect(row?.value).toEqual(new Date(1));
  else expect(why).toBe("value");
});

test("names with halves of pairs are themselves again, and others beside them", () => {
  const names = ["a:\ud83d\uffff", "a:\ud800", "a:\ufffd", "a:\udc00\ud800", "a:🦀", "__proto__:", ":", "a:\n\u0000"];
  const read = names.map((name) => readRecord(writeRecord(usualRow(1, name))).row?.name);
  expect(read).toEqual(names);
  expect(new Set(names.map((name) => hexOf(open(writeRecord(usualRow(1, name))).name))).size).toBe(names.length);
  const halved = seal({ ...open(writeRecord(usualRow(1))), name: unhex("eda080edb080") });
  expect(readRecord(halved)).toEqual({ why: "text" });
});

test("s_02 times are whole milliseconds, and a time longer than any clock counts has no end", () => {
  const row = { ...usualRow(1), created: 5.9, freshFor: 0.1, revalidatesFor: 1e300, idleFor: 2 ** 53 };
  const { created, freshFor, revalidatesFor, idleFor } = readRecord(writeRecord(row)).row ?? usualRow(0);
  expect([created, freshFor, revalidatesFor, idleFor]).toEqual([5, 1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
});

function roundTrip(value: unknown, options: RecordOptions): [codec: number, value: unknown] {
  const bytes = writeRecord(usualRow(value), options);
  const { row, why } = readRecord(bytes);
  if (row === undefined) throw new Error(why);
  return [open(bytes).codec, row.value];
}

function readPacked(hex: string): unknown {
  const bytes = seal({ ...open(writeRecord(usualRow(1), { codec: messagePack })), payload: unhex(hex) });
  const { row, why } = readRecord(bytes);
  if (row === undefined) throw new Error(why);
  return row.value;
}

function thrownBy(action: () => unknown): CachefnError {
  try {
    action();
  } catch (error) {
    if (error instanceof CachefnError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
