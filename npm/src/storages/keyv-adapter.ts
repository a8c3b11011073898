//! A cache as the store of a Keyv.

import { Glob } from "../glob.js";
import type { Awaitable } from "./bytes/byte-store.js";

/**
 * What a cache must be able to do: synchronous and asynchronous ones can.
 *
 * @example
 * ```ts
 * const caches: KeyvCache[] = [createCache<unknown>(), createCache<unknown>({ name: "keyv", storage: memoryStorage() })];
 * for (const one of caches) await cachefnKeyv(one).set("a", 1);
 * assert((await caches[1].get("a")) === 1);
 * ```
 */
export interface KeyvCache {
  get(key: string): unknown;
  set(key: string, value: unknown, options?: { readonly ttl?: number }): unknown;
  has(key: string): Awaitable<boolean>;
  delete(key: string): Awaitable<boolean>;
  clear(): unknown;
  entries(pattern?: Glob): unknown;
  invalidateByPattern(pattern: Glob): unknown;
}

/**
 * The methods that a Keyv calls; keys come with its namespace before them.
 *
 * @example
 * ```ts
 * const adapter: CacheAdapter = cachefnKeyv(createCache<unknown>());
 * await adapter.set("users:7", "Ada");
 * adapter.namespace = "users";
 * await adapter.clear();
 * assert((await adapter.has("users:7")) === false);
 * ```
 */
export class CacheAdapter {
  /** What a Keyv asks of its stores; there is no address. */
  readonly opts: Record<string, unknown> = { dialect: "cachefn", url: "" };
  /** Set by a Keyv that has put it before the keys; a Keyv that finds it there leaves that to the store. */
  declare namespace: string | undefined;
  readonly #cache: KeyvCache;

  constructor(cache: KeyvCache) {
    this.#cache = cache;
  }

  async get(key: string): Promise<unknown> {
    return this.#cache.get(key);
  }

  async getMany(keys: string[]): Promise<unknown[]> {
    return Promise.all(keys.map((key) => this.#cache.get(key)));
  }

  async set(key: string, value: unknown, ttl?: number): Promise<boolean> {
    await (ttl === undefined ? this.#cache.set(key, value) : this.#cache.set(key, value, { ttl }));
    return true;
  }

  async has(key: string): Promise<boolean> {
    return this.#cache.has(key);
  }

  async delete(key: string): Promise<boolean> {
    return this.#cache.delete(key);
  }

  async deleteMany(keys: string[]): Promise<boolean> {
    const deleted = await Promise.all(keys.map((key) => this.#cache.delete(key)));
    return deleted.some(Boolean);
  }

  /** Of a namespace only what is in it. */
  async clear(): Promise<void> {
    await (this.namespace === undefined ? this.#cache.clear() : this.#cache.invalidateByPattern(Glob.prefix(`${this.namespace}:`)));
  }

  async *iterator(namespace?: string): AsyncGenerator<[string, unknown], void> {
    const entries = await (namespace === undefined ? this.#cache.entries() : this.#cache.entries(Glob.prefix(`${namespace}:`)));
    for (const [key, value] of entries as Iterable<[string | number, unknown]>) yield [String(key), value];
  }

  /** Nothing happens to a cache without its being asked. */
  on(): this {
    return this;
  }
}
