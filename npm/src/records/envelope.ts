//! The bytes of a record and what they say, as docs/record-format.md draws them.

import type { RowTag, Token } from "../storage.js";
import { checksum } from "./checksum.js";
import { decompress } from "./compression.js";
import { hexOf, unhex } from "./hex.js";
import { Reader } from "./reader.js";
import { bytesOf, strict } from "./text.js";
import { Refusal } from "./why.js";
import { Writer } from "./writer.js";

/** A record whose value is still the bytes that a codec wrote. Times as in a row. */
export interface Envelope {
  readonly codec: number;
  readonly schema: number;
  readonly created: number;
  readonly freshFor: number;
  readonly revalidatesFor: number;
  readonly bridgesFor: number;
  readonly idleFor: number;
  readonly name: Uint8Array;
  readonly namespaceToken: Token;
  readonly tags: readonly RowTag[];
  readonly payload: Uint8Array;
}

/** What the bytes say; parts of it are slices of them. Refused when they are no record. */
export function open(bytes: Uint8Array): Envelope {
  const { compressed, end } = sealed(bytes);
  const reader = new Reader(bytes.subarray(0, end), PREFIX);
  // In the order in which they are written.
  const header = {
    codec: reader.byte(),
    schema: schema(reader),
    ...times(reader),
    name: reader.counted(),
    namespaceToken: token(reader),
    tags: tags(reader),
  };
  if (!compressed) return { ...header, payload: reader.rest() };
  const length = reader.varint();
  return { ...header, payload: decompress(reader.rest(), length) };
}

/** The times alone, from the first 72 bytes of a record or more, whose checksum is not looked at: a hint. */
export function timesOf(beginning: Uint8Array): Times | undefined {
  try {
    const reader = new Reader(beginning, PREFIX);
    if (MAGIC.some((byte, at) => byte !== beginning[at]) || beginning[3] !== VERSION) return undefined;
    reader.byte();
    schema(reader);
    return times(reader);
  } catch {
    return undefined;
  }
}

/** The times of a record. */
export type Times = Pick<Envelope, "created" | "freshFor" | "revalidatesFor" | "bridgesFor" | "idleFor">;

/** When nobody has a use for a record any more, since 1970 UTC. */
export function deadAt(times: Omit<Times, "idleFor">): number {
  return times.created + times.freshFor + Math.max(times.revalidatesFor, times.bridgesFor);
}

/** The bytes of a record. */
export function seal(envelope: Envelope): Uint8Array {
  const writer = new Writer();
  writer.bytes(MAGIC);
  writer.byte(VERSION);
  writer.byte(0);
  writer.byte(envelope.codec);
  writer.varint(envelope.schema);
  writer.varint(envelope.created);
  writer.endless(envelope.freshFor);
  writer.varint(envelope.revalidatesFor);
  writer.varint(envelope.bridgesFor);
  writer.endless(envelope.idleFor);
  writer.counted(envelope.name);
  writer.bytes(unhex(envelope.namespaceToken));
  writer.varint(envelope.tags.length);
  for (const tag of envelope.tags) {
    writer.counted(bytesOf(tag.name));
    writer.bytes(unhex(tag.remove));
    writer.bytes(unhex(tag.expire));
  }
  writer.bytes(envelope.payload);
  const sum = checksum(writer.written(), writer.length);
  writer.number(CHECKSUM, (view, at) => view.setUint32(at, sum, true));
  return writer.written().slice();
}

/** Checks everything that is not the header; where that ends, and whether the payload is compressed. */
function sealed(bytes: Uint8Array): { compressed: boolean; end: number } {
  if (MAGIC.some((byte, at) => at < bytes.length && byte !== bytes[at])) throw new Refusal("foreign");
  if (bytes.length < PREFIX + CHECKSUM) throw new Refusal("short");
  // First of all, because another version may have its checksum elsewhere.
  if (bytes[3] !== VERSION) throw new Refusal("version");
  const end = bytes.length - CHECKSUM;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(end, true) !== checksum(bytes, end)) throw new Refusal("checksum");
  const flags = bytes[4] as number;
  if ((flags & ~COMPRESSED) !== 0) throw new Refusal("flags");
  return { compressed: flags === COMPRESSED, end };
}

function schema(reader: Reader): number {
  const schema = reader.varint();
  if (schema >= 2 ** 32) throw new Refusal("number");
  return schema;
}

function times(reader: Reader): Times {
  return {
    created: reader.varint(),
    freshFor: reader.endless(),
    revalidatesFor: reader.varint(),
    bridgesFor: reader.varint(),
    idleFor: reader.endless(),
  };
}

function tags(reader: Reader): RowTag[] {
  const count = reader.varint();
  if (count > reader.remaining / SHORTEST_TAG) throw new Refusal("short");
  return Array.from({ length: count }, () => ({ name: strict(reader.counted()), remove: token(reader), expire: token(reader) }));
}

function token(reader: Reader): Token {
  return hexOf(reader.slice(16));
}

/** How every record begins: no text in UTF-8. */
const MAGIC = /* @__PURE__ */ Uint8Array.of(0xca, 0x66, 0x6e);
const VERSION = 1;
/** Magic, version and flags. */
const PREFIX = 5;
const CHECKSUM = 4;
/** Flag: the payload is the varint of its length, then one block of LZ4. */
const COMPRESSED = 1;
/** An empty name and two tokens. */
const SHORTEST_TAG = 33;
