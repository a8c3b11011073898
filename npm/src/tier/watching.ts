//! How users look at an asynchronous cache, make its writes last, and end it.

import type { AsyncStats, HydrateOptions } from "../async-watching.js";
import { type EventKind, KINDS, type Listener } from "../events.js";
import type { Patterns } from "../glob.js";
import { checkListener, checkNames } from "../checks.js";
import type { Snapshot } from "../snapshot.js";
import type { Store } from "../store.js";
import { HearingTiers } from "./hearing.js";
import { checkTier } from "./options.js";
import { arrivals, checkSnapshot, lifeOf, snapshotOf } from "./snapshot.js";
import { SKEW } from "./standing.js";

/** What may be seen of an asynchronous cache. */
export class WatchedTiers<V> extends HearingTiers<V> {
  /** For the devtools: what memory holds. */
  get "~store"(): Store {
    return this.tiers.store;
  }

  keys(patterns?: Patterns): Promise<string[]> {
    return this.when("keys", async () => {
      return this.tiers.memory.keys(patterns) as string[];
    });
  }

  entries(patterns?: Patterns, limit?: number): Promise<[string, V][]> {
    return this.when("entries", async () => {
      return this.tiers.memory.entries(patterns, limit) as [string, V][];
    });
  }

  size(): Promise<number> {
    return this.when("size", async () => {
      return this.tiers.memory.size;
    });
  }

  stats(): AsyncStats {
    const { memory, outside, queue, delivery } = this.tiers;
    const { state, outbox } = delivery;
    return { ...memory.stats(), ...outside.counters, pending: queue.size + outbox.size - queue.held.size, state };
  }

  resetStats(): void {
    this.tiers.memory.resetStats();
    this.tiers.outside.resetCounters();
  }

  on(event: EventKind, listener: Listener): void {
    checkListener(event, [...KINDS, "state"], listener);
    const { memory, store } = this.tiers;
    if (event !== "state") return memory.on(event, listener);
    store.checkOpen("on");
    store.events.on(event, listener);
  }

  off(event: EventKind, listener: Listener): void {
    this.tiers.memory.off(event, listener);
  }

  dehydrate(): Promise<Snapshot> {
    return this.when("dehydrate", async () => {
      return snapshotOf(this.tiers.memory, this.tiers.outside.wallMs());
    });
  }

  hydrate(snapshot: Snapshot, options: HydrateOptions = {}): Promise<number> {
    return this.when("hydrate", async () => {
      checkNames(options, ["tier"], "hydrate");
      const { tier = "memory" } = options;
      checkTier(tier, "hydrate");
      const { store, outside, queue, looks } = this.tiers;
      checkSnapshot(snapshot);
      const age = outside.wallMs() - snapshot.made;
      if (age < -SKEW) {
        outside.counters.skewed++;
        return 0;
      }
      let taken = 0;
      for (const { key, value, tags, left, idleFor } of arrivals(snapshot, Math.max(0, age))) {
        const name = outside.space.name(key, "hydrate");
        if (store.find(key) >= 0 || queue.latest.has(name)) continue; // is newer
        if (tier !== "storage") looks.promote(key, { value, idleFor }, left, tags);
        if (tier !== "memory") this.tiers.keep(key, name, value, lifeOf(left, idleFor), tags, outside.start("hydrate", tags), false);
        taken++;
      }
      store.deliver();
      return taken;
    });
  }

  flush(): Promise<void> {
    return this.when("flush", async () => {
      await this.tiers.delivery.settle("flush");
    });
  }

  async close(): Promise<void> {
    const { memory, outside, store, delivery } = this.tiers;
    if (store.isClosed) return;
    this.stop();
    memory.close();
    const end = delivery.settle("close");
    await end.catch(() => {});
    delivery.stop();
    await outside.ask("close", (storage) => storage.close());
    await end;
  }
}
