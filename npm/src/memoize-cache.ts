//! The cache of a memoised function as users see it: its keys are the texts of arguments.

import type { Cache, Entries, Many } from "./cache.js";
import type { InvalidateOptions } from "./cache-removing.js";
import type { EventKind, Listener } from "./events.js";
import type { FetchContext } from "./context.js";
import type { Patterns } from "./glob.js";
import type { Key } from "./key.js";
import type { Fetcher } from "./loading.js";
import { textOfKey } from "./memoize-key.js";
import type { MemoryCache } from "./memory.js";
import type { EntryOptions, FetchOptions } from "./life.js";
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

  setIfAbsent(key: Key, value: V, options?: EntryOptions): boolean {
    return this.#cache.setIfAbsent(this.#keyOf(String(key)), value, options);
  }

  update(key: Key, change: (old: V | undefined) => V | undefined): V | undefined {
    return this.#cache.update(this.#keyOf(String(key)), change);
  }

  delete(key: Key): boolean {
    return this.#cache.delete(this.#keyOf(String(key)));
  }

  expire(key: Key): boolean {
    return this.#cache.expire(this.#keyOf(String(key)));
  }

  clear(): void {
    this.#cache.clear();
  }

  purge(): number {
    return this.#cache.purge();
  }

  getMany(keys: Iterable<Key>): Many<V | undefined> {
    return this.#cache.getMany(this.#ownKeys(keys)) as Many<V | undefined>;
  }

  setMany(entries: Entries<V>, options?: EntryOptions): void {
    this.#cache.setMany(Array.from(entries, ([key, value]) => [this.#keyOf(String(key)) as Key, value] as const), options);
  }

  deleteMany(keys: Iterable<Key>): number {
    return this.#cache.deleteMany(this.#ownKeys(keys));
  }

  getOrFetch(key: Key, fetcher: (context: FetchContext<V>) => PromiseLike<V>, options?: FetchOptions): Promise<V> | V;
  getOrFetch(key: Key, fetcher: (context: FetchContext<V>) => V, options?: FetchOptions): V;
  getOrFetch(key: Key, fetcher: Fetcher, options?: FetchOptions): unknown {
    return this.#cache.getOrFetch(this.#keyOf(String(key)), fetcher, options);
  }

  warm(keys: Iterable<Key>, fetcher?: (key: Key, context: FetchContext<never>) => unknown): never {
    const own = fetcher && ((key: Key, context: FetchContext<never>) => fetcher(textOfKey(key), context));
    return this.#cache.warm(this.#ownKeys(keys), own);
  }

  invalidateByTag(tag: string, options?: InvalidateOptions): void {
    this.#cache.invalidateByTag(tag, options);
  }

  invalidateByTags(tags: Iterable<string>, options?: InvalidateOptions): void {
    this.#cache.invalidateByTags(tags, options);
  }

  invalidateByPattern(patterns: Patterns, options?: InvalidateOptions): number {
    return this.#cache.invalidateByPattern(patterns, options);
  }

  keys(patterns?: Patterns): Key[] {
    return this.#cache.keys(patterns);
  }

  entries(patterns?: Patterns, limit?: number): [Key, V][] {
    return this.#cache.entries(patterns, limit);
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

  resetStats(): void {
    this.#cache.resetStats();
  }

  close(): void {
    this.#cache.close();
  }

  #ownKeys(keys: Iterable<Key>): Key[] {
    return Array.from(keys, (key) => this.#keyOf(String(key)) as Key);
  }
}
