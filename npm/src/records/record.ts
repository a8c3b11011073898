//! Rows as the bytes of a record, the same in every storage and every language.

import { CachefnError, show } from "../errors.js";
import type { Row, Token } from "../storage.js";
import { type Codec, decode, encode } from "./codecs/codec.js";
import { json } from "./codecs/json.js";
import { type Envelope, open, seal } from "./envelope.js";
import { bytesOf, isWellFormed, textOf } from "./text.js";
import { Refusal, reading, type Why } from "./why.js";

/**
 * How the values of records are written.
 *
 * @example
 * ```ts
 * const options: RecordOptions = { codec: messagePack };
 * assert(writeRecord(row, options).length < writeRecord(row).length);
 * ```
 */
export interface RecordOptions {
  /**
   * What writes values: JSON, unless you give `messagePack` or one of your own. It must be what the programs in Rust use
   * that share the storage. A value of which it would lose something, such as a `Date` of JSON, is written as tagged
   * JSON, which only JavaScript reads: for others it is a miss.
   */
  readonly codec?: Codec | undefined;
}

/**
 * What {@link readRecord} says of bytes.
 *
 * @example
 * ```ts
 * const reading: Reading = readRecord(new Uint8Array());
 * assert(reading.row === undefined && reading.why === "short");
 * ```
 */
export type Reading =
  | { readonly row: Row; readonly why?: undefined }
  | { readonly row?: undefined; readonly why: Why };

/** The row that a record holds, read by one of these codecs; or why the bytes are none. */
export function readRow(bytes: Uint8Array, codecs: readonly Codec[]): Reading {
  const row = reading(() => rowOf(open(bytes), codecs));
  return row instanceof Refusal ? { why: row.why } : { row };
}

/**
 * The bytes of a record that holds a row.
 *
 * @throws {CachefnError} code `codec` when its value is not data, `config` when a time or a token is none.
 */
export function writeRow(row: Row, codec: Codec): Uint8Array {
  return seal({ ...headerOf(row), ...valueOf(row, codec) });
}

/**
 * The codec of some options.
 *
 * @throws {CachefnError} code `config` when it is none.
 */
export function codecOf({ codec = json }: RecordOptions): Codec {
  const { id, encode, decode } = (codec ?? {}) as Partial<Codec>;
  const known = id === json.id || id === MESSAGEPACK || (Number.isInteger(id) && (id as number) >= 128 && (id as number) < 256);
  if (known && typeof encode === "function" && typeof decode === "function") return codec;
  throw new CachefnError("config", "write record", `the codec is one with a number from 128 to 255, \`messagePack\` or none, not ${show(codec)}`);
}

/** The row of a record; refused when its value cannot be read. */
function rowOf(envelope: Envelope, codecs: readonly Codec[]): Row {
  const { created, freshFor, revalidatesFor, bridgesFor, idleFor, namespaceToken, tags } = envelope;
  const value = decode(envelope.codec, envelope.payload, codecs);
  // What these codecs write says for itself what it is.
  if (envelope.schema !== 0) throw new Refusal("schema");
  return { name: textOf(envelope.name), value, created, freshFor, revalidatesFor, bridgesFor, idleFor, namespaceToken, tags };
}

function headerOf(row: Row): Omit<Envelope, "codec" | "payload"> {
  const wrong = (what: string, found: unknown): CachefnError =>
    new CachefnError("config", "write record", `${show(row.name)}: ${what}, not ${show(found)}`);
  const time = (name: "created" | "freshFor" | "revalidatesFor" | "bridgesFor" | "idleFor"): number => {
    const time = row[name];
    if (!(time >= 0)) throw wrong(`\`${name}\` is a number of milliseconds`, time);
    return name === "created" ? Math.floor(time) : Math.ceil(time);
  };
  const token = (token: Token): Token => {
    if (!/^[0-9a-f]{32}$/.test(token)) throw wrong("a token is 32 small hexadecimal digits", token);
    return token;
  };
  const tags = row.tags.map(({ name, remove, expire }) => {
    if (!isWellFormed(name)) throw new CachefnError("codec", "write record", `${show(row.name)}: the tag ${JSON.stringify(name)} is not Unicode`);
    return { name, remove: token(remove), expire: token(expire) };
  });
  return {
    schema: 0,
    created: time("created"),
    freshFor: time("freshFor"),
    revalidatesFor: time("revalidatesFor"),
    bridgesFor: time("bridgesFor"),
    idleFor: time("idleFor"),
    name: bytesOf(row.name),
    namespaceToken: token(row.namespaceToken),
    tags,
  };
}

function valueOf(row: Row, codec: Codec): Pick<Envelope, "codec" | "payload"> {
  try {
    return encode(row.value, codec);
  } catch (error) {
    // Nobody else knows whose value it is.
    if (!(error instanceof CachefnError)) throw error;
    throw new CachefnError(error.code, "write record", `${show(row.name)}: ${error.message.replace(/^encode: /, "")}`, error.cause);
  }
}

const MESSAGEPACK = 3;
