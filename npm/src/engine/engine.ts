//! The engine's module: its exports, and the caches opened with it.

import { CachefnError } from "../errors.js";
import { POLICIES, type Policy } from "./codes.js";

/** What the engine's module exports. Integers have 32 bits; a time is two of them, in milliseconds. */
export interface EngineExports {
  readonly memory: WebAssembly.Memory;
  create(maxEntries: number, policy: number): number;
  dispose(handle: number): void;
  header(handle: number): number;
  insert(handle: number, hash: number, nowLow: number, nowHigh: number, dueLow: number, dueHigh: number): number;
  renew(handle: number, slot: number, dueLow: number, dueHigh: number): number;
  remove(handle: number, slot: number, nowLow: number, nowHigh: number, cause: number): void;
  advance(handle: number, nowLow: number, nowHigh: number, budget: number): number;
  sweep(handle: number, nowLow: number, nowHigh: number): number;
  clear(handle: number, nowLow: number, nowHigh: number): void;
  drain(handle: number): void;
  tag_create(handle: number): number;
  tag_attach(handle: number, slot: number, tag: number, stamp: number): number;
  tag_invalidate(handle: number, tag: number): void;
  tags_valid(handle: number, slot: number): number;
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

  constructor(exports: EngineExports) {
    this.exports = exports;
    this.memory = new Int32Array(exports.memory.buffer);
    if (typeof FinalizationRegistry === "function") {
      this.#dropped = new FinalizationRegistry((handle) => exports.dispose(handle));
    }
  }

  /** The handle of a new cache, freed when `owner` is collected. */
  create(owner: object, maxEntries: number, policy: Policy): number {
    const handle = this.exports.create(maxEntries, POLICIES.indexOf(policy)) >>> 0;
    this.look();
    if (handle === 0) throw refused("create cache");
    this.#dropped?.register(owner, handle);
    return handle;
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
