//! Takes numbers, texts and slices off bytes that may be anything, and never more than there are.

import { Refusal } from "./why.js";

/** What is left to read. Whatever is wrong is thrown as a {@link Refusal}. */
export class Reader {
  readonly #bytes: Uint8Array;
  #at: number;
  #isLargest = false;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  /** All that is left. */
  rest(): Uint8Array {
    return this.slice(this.remaining);
  }

  byte(): number {
    return this.slice(1)[0] as number;
  }

  /** A number in as few bytes as it needs; `Infinity` where it has more than 53 bits. */
  varint(): number {
    let number = 0;
    let ones = true;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.byte();
      const bits = byte & 0x7f;
      if (shift === 63 && byte > 1) throw new Refusal("number");
      ones &&= bits === (shift === 63 ? 1 : 0x7f);
      number += bits * 2 ** shift;
      if (byte < 0x80) {
        if (byte === 0 && shift > 0) throw new Refusal("number");
        this.#isLargest = ones && shift === 63;
        return number > Number.MAX_SAFE_INTEGER ? Number.POSITIVE_INFINITY : number;
      }
    }
    throw new Refusal("number");
  }

  /** A time, where 0 stands before none: `Infinity`. */
  endless(): number {
    const there = this.byte();
    if (there === 0) return Number.POSITIVE_INFINITY;
    if (there !== 1) throw new Refusal("option");
    const time = this.varint();
    if (this.#isLargest) throw new Refusal("number");
    return time;
  }

  /** As many bytes as the number before them says. */
  counted(): Uint8Array {
    return this.slice(this.varint());
  }

  /** So many bytes, which are not copied. */
  slice(length: number): Uint8Array {
    if (length > this.remaining) throw new Refusal("short");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}
