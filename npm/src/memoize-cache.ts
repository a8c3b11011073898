//! The cache of a memoised function as users see it: its keys are the texts of arguments.

import type { Cache } from "./cache.js";
import type { EventKind, Listener } from "./events.js";
import type { FetchContext } from "./flight.js";
import type { Glob } from "./glob.js";
import type { Key } from "./key.js";
import type { Fetcher } from "./loading.js";
import type { MemoryCache } from "./memory.js";
import type { EntryOptions } from "./options.js";
import type { Stats } from "./stats.js";

/** {@link Cache} that finds an entry under the text of its arguments. */
export class TextCache<V> implements Cache<V> {
  readonly #cache: MemoryCache<V>;
  readonly #keyOf: (text: string) => unknown;

  constructor(cache: MemoryCache<V>, keyOf: (text: string) => unknown) {
    this.#cache = cache;
    this.#keyOf = keyOf;
  }

  get(key: Key): V | undefined {
    return this.#cache.get(this.#keyOf(String(key)));
  }

  peek(key: Key): V | undefined {
    return this.#cache.peek(this.#keyOf(String(key)));
  }

  has(key: Key): boolean {
    return this.#cache.has(this.#keyOf(String(key)));
  }

  set(key: Key, value: V, options?: EntryOptions): void {
    this.#cache.set(this.#keyOf(String(key)), value, options);
  }

  delete(key: Key): boolean {
    return this.#cache.delete(this.#keyOf(String(key)));
  }

  clear(): void {
    this.#cache.clear();
  }

  getOrFetch(key: Key, fetcher: (context: FetchContext) => PromiseLike<V>, options?: EntryOptions): Promise<V> | V;
  getOrFetch(key: Key, fetcher: (context: FetchContext) => V, options?: EntryOptions): V;
  getOrFetch(key: Key, fetcher: Fetcher, options?: EntryOptions): unknown {
    return this.#cache.getOrFetch(this.#keyOf(String(key)), fetcher as () => V, options);
  }

  invalidateByTag(tag: string): void {
    this.#cache.invalidateByTag(tag);
  }

  invalidateByPattern(pattern: string | Glob): number {
    return this.#cache.invalidateByPattern(pattern);
  }

  keys(pattern?: string | Glob): Key[] {
    return this.#cache.keys(pattern);
  }

  get size(): number {
    return this.#cache.size;
  }

  stats(): Stats {
    return this.#cache.stats();
  }

  on(event: EventKind, listener: Listener): void {
    this.#cache.on(event, listener);
  }

  off(event: EventKind, listener: Listener): void {
    this.#cache.off(event, listener);
  }
}
