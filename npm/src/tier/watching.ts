//! How users look at an asynchronous cache, make its writes last, and end it.

import type { AsyncStats } from "../async-watching.js";
import type { EventKind, Listener } from "../events.js";
import type { Patterns } from "../glob.js";
import { RemovableTiers } from "./removing.js";

/** What may be seen of an asynchronous cache. */
export class WatchedTiers<V> extends RemovableTiers<V> {
  async keys(patterns?: Patterns): Promise<string[]> {
    await this.enter("keys");
    return this.tiers.memory.keys(patterns) as string[];
  }

  async entries(patterns?: Patterns, limit?: number): Promise<[string, V][]> {
    await this.enter("entries");
    return this.tiers.memory.entries(patterns, limit) as [string, V][];
  }

  async size(): Promise<number> {
    await this.enter("size");
    return this.tiers.memory.size;
  }

  stats(): AsyncStats {
    const { memory, outside, queue } = this.tiers;
    return { ...memory.stats(), ...outside.counters, pending: queue.size };
  }

  resetStats(): void {
    this.tiers.memory.resetStats();
    this.tiers.outside.resetCounters();
  }

  on(event: EventKind, listener: Listener): void {
    this.tiers.memory.on(event, listener);
  }

  off(event: EventKind, listener: Listener): void {
    this.tiers.memory.off(event, listener);
  }

  async flush(): Promise<void> {
    await this.enter("flush");
    await this.#settle();
  }

  async close(): Promise<void> {
    const { memory, outside, store } = this.tiers;
    if (store.isClosed) return;
    await this.booting;
    memory.close();
    const end = this.#settle();
    await end.catch(() => {});
    await outside.ask("close", (storage) => storage.close());
    await end;
  }

  /** Waits for all writes; rejects with the first failure since the last time. */
  async #settle(): Promise<void> {
    await this.tiers.queue.settled();
    const { failure } = this.tiers;
    this.tiers.failure = undefined;
    if (failure !== undefined) throw failure;
  }
}
