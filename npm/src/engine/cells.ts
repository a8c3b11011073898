//! Finding a slot by its key: the index in wasm memory, read in place.

import { Arguments, isSameList } from "../arguments.js";
import { Pair } from "../key.js";
import type { Engine } from "./engine.js";
import * as at from "./layout.js";

/** Keys and values, and the index over their slots. */
export abstract class Cells {
  /** The key of a slot at twice its number, its value behind it: one place in memory for both. */
  readonly entries: unknown[];
  readonly #engine: Engine;
  #cells = 0;
  #shift = 0;
  #mask = 0;
  #slotBits = 0;

  constructor(engine: Engine) {
    this.#engine = engine;
    // An array that has held something general never becomes an array of numbers: one kind of array
    // for all caches keeps every access to it monomorphic.
    this.entries = [undefined];
    this.entries.pop();
  }

  /** The slot of a text, or -1. */
  findText(text: string, hash: number): number {
    const { entries } = this;
    const { memory } = this.#engine;
    const cells = this.#cells;
    const mask = this.#mask;
    const slotBits = this.#slotBits;
    let place = hash >>> this.#shift;
    let want = at.STEP | ((hash << (slotBits + 5)) >>> 5);
    for (;;) {
      const cell = memory[cells + place] as number;
      if ((cell ^ want) >>> slotBits === 0) {
        const slot = cell & mask;
        if (entries[slot << 1] === text) return slot;
      }
      if (cell >>> at.DISTANCE < want >>> at.DISTANCE) return -1;
      place = (place + 1) & mask;
      if (want >>> at.DISTANCE < at.FARTHEST) want = (want + at.STEP) | 0;
    }
  }

  /** The slot of a number, or -1. The search of a text again, so that each compares values of one type. */
  findNumber(number: number, hash: number): number {
    const { entries } = this;
    const { memory } = this.#engine;
    const cells = this.#cells;
    const mask = this.#mask;
    const slotBits = this.#slotBits;
    let place = hash >>> this.#shift;
    let want = at.STEP | ((hash << (slotBits + 5)) >>> 5);
    for (;;) {
      const cell = memory[cells + place] as number;
      if ((cell ^ want) >>> slotBits === 0) {
        const slot = cell & mask;
        if (entries[slot << 1] === number) return slot;
      }
      if (cell >>> at.DISTANCE < want >>> at.DISTANCE) return -1;
      place = (place + 1) & mask;
      if (want >>> at.DISTANCE < at.FARTHEST) want = (want + at.STEP) | 0;
    }
  }

  /** The slot of a pair, or -1, without making the pair. */
  findPair(first: unknown, second: unknown, hash: number): number {
    const { entries } = this;
    const { memory } = this.#engine;
    const cells = this.#cells;
    const mask = this.#mask;
    const slotBits = this.#slotBits;
    let place = hash >>> this.#shift;
    let want = at.STEP | ((hash << (slotBits + 5)) >>> 5);
    for (;;) {
      const cell = memory[cells + place] as number;
      if ((cell ^ want) >>> slotBits === 0) {
        const slot = cell & mask;
        const key = entries[slot << 1];
        if (key instanceof Pair && key.first === first && key.second === second) return slot;
      }
      if (cell >>> at.DISTANCE < want >>> at.DISTANCE) return -1;
      place = (place + 1) & mask;
      if (want >>> at.DISTANCE < at.FARTHEST) want = (want + at.STEP) | 0;
    }
  }

  /** The slot of a list of arguments that was hashed just now, or -1. */
  findArguments(args: ArrayLike<unknown>, hash: number): number {
    const { entries } = this;
    const { memory } = this.#engine;
    const cells = this.#cells;
    const mask = this.#mask;
    const slotBits = this.#slotBits;
    let place = hash >>> this.#shift;
    let want = at.STEP | ((hash << (slotBits + 5)) >>> 5);
    for (;;) {
      const cell = memory[cells + place] as number;
      if ((cell ^ want) >>> slotBits === 0) {
        const slot = cell & mask;
        const key = entries[slot << 1];
        if (key instanceof Arguments && isSameList(key.list, args)) return slot;
      }
      if (cell >>> at.DISTANCE < want >>> at.DISTANCE) return -1;
      place = (place + 1) & mask;
      if (want >>> at.DISTANCE < at.FARTHEST) want = (want + at.STEP) | 0;
    }
  }

  /** Learns from the header where the index is now. */
  protected measureIndex(header: Int32Array): void {
    this.#cells = (header[at.CELLS] as number) >>> 2;
    this.#shift = header[at.SHIFT] as number;
    this.#mask = header[at.MASK] as number;
    this.#slotBits = header[at.SLOT_BITS] as number;
  }
}
