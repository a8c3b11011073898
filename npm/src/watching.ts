//! How users look at a cache: its entries, its counters, its events.

import { checkListener } from "./checks.js";
import type { Engine } from "./engine/engine.js";
import { misconfigured } from "./errors.js";
import { type EventKind, KINDS, type Listener } from "./events.js";
import { matcher, type Patterns } from "./glob.js";
import type { Key } from "./key.js";
import type { Settings } from "./options.js";
import type { Stats } from "./stats.js";
import { Store } from "./store.js";
import type { Table } from "./table.js";

/** What may be seen of a store. */
export class Watched<V> {
  protected readonly store: Store;

  constructor(engine: Engine, settings: Settings, publicKey: (key: unknown) => Key, Kind: typeof Table) {
    this.store = new Store(engine, settings, publicKey, Kind);
  }

  /** For the devtools, which thus cost nobody anything who does not load them. */
  get "~store"(): Store {
    return this.store;
  }

  keys(patterns?: Patterns): Key[] {
    return this.#list("keys", patterns).map(([key]) => key);
  }

  entries(patterns?: Patterns, limit = Number.POSITIVE_INFINITY): [Key, V][] {
    if (!(limit >= 0)) throw misconfigured("entries", `limit is ${String(limit)}; use a number from 0 on`);
    return this.#list("entries", patterns).slice(0, limit);
  }

  get size(): number {
    this.store.checkOpen("size");
    this.store.sweep();
    this.store.deliver();
    return this.store.table.count;
  }

  stats(): Stats {
    const { table } = this.store;
    const { bytes, weight } = table.measure();
    return this.store.counters.stats(table.count, weight, bytes);
  }

  resetStats(): void {
    this.store.counters.reset();
  }

  on(event: EventKind, listener: Listener): void {
    checkListener(event, KINDS, listener);
    this.store.checkOpen("on");
    this.store.events.on(event, listener);
  }

  off(event: EventKind, listener: Listener): void {
    this.store.events.off(event, listener);
  }

  close(): void {
    this.store.close();
  }

  #list(operation: string, patterns: Patterns | undefined): [Key, V][] {
    const store = this.store;
    store.checkOpen(operation);
    const matches = matcher(patterns);
    store.sweep();
    const entries = store
      .slots(true)
      .map((slot): [Key, V] => [store.publicKey(this.store.table.keyAt(slot)), this.store.table.valueAt(slot) as V]);
    store.deliver();
    return entries.filter(([key]) => matches(key));
  }
}
