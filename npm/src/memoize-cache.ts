//! The cache of a memoised function as users see it: its keys are the texts of arguments.

import type { Cache, Entries, Many } from "./cache.js";
import type { InvalidateOptions } from "./cache-removing.js";
import { checkEntry, ENTRIES, isKey, iterable, KEYS, noKey } from "./checks.js";
import type { EventKind, Listener } from "./events.js";
import type { FetchContext } from "./context.js";
import type { Patterns } from "./glob.js";
import type { Key } from "./key.js";
import type { Fetcher } from "./loading.js";
import { textOfKey } from "./memoize-key.js";
import type { MemoryCache } from "./memory.js";
import type { EntryOptions, FetchOptions } from "./life.js";
import type { Stats } from "./stats.js";
import type { Store } from "./store.js";

/** {@link Cache} that finds an entry under the text of its arguments. */
export class TextCache<V> implements Cache<V> {
  readonly #cache: MemoryCache<V>;
  readonly #keyOf: (text: string) => unknown;

  constructor(cache: MemoryCache<V>, keyOf: (text: string) => unknown) {
    this.#cache = cache;
    this.#keyOf = keyOf;
  }

  get "~store"(): Store {
    return this.#cache["~store"];
  }

  get(key: Key): V | undefined {
    return this.#cache.get(this.#own(key, "get"));
  }

  peek(key: Key): V | undefined {
    return this.#cache.peek(this.#own(key, "peek"));
  }

  has(key: Key): boolean {
    return this.#cache.has(this.#own(key, "has"));
  }

  set(key: Key, value: V, options?: EntryOptions): void {
    this.#cache.set(this.#own(key, "set"), value, options);
  }

  setIfAbsent(key: Key, value: V, options?: EntryOptions): boolean {
    return this.#cache.setIfAbsent(this.#own(key, "setIfAbsent"), value, options);
  }

  update(key: Key, change: (old: V | undefined) => V | undefined): V | undefined {
    return this.#cache.update(this.#own(key, "update"), change);
  }

  delete(key: Key): boolean {
    return this.#cache.delete(this.#own(key, "delete"));
  }

  expire(key: Key): boolean {
    return this.#cache.expire(this.#own(key, "expire"));
  }

  clear(): void {
    this.#cache.clear();
  }

  purge(): number {
    return this.#cache.purge();
  }

  getMany(keys: Iterable<Key>): Many<V | undefined> {
    return this.#cache.getMany(this.#ownKeys(keys, "getMany")) as Many<V | undefined>;
  }

  setMany(entries: Entries<V>, options?: EntryOptions): void {
    const own = (entry: readonly [Key, V]): readonly [Key, V] => {
      checkEntry(entry, "setMany");
      return [this.#own(entry[0], "setMany") as Key, entry[1]];
    };
    this.#cache.setMany(Array.from(iterable(entries, "setMany", "entries", ENTRIES), own), options);
  }

  deleteMany(keys: Iterable<Key>): number {
    return this.#cache.deleteMany(this.#ownKeys(keys, "deleteMany"));
  }

  getOrFetch(key: Key, fetcher: (context: FetchContext<V>) => PromiseLike<V>, options?: FetchOptions): Promise<V> | V;
  getOrFetch(key: Key, fetcher: (context: FetchContext<V>) => V, options?: FetchOptions): V;
  getOrFetch(key: Key, fetcher: Fetcher, options?: FetchOptions): unknown {
    return this.#cache.getOrFetch(this.#own(key, "getOrFetch"), fetcher, options);
  }

  warm(keys: Iterable<Key>, fetcher?: (key: Key, context: FetchContext<never>) => unknown): never {
    const own = fetcher && ((key: Key, context: FetchContext<never>) => fetcher(textOfKey(key), context));
    return this.#cache.warm(this.#ownKeys(keys, "warm"), own);
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

  #own(key: Key, operation: string): unknown {
    if (!isKey(key)) throw noKey(key, operation);
    return this.#keyOf(String(key));
  }

  #ownKeys(keys: Iterable<Key>, operation: string): Key[] {
    return Array.from(iterable(keys, operation, "keys", KEYS), (key) => this.#own(key, operation) as Key);
  }
}
