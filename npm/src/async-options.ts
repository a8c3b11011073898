//! What an asynchronous cache can be told. Types only: the code that reads them comes with a storage.

import type { Bus } from "./bus.js";
import type { EntryOptions, FetchOptions } from "./life.js";
import type { CacheOptions } from "./options.js";
import type { CacheStorage } from "./storage.js";

/**
 * Where something is kept and looked for: in memory, in the storage behind it, or in both.
 *
 * @example
 * ```ts
 * const tier: Tier = "memory";
 * await shared.set("draft", "not for the others", { tier });
 * assert((await shared.get("draft")) === "not for the others");
 * ```
 */
export type Tier = "memory" | "storage" | "both";

/** What a cache over a storage can be told in addition. */
export interface StorageOptions {
  /** Keeps the entries beyond this page or process; what a function such as `indexedDB()` gives. */
  readonly storage: CacheStorage;
  /** Tells other caches of the same name what is not valid any more, such as `tabs()`. */
  readonly bus?: Bus | undefined;
  /** Where entries are kept that do not say it themselves; in `"both"` unless said. */
  readonly tier?: Tier | undefined;
  /**
   * How many writes and removals may wait for the storage: 1,000 unless said. When there are so many, whoever writes
   * waits. While the storage is down nobody waits: then removals that are too many become the removal of everything
   * under this name, and of values that are too many, or heavier than `maxWeight`, the oldest are lost for the storage.
   */
  readonly maxPending?: number | undefined;
  /**
   * Given the promise of all work that goes on when nobody waits for it, as edge workers want it:
   * `(work) => context.waitUntil(work)`. It is never rejected.
   */
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined;
  /**
   * With `"bulk"`, which is the default, the first operation reads all that the storage has of this cache, if
   * that is no more than `maxEntries` and the storage can do it at once. With `"lazy"` every entry is read when
   * it is first asked for.
   */
  readonly boot?: "bulk" | "lazy" | undefined;
}

/**
 * What `createCache` can be told when there is a storage.
 *
 * @example
 * ```ts
 * const options: AsyncCacheOptions<string> = { name: "pages", storage: memoryStorage(), ttl: "1h" };
 * const pages = createCache(options);
 * await pages.set("/", "<p>hello</p>");
 * assert((await pages.get("/")) === "<p>hello</p>");
 * ```
 */
export interface AsyncCacheOptions<V = unknown> extends CacheOptions<V>, StorageOptions {
  /** What the entries are called in the storage: caches of one name over one storage share them. */
  readonly name: string;
}

/**
 * What one entry of an asynchronous cache can be told.
 *
 * @example
 * ```ts
 * const options: AsyncEntryOptions = { ttl: "5m", tags: ["users"], tier: "memory" };
 * await shared.set("user:7", user, options);
 * ```
 */
export interface AsyncEntryOptions extends EntryOptions {
  /** Where it is kept, instead of what the cache was told. */
  readonly tier?: Tier | undefined;
}

/**
 * What one `getOrFetch` of an asynchronous cache can be told.
 *
 * @example
 * ```ts
 * const options: AsyncFetchOptions = { ttl: "5m", signal: new AbortController().signal };
 * assert((await shared.getOrFetch("user:7", loadUser, options)) === user);
 * ```
 */
export interface AsyncFetchOptions extends FetchOptions {
  /** Where the value is looked for and kept, instead of what the cache was told. */
  readonly tier?: Tier | undefined;
}
