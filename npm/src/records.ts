//! `cachefn-wasm/records`: rows as the bytes that every storage and every language shares.

import { json } from "./records/codecs/json.js";
import { messagePack } from "./records/codecs/messagepack.js";
import { codecOf, type Reading, type RecordOptions, readRow, writeRow } from "./records/record.js";
import type { Row } from "./storage.js";

export { CachefnError, type ErrorCode } from "./errors.js";
export type { Codec } from "./records/codecs/codec.js";
export type { Reading, RecordOptions } from "./records/record.js";
export type { Why } from "./records/why.js";
export { json } from "./records/codecs/json.js";
export { messagePack } from "./records/codecs/messagepack.js";

/**
 * The row that a record holds, or why the bytes are none.
 *
 * It never throws, whatever the bytes are, and asks for no more memory than they justify: for at most 255 times their
 * number where they are compressed. Whether the row is still valid is not looked at. Times of more than 2^53
 * milliseconds become `Infinity`. JSON, tagged JSON and MessagePack are read, and what was written by `codec`. A number
 * in JSON that JavaScript would round makes it a value that cannot be read.
 *
 * @example
 * ```ts
 * const bytes = writeRecord({ ...row, value: new Date(5) });
 * expect(readRecord(bytes).row.value).toEqual(new Date(5));
 * bytes[9] ^= 1;
 * expect(readRecord(bytes)).toEqual({ why: "checksum" });
 * ```
 */
export function readRecord(bytes: Uint8Array, options: RecordOptions = {}): Reading {
  return readRow(bytes, [codecOf(options), json, messagePack]);
}

/**
 * The bytes of a record that holds a row.
 *
 * Objects and lists, texts, numbers, booleans and `null` are written in a way that Rust reads, too; `undefined`, bigints,
 * dates, maps, sets, typed arrays, buffers and numbers such as `NaN` in one that only JavaScript reads. A `Buffer` is
 * read as a `Uint8Array`, and an object without prototype as one that has one. Values are nested at most 500 levels
 * deep; Rust reads 128.
 *
 * @throws {CachefnError} code `codec` when the value is not data: functions, symbols, instances of classes, objects
 * that lead back to themselves; code `config` when a time or a token is none.
 *
 * @example
 * ```ts
 * const row = { name: "users:7", value: { name: "Ada" }, created: 1_700_000_000_000, freshFor: 60_000,
 *   revalidatesFor: 5000, bridgesFor: 0, idleFor: Infinity, namespaceToken: "11".repeat(16), tags: [] };
 * expect([...writeRecord(row).slice(0, 6)]).toEqual([0xca, 0x66, 0x6e, 1, 0, 2]);
 *
 * let code: string | undefined;
 * try {
 *   writeRecord({ ...row, value: () => 7 });
 * } catch (error) {
 *   if (error instanceof CachefnError) code = error.code;
 * }
 * assert(code === "codec");
 * ```
 */
export function writeRecord(row: Row, options: RecordOptions = {}): Uint8Array {
  return writeRow(row, codecOf(options));
}
