//! What is to happen in the storage, in the order in which it happened in memory.

import type { RowTag, Token } from "../storage.js";
import type { Draft } from "./standing.js";

/** The tokens that protect a value. */
export interface Tokens {
  readonly namespace: Token;
  readonly tags: readonly RowTag[];
}

/** What a name is to hold. */
export interface Write {
  /** Nothing, for a name that is to be forgotten. */
  readonly row?: Draft | undefined;
  readonly tags?: readonly string[];
  /** On their way; without them the row cannot be written. */
  tokens?: Promise<Tokens> | Tokens | undefined;
  /** Whether other caches are told; what is loaded is not. */
  isTold?: boolean;
  /** What is there becomes stale instead of being forgotten. */
  readonly isExpiring?: boolean;
  /** What others have written is newer: it does not happen. */
  isVoid?: boolean;
  /** Something may have made it invalid, which its tokens know: reads find nothing. */
  isHidden?: boolean;
  /** What it weighs, for one that waits because the storage is down. */
  weight?: number;
}

/** Writes by name: the last one wins. */
export type Batch = ReadonlyMap<string, Write>;

/**
 * Writes gather while the one batch before them is under way; a step, such as a removal, comes after all that
 * was written before it, and before all that is written afterwards.
 */
export class Queue {
  /** What every name that is concerned will hold: reads look here first. */
  readonly latest = new Map<string, Write>();
  /** What the storage could not take, the oldest first: it waits until somebody tries again. */
  readonly held = new Map<string, Write>();
  readonly #drain: (batch: Batch) => Promise<void>;
  readonly #most: number;
  readonly #goesOn: (work: Promise<unknown>) => void;
  #gathering: Map<string, Write> | undefined;
  #draining: Batch | undefined;
  #tail: Promise<unknown> = Promise.resolve();
  #size = 0;
  #waiting: (() => void)[] = [];
  /** What protects the values that gather, by their tags. */
  readonly #protections = new Map<string, Promise<Tokens>>();

  constructor(drain: (batch: Batch) => Promise<void>, most: number, goesOn: (work: Promise<unknown>) => void) {
    this.#drain = drain;
    this.#most = most;
    this.#goesOn = goesOn;
  }

  /** How many writes the storage has not taken yet. */
  get size(): number {
    return this.#size + this.held.size;
  }

  /** Lets a write wait, unless a newer one of its name is on its way. */
  hold(name: string, write: Write): void {
    const newer = this.latest.get(name);
    const before = this.held.get(name);
    if (newer !== undefined && newer !== write && newer !== before) {
      newer.isTold ||= write.isTold ?? false;
      return;
    }
    write.isTold ||= before?.isTold ?? false;
    this.held.delete(name);
    this.held.set(name, write);
    this.latest.set(name, write);
  }

  /** A write does not wait any more. */
  release(name: string, write: Write): void {
    if (this.held.get(name) === write) this.held.delete(name);
    if (this.latest.get(name) === write) this.latest.delete(name);
  }

  /** Whether a write of this name has to wait. */
  isFull(name: string): boolean {
    return this.#size >= this.#most && !this.#gathering?.has(name);
  }

  /** Fulfilled when there may be room again. */
  room(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  write(name: string, write: Write): void {
    let batch = this.#gathering;
    if (batch === undefined) {
      const own = new Map<string, Write>();
      batch = own;
      this.#append(() => this.#run(own), [], {});
      this.#gathering = own;
    }
    const isTold = batch.get(name)?.isTold || write.isTold || false;
    const own = { ...write, isTold };
    if (!batch.delete(name)) this.#size++;
    batch.set(name, own);
    this.latest.set(name, own);
  }

  /** Others have written under a name: what was loaded here before that is older. */
  yield(name: string): void {
    const write = this.latest.get(name);
    if (write?.row === undefined || write.isTold) return;
    if (this.#draining?.get(name) === write) return this.write(name, { isTold: true });
    write.isVoid = true;
    this.release(name, write);
  }

  /** Lets no read find what waits to be written, as far as `hides` says. */
  hide(hides: (write: Write) => boolean): void {
    for (const write of this.latest.values()) write.isHidden ||= hides(write);
  }

  /** Puts other writes in the place of those that `revise` says something of. */
  revise(revise: (write: Write, name: string) => Write | undefined): void {
    for (const [name, write] of [...this.latest]) {
      const other = write.row && revise(write, name);
      if (other !== undefined) this.write(name, other);
    }
  }

  /**
   * What protects a value with these tags that is written next: tokens that the batch has asked for already
   * are older than the value, and so protect it from more.
   */
  protection(tags: readonly string[], start: () => Promise<Tokens>): Promise<Tokens> {
    const key = JSON.stringify(tags);
    let tokens = this.#protections.get(key);
    if (tokens === undefined) this.#protections.set(key, (tokens = start()));
    return tokens;
  }

  /** Runs something after all that came before. Until then, and as it runs, the names hold nothing. */
  step<T>(act: () => Promise<T> | T, names: readonly string[] = [], gone: Write = {}): Promise<T> {
    this.#leave();
    return this.#append(act, names, gone);
  }

  /** Fulfilled when all that came before is through. */
  settled(): Promise<unknown> {
    return this.#tail;
  }

  /** Writes what is held once more, as `drain` does it. */
  async again(drain: (batch: Batch) => Promise<void>): Promise<void> {
    const batch = new Map(this.held);
    const before = this.#draining;
    this.#size += batch.size;
    this.held.clear();
    this.#draining = batch;
    try {
      await drain(batch);
    } finally {
      this.#draining = before;
      this.#size -= batch.size;
      this.#forget(batch.keys(), (name) => batch.get(name));
    }
  }

  async #run(batch: Map<string, Write>): Promise<void> {
    if (this.#gathering === batch) this.#leave();
    this.#draining = batch;
    try {
      await this.#drain(batch);
    } finally {
      this.#draining = undefined;
      this.#size -= batch.size;
      this.#forget(batch.keys(), (name) => batch.get(name));
      for (const resolve of this.#waiting.splice(0)) resolve();
    }
  }

  #append<T>(act: () => Promise<T> | T, names: readonly string[], gone: Write): Promise<T> {
    for (const name of names) this.latest.set(name, gone);
    const end = this.#tail.then(act).finally(() => this.#forget(names, () => gone));
    this.#tail = end.catch(() => {});
    this.#goesOn(this.#tail);
    return end;
  }

  /** Nothing is added any more to what has gathered. */
  #leave(): void {
    this.#gathering = undefined;
    this.#protections.clear();
  }

  #forget(names: Iterable<string>, own: (name: string) => Write | undefined): void {
    for (const name of names) {
      const write = own(name) as Write;
      if (this.held.get(name) !== write) this.release(name, write);
    }
  }
}
