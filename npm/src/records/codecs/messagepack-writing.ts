//! Writes MessagePack (https://github.com/msgpack/msgpack/blob/master/spec.md) as Rust's codec does.

import { bytesOf, isWellFormed } from "../text.js";
import { Writer } from "../writer.js";
import { membersOf, shapeOf, Walk } from "./shapes.js";

/** The MessagePack of a value, or `undefined` when some of it would be lost. */
export function pack(value: unknown): Uint8Array | undefined {
  const packer = new Packer();
  return packer.value(value) ? packer.written() : undefined;
}

/** Each method says whether what it was given could be written. */
class Packer {
  readonly #writer = new Writer();
  readonly #walk = new Walk();

  written(): Uint8Array {
    return this.#writer.written().slice();
  }

  value(value: unknown): boolean {
    switch (typeof value) {
      case "string":
        return this.#text(value);
      case "boolean":
        return this.#byte(value ? 0xc3 : 0xc2);
      case "number":
        return Number.isSafeInteger(value) && !Object.is(value, -0) ? this.#whole(value) : this.#float(value);
      case "bigint":
        return this.#large(value);
      case "object":
        return value === null ? this.#byte(0xc0) : this.#walk.into(value, () => this.#object(value));
      default:
        return false;
    }
  }

  #object(object: object): boolean {
    switch (shapeOf(object)) {
      case "list": {
        const list = object as unknown[];
        // A hole is read as `undefined`, which cannot be written.
        return Object.keys(list).length === list.length && this.#head(list.length, 15, 0x90, 0xdc) && all(list, (part) => this.value(part));
      }
      case "record": {
        const members = membersOf(object);
        return this.#head(members.length, 15, 0x80, 0xde) && all(members, ([name, member]) => this.#text(name) && this.value(member));
      }
      case "map": {
        const entries = [...Map.prototype.entries.call(object)];
        // With nothing but texts as keys it would be read as a record.
        if (entries.every(([key]) => typeof key === "string") || !entries.every(([key]) => isScalar(key))) return false;
        return this.#head(entries.length, 15, 0x80, 0xde) && all(entries, ([key, value]) => this.value(key) && this.value(value));
      }
      case "view":
        return Object.prototype.toString.call(object) === "[object Uint8Array]" && this.#bytes(object as Uint8Array);
      default:
        return false;
    }
  }

  #text(text: string): boolean {
    if (!isWellFormed(text)) return false;
    const bytes = bytesOf(text);
    if (bytes.length < 32) this.#writer.byte(0xa0 | bytes.length);
    else this.#counted(bytes.length, 0xd9);
    this.#writer.bytes(bytes);
    return true;
  }

  #bytes(bytes: Uint8Array): boolean {
    this.#counted(bytes.length, 0xc4);
    this.#writer.bytes(bytes);
    return true;
  }

  /** How long something is, after one of three bytes: as 8, 16 or 32 bits. */
  #counted(length: number, first: number): void {
    if (length < 256) this.#number(first, 1, (view, at) => view.setUint8(at, length));
    else if (length < 65_536) this.#number(first + 1, 2, (view, at) => view.setUint16(at, length));
    else this.#number(first + 2, 4, (view, at) => view.setUint32(at, length));
  }

  /** How many parts follow: in the byte itself, or after one of two bytes as 16 or 32 bits. */
  #head(count: number, most: number, small: number, large: number): boolean {
    if (count <= most) return this.#byte(small | count);
    if (count < 65_536) return this.#number(large, 2, (view, at) => view.setUint16(at, count));
    return this.#number(large + 1, 4, (view, at) => view.setUint32(at, count));
  }

  #whole(number: number): boolean {
    if (number >= -32 && number < 128) return this.#byte(number & 0xff);
    if (number >= 0) {
      if (number < 256) return this.#number(0xcc, 1, (view, at) => view.setUint8(at, number));
      if (number < 65_536) return this.#number(0xcd, 2, (view, at) => view.setUint16(at, number));
      if (number < 2 ** 32) return this.#number(0xce, 4, (view, at) => view.setUint32(at, number));
      return this.#number(0xcf, 8, (view, at) => view.setBigUint64(at, BigInt(number)));
    }
    if (number >= -128) return this.#number(0xd0, 1, (view, at) => view.setInt8(at, number));
    if (number >= -32_768) return this.#number(0xd1, 2, (view, at) => view.setInt16(at, number));
    if (number >= -(2 ** 31)) return this.#number(0xd2, 4, (view, at) => view.setInt32(at, number));
    return this.#number(0xd3, 8, (view, at) => view.setBigInt64(at, BigInt(number)));
  }

  #float(number: number): boolean {
    return this.#number(0xcb, 8, (view, at) => view.setFloat64(at, number));
  }

  /** A smaller one would be read as a number. */
  #large(bigint: bigint): boolean {
    if (bigint > Number.MAX_SAFE_INTEGER && bigint < 2n ** 64n) {
      return this.#number(0xcf, 8, (view, at) => view.setBigUint64(at, bigint));
    }
    if (bigint < Number.MIN_SAFE_INTEGER && bigint >= -(2n ** 63n)) {
      return this.#number(0xd3, 8, (view, at) => view.setBigInt64(at, bigint));
    }
    return false;
  }

  #number(first: number, length: number, write: (view: DataView, at: number) => void): true {
    this.#writer.byte(first);
    this.#writer.number(length, write);
    return true;
  }

  #byte(byte: number): true {
    this.#writer.byte(byte);
    return true;
  }
}

function isScalar(key: unknown): boolean {
  return key === null || (typeof key !== "object" && typeof key !== "function" && typeof key !== "symbol");
}

function all<T>(parts: readonly T[], write: (part: T) => boolean): boolean {
  // Not `every`, which passes over holes.
  for (const part of parts) if (!write(part)) return false;
  return true;
}
