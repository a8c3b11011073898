//! What is remembered of one watched cache: its latest events, the births of its entries, a minute of its numbers.

import { type CacheEvent, type EventKind, KINDS } from "../events.js";
import type { Key } from "../key.js";
import type { Stats } from "../stats.js";
import type { Store } from "../store.js";
import type { Watchable } from "./watchable.js";

/** An event, and when it was told. */
export interface Told {
  /** Counts up, from 1. */
  readonly number: number;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly event: CacheEvent;
}

/** The numbers of one moment. */
export interface Sample {
  /** By the clock of the page, which never goes backwards. */
  readonly at: number;
  readonly size: number;
  /** Hits per read since the sample before; `undefined` where nobody read. */
  readonly hitRate: number | undefined;
}

/** Listens to a cache from its beginning until {@link end}. */
export class Recording {
  readonly name: string;
  readonly cache: Watchable;
  /** The cache's inside, where it is one of this copy of the package's own. */
  readonly store: Store | undefined;
  /** When the recording began, by {@link now}. */
  readonly began: number;
  /** Oldest first, at most {@link KEPT_EVENTS}. */
  readonly events: Told[] = [];
  /** By key, when what is under it was stored. */
  readonly born = new Map<Key, number>();
  readonly samples: Sample[] = [];
  stats: Stats | undefined;
  /** Why the latest question was not answered. */
  trouble: string | undefined;
  /** How many events there were in all. */
  told = 0;
  /** How often entries came, changed or left. */
  changes = 0;
  readonly #hear = (event: CacheEvent): void => this.#record(event);
  readonly #heard: EventKind[] = [];
  readonly #changed: () => void;

  constructor(name: string, cache: Watchable, changed: () => void) {
    this.name = name;
    this.cache = cache;
    this.#changed = changed;
    const store = (cache as { "~store"?: Store })["~store"];
    this.store = typeof store?.slots === "function" ? store : undefined;
    this.began = this.now();
    for (const kind of KINDS) {
      cache.on(kind, this.#hear);
      this.#heard.push(kind);
    }
  }

  /** Milliseconds by the clock that the cache goes by. */
  now(): number {
    return this.store === undefined ? performance.now() : this.store.time.read();
  }

  /** Takes the numbers of this moment. */
  async sample(at: number): Promise<void> {
    try {
      const stats = await this.cache.stats();
      const { samples, stats: before } = this;
      const isReset = before !== undefined && stats.hits + stats.misses < before.hits + before.misses;
      const hits = stats.hits - (before === undefined || isReset ? 0 : before.hits);
      const reads = hits + stats.misses - (before === undefined || isReset ? 0 : before.misses);
      this.stats = stats;
      this.trouble = undefined;
      samples.push({ at, size: stats.size, hitRate: reads > 0 ? hits / reads : undefined });
      while (samples.length > 1 && at - (samples[1] as Sample).at > WINDOW) samples.shift();
    } catch (error) {
      this.trouble = error instanceof Error ? error.message : String(error);
    }
  }

  /** Listens no more. */
  end(): void {
    for (const kind of this.#heard) this.cache.off(kind, this.#hear);
  }

  #record(event: CacheEvent): void {
    const { kind, key } = event;
    if (kind !== "hit" && kind !== "miss") this.changes++;
    if (key !== undefined) {
      if (kind === "set") this.born.set(key, this.now());
      else if (kind === "delete" || kind === "eviction" || kind === "expire") this.born.delete(key);
    }
    this.events.push({ number: ++this.told, at: Date.now(), event });
    // Rarely and many at once: to move the list for each event would be dear.
    if (this.events.length >= 2 * KEPT_EVENTS) this.events.splice(0, KEPT_EVENTS);
    this.#changed();
  }
}

/** What is shown of the time, in milliseconds. */
export const WINDOW = 60_000;

const KEPT_EVENTS = 500;
