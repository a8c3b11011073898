//! One cache's part of the engine: found and counted by reading its memory, changed by calls.

import { Pair } from "../key.js";
import type { Now } from "../time.js";
import type { Policy } from "./codes.js";
import type { Engine, EngineExports } from "./engine.js";
import * as at from "./layout.js";

/**
 * Slots with their keys and values.
 *
 * Columns move inside the memory, but only by a call for their own cache; the layout number tells. So
 * after each such call, and nowhere else, the places are measured anew if need be.
 */
export abstract class Slots {
  /** The key of a slot at twice its number, its value behind it: one place in memory for both. */
  readonly entries: unknown[];
  readonly #engine: Engine;
  readonly #exports: EngineExports;
  readonly #handle: number;
  readonly #header: number;
  #layout = 0;
  #cells = 0;
  #shift = 0;
  #mask = 0;
  #slotBits = 0;
  #states = 0;
  #deadlines = 0;
  #stamps = 0;
  #ring = 0;
  #ringCapacity = 0;
  #hitsMax = 0;
  #samplingMask = 0;
  /** Whether hits of one entry in a row are more than one hit. */
  readonly #countsRepeats: boolean;

  constructor(engine: Engine, maxEntries: number, policy: Policy) {
    // An array that has held something general never becomes an array of numbers: one kind of array
    // for all caches keeps every access to it monomorphic.
    this.entries = [undefined];
    this.entries.pop();
    this.#countsRepeats = policy !== "lru";
    this.#engine = engine;
    this.#exports = engine.exports;
    this.#handle = engine.create(this, maxEntries, policy);
    this.#header = (this.#exports.header(this.#handle) >>> 0) / 4;
    this.#measure(engine.memory);
  }

  /** An entry left, in order, before its slot is used again. */
  protected abstract slotLeft(slot: number, cause: number): void;
  /** No entry carries the tag any more; its number will be used again. */
  protected abstract tagLeft(tag: number): void;

  /** How many entries there are, the dead ones that were not reclaimed yet included. */
  get count(): number {
    return this.#header32(at.LEN);
  }

  /** When {@link advance} next has something to do. */
  get due(): number {
    return join(this.#header32(at.DUE_LOW), this.#header32(at.DUE_HIGH));
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

  /** Counts a use of an entry that was just found, if it is alive; whether it is. */
  hit(slot: number, time: Now): boolean {
    const { memory } = this.#engine;
    const place = this.#states + (slot << 2);
    const state = memory[place] as number;
    if ((state & at.GUARDED) !== 0 && !this.#survives(slot, state, time)) return false;
    if ((state & at.HITS) < this.#hitsMax) memory[place] = state + 1;
    if (this.#ringCapacity !== 0) this.#record(slot);
    return true;
  }

  /** Whether an entry that was just found is alive; counts nothing. */
  isAlive(slot: number, time: Now): boolean {
    const state = this.#engine.memory[this.#states + (slot << 2)] as number;
    return (state & at.GUARDED) === 0 || this.#survives(slot, state, time);
  }

  /** The slots of all living entries, in their order. */
  alive(time: Now): number[] {
    const used = this.#header32(at.SLOTS);
    const slots: number[] = [];
    for (let slot = 0; slot < used; slot++) {
      const state = this.#engine.memory[this.#states + (slot << 2)] as number;
      if ((state & at.USED) !== 0 && this.isAlive(slot, time)) slots.push(slot);
    }
    return slots;
  }

  /**
   * A slot for a new key, or -1 when memory is refused. It is often a victim's: {@link settle} must run
   * before it is filled.
   */
  insert(hash: number, now: number, due: number): number {
    const slot = this.#exports.insert(this.#handle, hash, now | 0, high(now), due | 0, high(due)) | 0;
    if (slot < 0) this.#look();
    return slot;
  }

  /** A new deadline for a living entry, which loses its tags and counts as used; false when memory is refused. */
  renew(slot: number, due: number): boolean {
    const refused = this.#exports.renew(this.#handle, slot, due | 0, high(due));
    this.settle();
    return refused === 0;
  }

  /** Removes an entry; if it was dead already, for the cause it died of. */
  remove(slot: number, now: number, cause: number): void {
    this.#exports.remove(this.#handle, slot, now | 0, high(now), cause);
    this.settle();
  }

  /** Reclaims expired entries in at most `budget` steps. */
  advance(now: number, budget: number): void {
    this.#exports.advance(this.#handle, now | 0, high(now), budget);
    this.settle();
  }

  /** Reclaims everything that is dead. */
  sweep(now: number): void {
    this.#exports.sweep(this.#handle, now | 0, high(now));
    this.settle();
  }

  /** Removes every entry. */
  clear(now: number): void {
    this.#exports.clear(this.#handle, now | 0, high(now));
    this.settle();
  }

  /** The number of a new tag, or -1 when memory is refused. */
  createTag(): number {
    const tag = this.#exports.tag_create(this.#handle) | 0;
    this.settle();
    return tag;
  }

  /** Gives an entry a tag, from now on; false when memory is refused. */
  attachTag(slot: number, tag: number): boolean {
    const refused = this.#exports.tag_attach(this.#handle, slot, tag, this.#header32(at.TAG_EPOCH));
    this.settle();
    return refused === 0;
  }

  /** Makes every entry that carries the tag unreachable. */
  invalidateTag(tag: number): void {
    this.#exports.tag_invalidate(this.#handle, tag);
    this.settle();
  }

  /** Tells what the latest change let go. */
  settle(): void {
    const memory = this.#look();
    const left = memory[this.#header + at.REMOVED_LEN] as number;
    if (left === 0) return;
    const list = (memory[this.#header + at.REMOVED] as number) >>> 2;
    for (let place = list; place < list + left; place++) {
      const item = memory[place] as number;
      if (item >>> at.CAUSE === at.TAG_LEFT) this.tagLeft(item & at.NUMBER);
      else this.slotLeft(item & at.NUMBER, item >>> at.CAUSE);
    }
  }

  #survives(slot: number, state: number, time: Now): boolean {
    const { memory } = this.#engine;
    if ((state & at.TAGGED) !== 0 && memory[this.#stamps + (slot << 1)] !== memory[this.#header + at.TAG_EPOCH]) {
      if (this.#exports.tags_valid(this.#handle, slot) === 0) return false;
    }
    if ((state & at.TIMED) === 0) return true;
    const place = this.#deadlines + (slot << 2);
    return time.isBefore(memory[place] as number, memory[place + 1] as number);
  }

  /**
   * Puts a hit into the ring: for policies that count hits as well, the hash of some, as long as there is
   * room; for others every slot, in order, and the engine takes them when the ring is full.
   */
  #record(slot: number): void {
    const { memory } = this.#engine;
    const ring = this.#ring;
    let recorded = memory[ring] as number;
    let hit = slot;
    if (this.#hitsMax !== 0) {
      hit = memory[this.#states + (slot << 2) + at.HASH - at.STATE] as number;
      if (((hit >>> 8) & this.#samplingMask) !== 0 || recorded === this.#ringCapacity) return;
    } else if (recorded === this.#ringCapacity) {
      this.#exports.drain(this.#handle);
      recorded = 0;
    } else if (recorded > 0 && memory[ring + recorded] === slot && !this.#countsRepeats) {
      return;
    }
    memory[ring + recorded + 1] = hit;
    memory[ring] = recorded + 1;
  }

  #header32(position: number): number {
    return (this.#engine.memory[this.#header + position] as number) >>> 0;
  }

  /** The memory after a change, with the places in it measured anew if anything moved. */
  #look(): Int32Array {
    const memory = this.#engine.look();
    if (memory[this.#header + at.LAYOUT] !== this.#layout) this.#measure(memory);
    return memory;
  }

  #measure(memory: Int32Array): void {
    const header = memory.subarray(this.#header, this.#header + at.SLOTS);
    const column = (position: number): number => (header[position] as number) >>> 2;
    this.#layout = header[at.LAYOUT] as number;
    this.#cells = column(at.CELLS);
    this.#shift = header[at.SHIFT] as number;
    this.#mask = header[at.MASK] as number;
    this.#slotBits = header[at.SLOT_BITS] as number;
    this.#states = column(at.NODES) + at.STATE;
    this.#deadlines = column(at.DEADLINES);
    this.#stamps = column(at.TAGS);
    this.#ring = column(at.RING);
    this.#ringCapacity = header[at.RING_CAPACITY] as number;
    this.#samplingMask = header[at.SAMPLING_MASK] as number;
    this.#hitsMax = header[at.HITS_MAX] as number;
  }
}

function join(low: number, high: number): number {
  return (high >>> 0) * 0x1_0000_0000 + (low >>> 0);
}

function high(time: number): number {
  return (time / 0x1_0000_0000) | 0;
}
