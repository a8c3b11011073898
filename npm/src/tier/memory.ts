//! The memory of an asynchronous cache: what a cache in memory does not tell of its entries.

import type { Engine } from "../engine/engine.js";
import type { Key } from "../key.js";
import { MemoryCache } from "../memory.js";
import type { Settings } from "../options.js";
import type { Store } from "../store.js";
import { Table } from "../table.js";

/** A cache in memory whose store others may use. */
export class Inside<V> extends MemoryCache<V> {
  constructor(engine: Engine, settings: Settings) {
    super(engine, settings, (key) => key as Key, OpenTable);
  }

  get inside(): Store {
    return this.store;
  }

  get opened(): { readonly store: Store; readonly table: OpenTable } {
    return { store: this.store, table: this.store.table as OpenTable };
  }
}

/** What an entry was given when it was written. */
export interface Given {
  /** Until when it is fresh, by the clock of the memory; 0 for always. */
  readonly due: number;
  /** Lengths in milliseconds; 0 for an `idle` without end. */
  readonly idle: number;
  readonly revalidates: number;
  readonly bridges: number;
  tags: readonly string[];
}

/** A table that remembers what its entries were given. */
export class OpenTable extends Table {
  readonly #given: (Given | undefined)[] = [];
  #brought = { idle: 0, revalidates: 0, bridges: 0 };
  #due = 0;

  /** What the entry in a slot was given. */
  givenAt(slot: number): Given {
    return this.#given[slot] as Given;
  }

  override bring(idle: number, revalidates: number, bridges: number, weight: number): void {
    this.#brought = { idle, revalidates, bridges };
    super.bring(idle, revalidates, bridges, weight);
  }

  override insert(hash: number, now: number, due: number): number {
    this.#due = due; // whoever was in the slot has not left it yet
    return super.insert(hash, now, due);
  }

  override write(slot: number, key: unknown, value: unknown, promise: Promise<unknown> | undefined): void {
    this.#give(slot, this.#due);
    super.write(slot, key, value, promise);
  }

  override renew(slot: number, now: number, due: number): boolean {
    this.#give(slot, due);
    return super.renew(slot, now, due);
  }

  override tag(slot: number, names: readonly string[]): void {
    super.tag(slot, names);
    this.givenAt(slot).tags = names;
  }

  protected override slotLeft(slot: number, cause: number): void {
    this.#given[slot] = undefined;
    super.slotLeft(slot, cause);
  }

  #give(slot: number, due: number): void {
    this.#given[slot] = { ...this.#brought, due, tags: [] };
  }
}
