//! What waits while the storage is down: removals, and of each name the last write; bounded, and no removal is lost.

import type { Invalidation } from "../bus.js";
import type { Parts } from "./parts.js";
import type { Write } from "./queue.js";

/** A removal by pattern that waits. */
export interface Sweep {
  readonly matches: (text: string) => boolean;
  readonly act: () => Promise<unknown>;
}

/** What one cache could not bring to its storage yet. Removals among it come first, because writes are newer. */
export class Outbox {
  /** By what they say, so that the same one waits once. */
  readonly sweeps = new Map<string, Sweep>();
  /** What others are told when nothing waits any more. */
  readonly said: Invalidation[] = [];
  readonly #parts: Parts;
  readonly #lost: (text: string, error: unknown) => void;

  constructor(parts: Parts, lost: (text: string, error: unknown) => void) {
    this.#parts = parts;
    this.#lost = lost;
  }

  /** How many removals and writes wait. */
  get size(): number {
    return this.#parts.queue.held.size + this.#removals;
  }

  get isWaiting(): boolean {
    return this.size > 0;
  }

  /** What waits, in words. */
  text(): string {
    const parts = [[this.#parts.queue.held.size, "entry", "entries"], [this.#removals, "invalidation", "invalidations"]] as const;
    const some = parts.filter(([count]) => count > 0).map(([count, one, many]) => `${count} ${count > 1 ? many : one}`);
    return `${some.join(" and ")} wait${this.size > 1 ? "" : "s"}`;
  }

  /** Lets a write wait. */
  hold(name: string, write: Write): void {
    write.weight ??= this.#weigh(name, write);
    this.#parts.queue.hold(name, write);
  }

  /** Lets a removal by pattern wait: until it has happened, reads find nothing that it takes. */
  sweep(sweep: Sweep, what: Invalidation): void {
    const key = JSON.stringify(what);
    if (this.sweeps.has(key)) this.unsweep(this.sweeps.get(key) as Sweep);
    else this.said.push(what);
    this.sweeps.set(key, sweep);
  }

  /** A removal by pattern has happened. */
  unsweep(sweep: Sweep): void {
    for (const [key, own] of this.sweeps) if (own === sweep) this.sweeps.delete(key);
    this.#parts.looks.sweeps.delete(sweep.matches);
  }

  /** Lets tokens be replaced later: until then what they protect is not there. Throws `error` if there are too many. */
  replace(names: readonly string[], what: Invalidation, error: unknown): void {
    const { outside, settings } = this.#parts;
    const all = new Set([...outside.replaced, ...names]);
    if (all.size > settings.maxPending) {
      this.clear(); // what others share with this cache they have to be told some other time
      throw error;
    }
    if (all.size > outside.replaced.size) this.said.push(what);
    outside.replaced = all;
  }

  /** Lets everything of the namespace be removed instead of what waits to be; values that were set since stay. */
  clear(): void {
    const { outside, queue } = this.#parts;
    outside.replaced = new Set([...outside.replaced, ...outside.space.tokens([])]);
    for (const sweep of this.sweeps.values()) this.unsweep(sweep);
    for (const [name, write] of queue.held) if (write.row === undefined || !write.isTold) queue.release(name, write);
    for (const write of queue.latest.values()) if (write.isTold) write.tokens = undefined; // those it has are to be replaced
    const tags = this.said.filter(({ kind }) => kind === "tags");
    this.said.splice(0, this.said.length, ...tags, { kind: "everything" });
  }

  /**
   * Lets go of what is too much: first of what was only loaded, then of the single removals for the removal of
   * everything, and then of the oldest values, which are told as lost.
   */
  bound(error: unknown): void {
    const { queue, settings, outside } = this.#parts;
    let weight = 0;
    for (const write of queue.held.values()) weight += write.weight ?? 0;
    const { maxPending, memory } = settings;
    const isOver = (): boolean => this.size > maxPending || weight > memory.maxWeight;
    const drop = (goes: (write: Write) => boolean): void => {
      for (const [name, write] of queue.held) {
        if (!isOver()) return;
        if (write.row === undefined || !goes(write)) continue;
        weight -= write.weight ?? 0;
        queue.release(name, write);
        if (!write.isTold) continue;
        outside.counters.dropped++;
        this.#lost(outside.space.text(name), error);
        // What is there is older.
        if (!outside.replaced.has(outside.space.tokens([])[0] as string)) queue.hold(name, { isTold: true });
      }
    };
    drop((write) => !write.isTold);
    if (this.size > maxPending) this.clear();
    drop(() => true);
  }

  get #removals(): number {
    return this.#parts.outside.replaced.size + this.sweeps.size;
  }

  #weigh(name: string, { row }: Write): number {
    const { store, outside } = this.#parts;
    try {
      return row === undefined ? 0 : store.weigh(outside.space.text(name), row.value);
    } catch {
      return 0; // memory has told of it
    }
  }
}
