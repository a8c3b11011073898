//! The engine's module: its exports, and the caches opened with it.

import { CachefnError } from "../errors.js";
import { POLICIES, type Policy } from "./codes.js";

/** How much a cache may hold, and who leaves when it is full. */
export interface Bounds {
  /** 0 for any number. */
  readonly maxEntries: number;
  /** 0 where weights do not count. */
  readonly maxWeight: number;
  readonly policy: Policy;
}

/** What the engine's module exports. Integers have 32 bits; a time is two of them, in milliseconds. */
export interface EngineExports {
  readonly memory: WebAssembly.Memory;
  create(maxEntries: number, policy: number, weightLow: number, weightHigh: number): number;
  dispose(handle: number): void;
  header(handle: number): number;
  insert(handle: number, hash: number, nowLow: number, nowHigh: number, dueLow: number, dueHigh: number): number;
  renew(handle: number, slot: number, nowLow: number, nowHigh: number, dueLow: number, dueHigh: number): number;
  change(handle: number, slot: number, nowLow: number, nowHigh: number): void;
  remove(handle: number, slot: number, nowLow: number, nowHigh: number, cause: number): number;
  expire(handle: number, slot: number, nowLow: number, nowHigh: number): void;
  state(handle: number, slot: number, nowLow: number, nowHigh: number): number;
  advance(handle: number, nowLow: number, nowHigh: number, budget: number): void;
  sweep(handle: number, nowLow: number, nowHigh: number): void;
  clear(handle: number, nowLow: number, nowHigh: number): void;
  drain(handle: number): void;
  tag_create(handle: number): number;
  tag_attach(handle: number, slot: number, tag: number, stamp: number): number;
  tag_invalidate(handle: number, tag: number): void;
  tag_expire(handle: number, tag: number, nowLow: number, nowHigh: number): void;
  tags_valid(handle: number, slot: number): number;
  memory_usage(handle: number): number;
}

/**
 * One instance of the module; the caches made with it share its memory, and the one view of it.
 *
 * Growing the memory detaches the view, for all caches at once: whoever made a call that may have grown
 * it has to {@link look} before anybody reads.
 */
export class Engine {
  readonly exports: EngineExports;
  memory: Int32Array;
  /** Not every edge worker has one; there, caches that are dropped keep their share of the memory. */
  readonly #dropped: FinalizationRegistry<number> | undefined;
  #empty: number | undefined;

  constructor(exports: EngineExports) {
    this.exports = exports;
    this.memory = new Int32Array(exports.memory.buffer);
    if (typeof FinalizationRegistry === "function") {
      this.#dropped = new FinalizationRegistry((handle) => exports.dispose(handle));
    }
  }

  /** The handle of a new cache, freed when `owner` is collected. */
  create(owner: object, { maxEntries, maxWeight, policy }: Bounds): number {
    const code = POLICIES.indexOf(policy);
    const handle = this.exports.create(maxEntries, code, maxWeight | 0, high(maxWeight)) >>> 0;
    this.look();
    if (handle === 0) throw refused("create cache");
    this.#dropped?.register(owner, handle, owner);
    return handle;
  }

  /** Frees a cache whose `owner` lives on; the handle in place of it is that of an empty cache for ever. */
  dispose(owner: object, handle: number): number {
    this.#empty ??= this.create(this, { maxEntries: 1, maxWeight: 0, policy: "fifo" });
    this.#dropped?.unregister(owner);
    this.exports.dispose(handle);
    return this.#empty;
  }

  /** The view of the memory, anew if it has grown. */
  look(): Int32Array {
    if (this.memory.length === 0) this.memory = new Int32Array(this.exports.memory.buffer);
    return this.memory;
  }
}

/** The engine got no more memory: less may be asked for later. */
export function refused(operation: string): CachefnError {
  return new CachefnError("unavailable", operation, "memory was refused; nothing was stored");
}

/** The upper half of a number of 64 bits. */
export function high(number: number): number {
  return (number / 0x1_0000_0000) | 0;
}
