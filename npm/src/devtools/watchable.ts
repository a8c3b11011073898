//! What the devtools ask of a cache.

import type { EventKind, Listener } from "../events.js";
import type { Key } from "../key.js";
import type { Stats } from "../stats.js";

/**
 * An answer now, or the promise of one.
 *
 * @example
 * ```ts
 * const sizes: Eventual<number>[] = [3, Promise.resolve(4)];
 * assert((await Promise.all(sizes)).join() === "3,4");
 * ```
 */
export type Eventual<T> = T | PromiseLike<T>;

/**
 * What can be watched: any cache of this package, synchronous or not, and whatever else has its methods.
 *
 * @example
 * ```ts
 * const watchable: Watchable = createCache<string>();
 * watch("pages", watchable);
 * unwatch("pages");
 * ```
 */
export interface Watchable {
  keys(pattern?: string): Eventual<readonly Key[]>;
  peek(key: Key): unknown;
  stats(): Eventual<Stats>;
  on(event: EventKind, listener: Listener): void;
  off(event: EventKind, listener: Listener): void;
  delete(key: Key): Eventual<boolean>;
  expire(key: Key): Eventual<boolean>;
  clear(): Eventual<unknown>;
  invalidateByTag(tag: string): Eventual<unknown>;
  invalidateByPattern(pattern: string): Eventual<number | undefined>;
}
