//! What a user sees of a function that remembers in a storage.

import type { AsyncCache } from "./async-cache.js";
import type { StorageOptions } from "./async-options.js";
import type { Key } from "./key.js";
import type { ArgumentsOf, MemoizeOptions, ThisOf, ValueOf } from "./memoized.js";

/**
 * What `memoize` can be told when there is a storage: what it is told without one, but for `weakKeys`.
 *
 * The entries lie under `id` (otherwise the name of the function, which some bundlers change) and `version`:
 * give each function an `id` of its own, and it another `version` when it returns something else.
 *
 * @example
 * ```ts
 * const options: AsyncMemoizeOptions<typeof loadUser> = { storage: memoryStorage(), id: "user", version: 2, ttl: "5m" };
 * const user = memoize(loadUser, options);
 * assert((await user("7")) === (await user("7")));
 * ```
 */
export type AsyncMemoizeOptions<F, K extends Key = Key> = Omit<MemoizeOptions<F, K>, "weakKeys"> & StorageOptions;

/**
 * A function that remembers in a storage, with its cache beside it. Every call returns a promise.
 *
 * @example
 * ```ts
 * const double: AsyncMemoized<(n: number) => number> = memoize((n: number) => n * 2, { storage: memoryStorage(), id: "double" });
 * assert((await double(21)) === 42);
 * assert(await double.cache.has(double.key(21)));
 * ```
 */
export type AsyncMemoized<F, K extends Key = string> = Promised<F> & {
  /** What is remembered, under the keys that `key` gives. */
  readonly cache: AsyncCache<ValueOf<F>>;
  /**
   * The key of a list of arguments: their text, or what the option `key` makes of them.
   *
   * @throws {CachefnError} code `key` for arguments that cannot be told from others.
   */
  key(...args: ArgumentsOf<F>): K;
  /** The function itself. */
  readonly uncached: F;
};

/** The function, if it returns promises already: then its overloads stay. */
type Promised<F> = F extends (...args: never) => PromiseLike<unknown>
  ? F
  : (this: ThisOf<F>, ...args: ArgumentsOf<F>) => Promise<ValueOf<F>>;
