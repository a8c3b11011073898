//! What a user sees of a function that remembers.

import type { Cache } from "./cache.js";
import type { Key } from "./key.js";
import type { CommonOptions } from "./options.js";

/** Any function. */
export type AnyFunction = (this: never, ...args: never[]) => unknown;

/**
 * What `memoize` can be told.
 *
 * @example
 * ```ts
 * const user = memoize(loadUser, { ttl: "5m", key: (id) => `user:${id}`, tags: (id) => [`team:${id}`] });
 * await user("7");
 * assert(user.cache.invalidateByPattern("user:*") === 1);
 * ```
 */
export interface MemoizeOptions<F extends AnyFunction> extends CommonOptions<Awaited<ReturnType<F>>> {
  /** Names under which what the function returned can be invalidated; asked for before the function runs. */
  readonly tags?: readonly string[] | ((...args: Parameters<F>) => readonly string[]) | undefined;
  /**
   * The key of a list of arguments. Without it all arguments are compared by value, and a call with an
   * argument that has no text of its own, such as a function or an instance of a class, is not cached.
   */
  readonly key?: ((...args: Parameters<F>) => Key) | undefined;
  /** What the function is called where its entries are shared; its own name unless said. */
  readonly id?: string | undefined;
  /** Tells entries of different versions of the function apart, where they outlive it. */
  readonly version?: string | number | undefined;
}

/**
 * A function that remembers, with its cache beside it.
 *
 * @example
 * ```ts
 * const user = memoize(async (id: string) => ({ id }));
 * await user("7");
 * assert(user.cache.peek(user.key("7")).id === "7");
 * assert((await user.uncached("7")) !== (await user("7")));
 * ```
 */
export type Memoized<F extends AnyFunction, K extends Key = string> = F & {
  /** What is remembered, under the keys that `key` gives. */
  readonly cache: Cache<Awaited<ReturnType<F>>>;
  /** The key of a list of arguments. */
  key(...args: Parameters<F>): K;
  /** The function itself. */
  readonly uncached: F;
};
