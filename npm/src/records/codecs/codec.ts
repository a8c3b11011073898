//! How values become the payload of a record, and come out of it again.

import { CachefnError } from "../../errors.js";
import { Refusal } from "../why.js";
import { unwritable } from "./shapes.js";
import { readTagged, taggedJson } from "./tagged.js";

/**
 * Writes values as bytes, and reads them. `json` and `messagePack` are such; your own has a number from 128 on, which
 * says to every reader of a record what wrote it.
 *
 * @example
 * ```ts
 * const text: Codec = {
 *   id: 128,
 *   encode: (value) => (typeof value === "string" ? new TextEncoder().encode(value) : undefined),
 *   decode: (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
 * };
 * const bytes = writeRecord({ ...row, value: "as it is" }, { codec: text });
 * assert(readRecord(bytes, { codec: text }).row.value === "as it is");
 * assert(readRecord(bytes).why === "codec");
 * ```
 */
export interface Codec {
  /** 2 for JSON, 3 for MessagePack, and from 128 to 255 for those of users. */
  readonly id: number;
  /** The bytes of a value; `undefined` when some of it would be lost: then it is written as tagged JSON. */
  encode(value: unknown): Uint8Array | undefined;
  /** The value of bytes. Whatever it throws makes them a miss. */
  decode(bytes: Uint8Array): unknown;
}

/**
 * The value in bytes, and the number of the codec that wrote them.
 *
 * @throws {CachefnError} code `codec` when something in it is not data, or is nested in a circle.
 */
export function encode(value: unknown, codec: Codec): { codec: number; payload: Uint8Array } {
  try {
    const payload = codec.encode(value);
    return payload === undefined ? { codec: TAGGED, payload: taggedJson(value) } : { codec: codec.id, payload };
  } catch (error) {
    if (error instanceof CachefnError) throw error;
    // A member that cannot be read, or a text longer than the language allows. What was thrown may quote the value.
    throw unwritable("something in it cannot be read, or is too long");
  }
}

/** The value that a codec wrote; refused when there is none, or it is not one of these or tagged JSON. */
export function decode(id: number, payload: Uint8Array, codecs: readonly Codec[]): unknown {
  const read = id === TAGGED ? readTagged : codecs.find((codec) => codec.id === id)?.decode;
  if (read === undefined) throw new Refusal("codec");
  try {
    return read(payload);
  } catch {
    throw new Refusal("value");
  }
}

const TAGGED = 4;
