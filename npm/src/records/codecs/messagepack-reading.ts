//! Reads MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md).

import { Reader } from "../reader.js";
import { strict } from "../text.js";
import { Refusal } from "../why.js";
import { DEEPEST } from "./shapes.js";

/**
 * The value of MessagePack; refused when it is none.
 *
 * A whole number beyond 2^53 is a bigint. A map is a record when all its keys are texts, and a `Map` otherwise.
 */
export function unpack(bytes: Uint8Array): unknown {
  const unpacker = new Unpacker(bytes);
  const value = unpacker.value(DEEPEST);
  if (unpacker.reader.remaining > 0) throw new Refusal("value");
  return value;
}

class Unpacker {
  readonly reader: Reader;

  constructor(bytes: Uint8Array) {
    this.reader = new Reader(bytes, 0);
  }

  value(levels: number): unknown {
    if (levels < 0) throw new Refusal("value");
    const first = this.#byte();
    if (first < 0x80) return first;
    if (first < 0x90) return this.#map(first & 15, levels);
    if (first < 0xa0) return this.#list(first & 15, levels);
    if (first < 0xc0) return this.#text(first & 31);
    if (first >= 0xe0) return first - 256;
    switch (first) {
      case 0xc0:
        return null;
      case 0xc2:
      case 0xc3:
        return first === 0xc3;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        // A copy: slices would keep the whole record in memory.
        return this.#slice(this.#length(first - 0xc4)).slice();
      case 0xca:
        return this.#view(4).getFloat32(0);
      case 0xcb:
        return this.#view(8).getFloat64(0);
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#length(first - 0xcc);
      case 0xcf:
        return shortened(this.#view(8).getBigUint64(0));
      case 0xd0:
        return this.#view(1).getInt8(0);
      case 0xd1:
        return this.#view(2).getInt16(0);
      case 0xd2:
        return this.#view(4).getInt32(0);
      case 0xd3:
        return shortened(this.#view(8).getBigInt64(0));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#length(first - 0xd9));
      case 0xdc:
      case 0xdd:
        return this.#list(this.#length(first - 0xdb), levels);
      case 0xde:
      case 0xdf:
        return this.#map(this.#length(first - 0xdd), levels);
      default:
        throw new Refusal("value"); // of a type that no codec here writes
    }
  }

  #list(count: number, levels: number): unknown[] {
    const list: unknown[] = [];
    // Each part has a byte at least, so that this ends.
    for (; count > 0; count--) list.push(this.value(levels - 1));
    return list;
  }

  #map(count: number, levels: number): object {
    const entries: [unknown, unknown][] = [];
    for (; count > 0; count--) entries.push([this.value(levels - 1), this.value(levels - 1)]);
    if (entries.every(([key]) => typeof key === "string")) return Object.fromEntries(entries as [string, unknown][]);
    return new Map(entries);
  }

  #text(length: number): string {
    try {
      return strict(this.#slice(length));
    } catch {
      throw new Refusal("value");
    }
  }

  /** A number of one, two or four bytes. */
  #length(size: number): number {
    const view = this.#view(1 << size);
    return size === 0 ? view.getUint8(0) : size === 1 ? view.getUint16(0) : view.getUint32(0);
  }

  #view(length: number): DataView {
    const bytes = this.#slice(length);
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }

  #byte(): number {
    return this.#slice(1)[0] as number;
  }

  #slice(length: number): Uint8Array {
    if (length > this.reader.remaining) throw new Refusal("value");
    return this.reader.slice(length);
  }
}

function shortened(number: bigint): number | bigint {
  return number >= Number.MIN_SAFE_INTEGER && number <= Number.MAX_SAFE_INTEGER ? Number(number) : number;
}
