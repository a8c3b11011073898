//! What a cache tells its listeners, and when.

import { type CAUSES, EVICTED, EXPIRED, TOO_HEAVY } from "./engine/codes.js";
import type { Key } from "./key.js";

/**
 * What happened.
 *
 * @example
 * ```ts
 * const told = [];
 * const kinds: EventKind[] = ["set", "hit", "miss"];
 * for (const kind of kinds) cache.on(kind, ({ key }) => told.push(`${kind} ${key}`));
 * cache.set("a", 1);
 * cache.get("a");
 * cache.get("b");
 * assert(told.join() === "set a,hit a,miss b");
 * ```
 */
export type EventKind = (typeof KINDS)[number] | "state";

/**
 * Why it happened. For an `error`: a fetcher failed (`load-failed`) or asked for its own key
 * (`reentrant`), a call could not be remembered because its arguments have no key (`key`), `weigh` or
 * `cacheErrors` failed or gave what is no weight or length of time (`config`), memory was refused
 * (`unavailable`), a storage could not be asked (`storage-failed`), a row of it could not be read, or a
 * value not be written as one (`undecodable`), or other caches could not be told, or what they said not be read
 * (`bus-failed`). In none of these cases does the caller of a memoised function notice. For a `state`, which caches
 * with a storage tell: what it is now.
 *
 * @example
 * ```ts
 * let cause: Cause | undefined;
 * cache.on("delete", (event) => (cause = event.cause));
 * cache.set("a", 1);
 * cache.clear();
 * assert(cause === "cleared");
 * ```
 */
export type Cause =
  | (typeof CAUSES)[number]
  | "load-failed"
  | "reentrant"
  | "key"
  | "config"
  | "unavailable"
  | "storage-failed"
  | "undecodable"
  | "bus-failed"
  | "healthy"
  | "degraded"
  | "recovering";

/**
 * Something that happened in a cache. It never carries a value.
 *
 * @example
 * ```ts
 * const told = [];
 * cache.on("set", ({ kind, key, cause }) => told.push(`${kind} ${key} ${cause}`));
 * cache.set("a", 1);
 * cache.set("a", 2);
 * assert(told.join() === "set a undefined,set a replaced");
 * ```
 */
export interface CacheEvent {
  readonly kind: EventKind;
  /** The key it happened to; an `invalidate` has none. */
  readonly key: Key | undefined;
  readonly cause: Cause | undefined;
  /** How many entries an `invalidate` removed, where that is known. */
  readonly count: number | undefined;
}

/**
 * Called with the events of one kind; what it throws is dropped.
 *
 * @example
 * ```ts
 * let evictions = 0;
 * const count: Listener = () => evictions++;
 * const small = createCache<number>({ maxEntries: 1 });
 * small.on("eviction", count);
 * small.set("a", 1);
 * small.set("b", 2);
 * assert(evictions === 1);
 * ```
 */
export type Listener = (event: CacheEvent) => void;

/** The listeners of one cache, and what they were not told yet. */
export class Events {
  /** Whether anybody listens to anything. */
  listening = false;
  readonly #listeners = new Map<EventKind, Set<Listener>>();
  readonly #queue: CacheEvent[] = [];
  #delivering = false;

  on(kind: EventKind, listener: Listener): void {
    const listeners = this.#listeners.get(kind);
    if (listeners === undefined) this.#listeners.set(kind, new Set([listener]));
    else listeners.add(listener);
    this.listening = true;
  }

  off(kind: EventKind, listener: Listener): void {
    const listeners = this.#listeners.get(kind);
    if (listeners?.delete(listener) && listeners.size === 0) this.#listeners.delete(kind);
    this.listening = this.#listeners.size > 0;
    if (!this.listening) this.#queue.length = 0;
  }

  /** Ends all subscriptions. */
  forget(): void {
    this.#listeners.clear();
    this.listening = false;
  }

  /** Keeps an event until {@link deliver}. */
  tell(kind: EventKind, key?: Key, cause?: Cause, count?: number): void {
    if (this.#listeners.has(kind)) this.#queue.push({ kind, key, cause, count });
  }

  /**
   * Tells what is kept, in order; whether foreign code ran. What a listener causes is told after what
   * was kept before.
   */
  deliver(): boolean {
    const queue = this.#queue;
    if (queue.length === 0 || this.#delivering) return false;
    this.#delivering = true;
    for (let next = 0; next < queue.length; next++) {
      const event = queue[next] as CacheEvent;
      for (const listener of [...(this.#listeners.get(event.kind) ?? [])]) {
        try {
          listener(event);
        } catch {
          // Neither the caller nor the other listeners may suffer from one that fails.
        }
      }
    }
    queue.length = 0;
    this.#delivering = false;
    return true;
  }
}

/** The kind of event that tells of an entry which left for a cause. */
export function departure(cause: number): EventKind {
  return cause === EVICTED || cause === TOO_HEAVY ? "eviction" : cause === EXPIRED ? "expire" : "delete";
}

/** The kinds of events, equal in every language. */
export const KINDS = [
  "hit",
  "miss",
  "set",
  "delete",
  "eviction",
  "expire",
  "invalidate",
  "load",
  "stale",
  "error",
] as const;
