//! What a user sees of a function that remembers.

import type { Cache } from "./cache.js";
import type { Key } from "./key.js";
import type { CommonOptions } from "./options.js";

/**
 * Any function. A type with a signature would give its own types to the parameters that have none, such
 * as `limit = 10`.
 */
// biome-ignore lint/complexity/noBannedTypes: because of that
export type Callable = Function;

/** The lists of arguments that a function takes; overloads, up to five of them, have one each. */
export type ArgumentsOf<F> = Signature<F>["args"];

/** What a function gives, after an `await`; overloads, up to five of them, may each give something else. */
export type ValueOf<F> = Awaited<Signature<F>["result"]>;

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
export interface MemoizeOptions<F, K extends Key = Key> extends CommonOptions<ValueOf<F>> {
  /**
   * Names under which what the function returned can be invalidated; asked for before the function runs,
   * with its `this`.
   */
  readonly tags?: readonly string[] | ((this: ThisOf<F>, ...args: AnyOf<ArgumentsOf<F>>) => readonly string[]) | undefined;
  /**
   * The key of a list of arguments, called with the `this` of the function, on each call. Without it all
   * arguments are compared by value, and a call with an argument that cannot be, such as a function or an
   * instance of a class, is not cached. A call whose key is neither text nor number is not cached either.
   *
   * @example
   * ```ts
   * class Shop {
   *   constructor(readonly id: string, readonly rate: number) {}
   *   price(amount: number) {
   *     return this.rate * amount;
   *   }
   * }
   * Shop.prototype.price = memoize(Shop.prototype.price, {
   *   key(this: Shop, amount) {
   *     return `${this.id}:${amount}`; // without it all shops would have one price
   *   },
   * });
   * assert(new Shop("a", 2).price(10) === 20 && new Shop("b", 3).price(10) === 30);
   * ```
   */
  readonly key?: ((this: ThisOf<F>, ...args: AnyOf<ArgumentsOf<F>>) => K) | undefined;
  /**
   * Compares arguments that are objects or functions by reference, as the keys of a `WeakMap` are: what was
   * remembered for one is let go together with it. Objects inside of an argument do not count. Limits and
   * lifetimes hold as always. Not together with `key`.
   *
   * @example
   * ```ts
   * const size = memoize((list: number[], unit: string) => `${list.length} ${unit}`, { weakKeys: true });
   * const list = [1, 2];
   * assert(size(list, "numbers") === "2 numbers");
   * list.push(3);
   * assert(size(list, "numbers") === "2 numbers" && size([1, 2, 3], "numbers") === "3 numbers");
   * ```
   */
  readonly weakKeys?: boolean | undefined;
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
export type Memoized<F, K extends Key = string> = F & {
  /** What is remembered, under the keys that `key` gives. */
  readonly cache: Cache<ValueOf<F>>;
  /**
   * The key of a list of arguments: their text, or what the option `key` makes of them.
   *
   * @throws {CachefnError} code `key` for arguments that cannot be told from others.
   */
  key(...args: ArgumentsOf<F>): K;
  /** The function itself. */
  readonly uncached: F;
};

// A method does not say what its `this` is: then whatever `key` takes it for will do.
// biome-ignore lint/suspicious/noExplicitAny: anything that is not `any` would have to be `unknown`
export type ThisOf<F> = unknown extends ThisParameterType<F> ? any : ThisParameterType<F>;

/** What a function is given that is called with whichever of several lists of arguments. */
type AnyOf<A extends readonly unknown[]> = true extends IsUnion<A> ? [At<A, "0">, At<A, "1">, At<A, "2">, At<A, "3">] : A;

type At<A, Place extends string> = A extends readonly unknown[]
  ? Place extends keyof A
    ? A[Place]
    : number extends A["length"]
      ? A[number] | undefined
      : undefined
  : never;

type IsUnion<T, All = T> = T extends All ? ([All] extends [T] ? false : true) : never;

// Inference looks at the last signature only, unless it is given places for more. A function with fewer
// than there are places does not fit, because its missing ones would have to take anything.
type Signature<F> = F extends {
  (...args: infer A): infer Q;
  (...args: infer B): infer R;
  (...args: infer C): infer S;
  (...args: infer D): infer T;
  (...args: infer E): infer U;
}
  ? Of<A, Q> | Of<B, R> | Of<C, S> | Of<D, T> | Of<E, U>
  : F extends { (...args: infer A): infer Q; (...args: infer B): infer R; (...args: infer C): infer S; (...args: infer D): infer T }
    ? Of<A, Q> | Of<B, R> | Of<C, S> | Of<D, T>
    : F extends { (...args: infer A): infer Q; (...args: infer B): infer R; (...args: infer C): infer S }
      ? Of<A, Q> | Of<B, R> | Of<C, S>
      : F extends { (...args: infer A): infer Q; (...args: infer B): infer R }
        ? Of<A, Q> | Of<B, R>
        : F extends (this: never, ...args: infer A) => infer Q
          ? Of<A, Q>
          : never;

interface Of<A extends readonly unknown[], R> {
  readonly args: A;
  readonly result: R;
}
