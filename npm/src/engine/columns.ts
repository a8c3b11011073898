//! Entries counted and judged in place: the columns of one cache in wasm memory, and its header.

import type { Now } from "../time.js";
import { Cells } from "./cells.js";
import { type Bounds, type Engine, type EngineExports, high } from "./engine.js";
import * as at from "./layout.js";

/** For how long a stale entry may still be used, in milliseconds. */
export interface Stale {
  /** While another value is fetched. */
  readonly revalidates: number;
  /** When its fetcher fails. */
  readonly bridges: number;
}

/**
 * What may be known and counted without a call.
 *
 * Columns move inside the memory, but only by a call for their own cache; the layout number tells. So
 * after each such call, and nowhere else, the places are measured anew if need be.
 */
export abstract class Columns extends Cells {
  /** For {@link inspection}, as is the handle. */
  readonly exports: EngineExports;
  handle: number;
  readonly #engine: Engine;
  #header = 0;
  #layout = 0;
  #states = 0;
  #hashes = 0;
  #deadlines = 0;
  #stamps = 0;
  #stale = 0;
  #idle = 0;
  #ring = 0;
  #ringCapacity = 0;
  #hitsMax = 0;
  #samples = 0;
  /** Whether hits of one entry in a row are more than one hit. */
  readonly #countsRepeats: boolean;

  constructor(engine: Engine, bounds: Bounds) {
    super(engine);
    this.#countsRepeats = bounds.policy !== "lru";
    this.#engine = engine;
    this.exports = engine.exports;
    this.handle = engine.create(this, bounds);
    this.#open();
  }

  /** How many entries there are, the dead ones that were not reclaimed yet included. */
  get count(): number {
    return this.#word(at.LEN) >>> 0;
  }

  /** When {@link advance} next has something to do. */
  get due(): number {
    return this.#number(at.DUE);
  }

  /** How many bytes the engine has allocated for this cache, about, and what all entries weigh. */
  measure(): { readonly bytes: number; readonly weight: number } {
    const bytes = this.exports.memory_usage(this.handle) >>> 0;
    return { bytes, weight: this.#number(at.WEIGHT) };
  }

  /** Counts a use of an entry that was just found, if it is fresh; whether it is. */
  hit(slot: number, time: Now): boolean {
    const { memory } = this.#engine;
    const place = this.#states + slot;
    const state = memory[place] as number;
    if ((state & at.GUARDED) !== 0 && !this.#stays(slot, state, time)) return false;
    if ((state & at.HITS) < this.#hitsMax) memory[place] = state + 1;
    if ((state & at.RECORDED) !== 0) this.#record(slot);
    return true;
  }

  /** Whether an entry that was just found is fresh; counts nothing. */
  isFresh(slot: number, time: Now): boolean {
    const state = this.#engine.memory[this.#states + slot] as number;
    return (state & at.GUARDED) === 0 || this.#survives(slot, state, time);
  }

  /** Whether an entry may be returned to nobody. */
  isDead(slot: number, time: Now): boolean {
    return !this.isFresh(slot, time) && this.stale(slot, time.read()) === undefined;
  }

  /** For how long an entry may still be used, if it is stale. */
  stale(slot: number, now: number): Stale | undefined {
    const state = this.#engine.memory[this.#states + slot] as number;
    if ((state & at.CAN_BE_STALE) === 0) return undefined;
    if (this.exports.state(this.handle, slot, now | 0, high(now)) !== IS_STALE) return undefined;
    return { revalidates: this.#number(at.REVALIDATES), bridges: this.#number(at.BRIDGES) };
  }

  /** The slots of all entries, in their order, the dead ones that were not reclaimed yet included. */
  used(): number[] {
    const all = this.#word(at.SLOTS);
    const slots: number[] = [];
    for (let slot = 0; slot < all; slot++) {
      const state = this.#engine.memory[this.#states + slot] as number;
      if ((state & at.USED) !== 0) slots.push(slot);
    }
    return slots;
  }

  /**
   * What the next entry brings beside its deadline, and all that follow until this is said anew; 0 for
   * `idle` means that it may idle for ever.
   */
  bring(idle: number, revalidates: number, bridges: number, weight: number): void {
    this.#engine.memory[this.#header + at.BRINGS] = 1;
    this.#write(at.IDLES, idle);
    this.#write(at.REVALIDATES, revalidates);
    this.#write(at.BRIDGES, bridges);
    this.#write(at.WEIGHS, weight);
  }

  /** Gives all memory back; nothing is found from now on, and nothing may be inserted. */
  dispose(): void {
    this.entries.length = 0;
    this.handle = this.#engine.dispose(this, this.handle);
    this.#open();
  }

  /** The stamp of what is tagged now. */
  protected get tagEpoch(): number {
    return this.#word(at.TAG_EPOCH);
  }

  /** Where in the memory the list of what left begins. */
  protected get removed(): number {
    return this.#word(at.REMOVED) >>> 2;
  }

  /** How long that list is. */
  protected get removedLength(): number {
    return this.#word(at.REMOVED_LEN);
  }

  /** Whether a guarded entry may be used, which is then done. */
  #stays(slot: number, state: number, time: Now): boolean {
    if ((state & at.GUARDED) === at.TIMED) {
      const { memory } = this.#engine;
      const place = this.#deadlines + (slot << 2);
      return time.isBefore(memory[place] as number, memory[place + 1] as number);
    }
    if (!this.#survives(slot, state, time)) return false;
    if ((state & at.CAN_IDLE) !== 0) this.#stay(slot, time.read());
    return true;
  }

  #survives(slot: number, state: number, time: Now): boolean {
    const { memory } = this.#engine;
    if ((state & at.TAGGED) !== 0 && memory[this.#stamps + (slot << 1)] !== memory[this.#header + at.TAG_EPOCH]) {
      if (this.exports.tags_valid(this.handle, slot) === 0) return false;
    }
    if ((state & at.AGEING) !== 0) return this.#ages(slot, state, time);
    if ((state & at.TIMED) === 0) return true;
    const place = this.#deadlines + (slot << 2);
    return time.isBefore(memory[place] as number, memory[place + 1] as number);
  }

  /** Of an entry that may be stale or idle, whether it is neither: its timer stands at another time. */
  #ages(slot: number, state: number, time: Now): boolean {
    const row = slot * at.AGEING_WORDS;
    if ((state & at.CAN_IDLE) !== 0 && !this.#isAhead(this.#idle + row, time)) return false;
    const fresh = (state & at.CAN_BE_STALE) !== 0 ? this.#stale : this.#idle + at.IDLE_DEADLINE;
    return this.#isAhead(fresh + row, time);
  }

  #isAhead(place: number, time: Now): boolean {
    const { memory } = this.#engine;
    return time.isBefore(memory[place] as number, memory[place + 1] as number);
  }

  /** Moves the time to idle forward. */
  #stay(slot: number, now: number): void {
    const { memory } = this.#engine;
    const row = this.#idle + slot * at.AGEING_WORDS;
    const until = now + join(memory[row + at.IDLE_FOR] as number, memory[row + at.IDLE_FOR + 1] as number);
    memory[row] = until | 0;
    memory[row + 1] = high(until);
  }

  /**
   * Puts a hit of a recorded entry into the ring: for policies that count hits as well, which record some
   * entries, the hash, as long as there is room; for others, which record all, the slot, in order, and the
   * engine takes them when the ring is full.
   */
  #record(slot: number): void {
    const { memory } = this.#engine;
    const ring = this.#ring;
    let recorded = memory[ring] as number;
    let hit = slot;
    if (this.#hitsMax !== 0) {
      if (this.#samples === 0 || recorded === this.#ringCapacity) return;
      hit = memory[this.#hashes + slot * at.NODE] as number;
    } else if (recorded === this.#ringCapacity) {
      this.exports.drain(this.handle);
      recorded = 0;
    } else if (recorded > 0 && memory[ring + recorded] === slot && !this.#countsRepeats) {
      return;
    }
    memory[ring + recorded + 1] = hit;
    memory[ring] = recorded + 1;
  }

  #word(position: number): number {
    return this.#engine.memory[this.#header + position] as number;
  }

  #number(position: number): number {
    return join(this.#word(position), this.#word(position + 1));
  }

  #write(position: number, number: number): void {
    const { memory } = this.#engine;
    const place = this.#header + position;
    const isEndless = number === Number.POSITIVE_INFINITY;
    memory[place] = isEndless ? -1 : number | 0;
    memory[place + 1] = isEndless ? -1 : high(number);
  }

  #open(): void {
    this.#header = (this.exports.header(this.handle) >>> 0) / 4;
    this.#measure(this.#engine.memory);
  }

  /** The memory after a change, with the places in it measured anew if anything moved. */
  protected look(): Int32Array {
    const memory = this.#engine.look();
    if (memory[this.#header + at.LAYOUT] !== this.#layout) this.#measure(memory);
    return memory;
  }

  #measure(memory: Int32Array): void {
    const header = memory.subarray(this.#header, this.#header + at.STATES + 1);
    const column = (position: number): number => (header[position] as number) >>> 2;
    this.measureIndex(header);
    this.#layout = header[at.LAYOUT] as number;
    this.#states = column(at.STATES);
    this.#hashes = column(at.NODES) + at.HASH;
    this.#deadlines = column(at.DEADLINES);
    this.#stamps = column(at.TAGS);
    this.#stale = column(at.STALE);
    this.#idle = column(at.IDLE);
    this.#ring = column(at.RING);
    this.#ringCapacity = header[at.RING_CAPACITY] as number;
    this.#samples = header[at.SAMPLES] as number;
    this.#hitsMax = header[at.HITS_MAX] as number;
  }
}

function join(low: number, high: number): number {
  return (high >>> 0) * 0x1_0000_0000 + (low >>> 0);
}

/** What the engine calls a stale entry. */
const IS_STALE = 2;
