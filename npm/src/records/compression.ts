//! Reads blocks of LZ4 (https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md), which Rust may write.

import { Refusal } from "./why.js";

/** The bytes that a block stands for, which must be so many. */
export function decompress(block: Uint8Array, length: number): Uint8Array {
  const out = allocate(length, block.length * LARGEST_RATIO);
  let at = 0;
  let written = 0;
  const byte = (): number => {
    if (at === block.length) throw new Refusal("block");
    return block[at++] as number;
  };
  const more = (length: number): number => {
    if (length < 15) return length;
    let next: number;
    do length += next = byte();
    while (next === 255);
    return length;
  };
  for (;;) {
    const token = byte();
    const literals = more(token >> 4);
    if (literals > block.length - at || literals > length - written) throw new Refusal("block");
    out.set(block.subarray(at, (at += literals)), written);
    written += literals;
    // The last sequence is the only one without a copy.
    if (at === block.length) break;
    const distance = byte() | (byte() << 8);
    const copied = more(token & 15) + 4;
    if (distance === 0 || distance > written || copied > length - written) throw new Refusal("block");
    // What is copied may overlap what is being written.
    for (const end = written + copied; written < end; written++) out[written] = out[written - distance] as number;
  }
  if (written !== length) throw new Refusal("length");
  return out;
}

function allocate(length: number, most: number): Uint8Array {
  if (length > most) throw new Refusal("length");
  try {
    return new Uint8Array(length);
  } catch {
    throw new Refusal("length"); // more than this machine has
  }
}

/** No block says more bytes with one. */
const LARGEST_RATIO = 255;
