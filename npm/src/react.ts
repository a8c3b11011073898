//! `cachefn-wasm/react`: components that show what memoised functions return.

import { useEffect, useSyncExternalStore } from "react";
import { type Resource, resourceOf, type Seen, type Source } from "./react/resource.js";

/**
 * What {@link useCached} can be told.
 *
 * @example
 * ```ts
 * const options: CachedOptions = { suspense: false };
 * ```
 */
export interface CachedOptions {
  /** Whether the component waits and fails as a whole; otherwise it gets a {@link Cached}. True unless said. */
  readonly suspense?: boolean | undefined;
}

/**
 * What a component sees that does not wait.
 *
 * @example
 * ```ts
 * const seen: Cached<number> = { status: "ready", value: 7, error: undefined, retry() {} };
 * ```
 */
export interface Cached<V> {
  readonly status: Seen["status"];
  /** What the function returned; the previous value while another is fetched. */
  readonly value: V | undefined;
  /** What it failed with. */
  readonly error: unknown;
  /** Calls the function again. */
  retry(): void;
}

/**
 * What a memoised function returns for these arguments. The component renders anew when its cache gets another
 * value for them, or lets it go by an invalidation.
 *
 * While a first promise is pending the component suspends; while another is fetched it shows the value it has. A
 * failure goes to the nearest error boundary, and a component that is shown again after a second calls the function
 * again. On a server it renders and subscribes to nothing.
 *
 * @throws {CachefnError} code `key` for arguments that cannot be told from others.
 *
 * @example
 * ```ts
 * const user = memoize(async (id: string) => ({ name: `user ${id}` }), { ttl: "5m" });
 * function Greeting({ id }: { id: string }) {
 *   const { name } = useCached(user, [id]);
 *   return `Hello ${name}`;
 * }
 * ```
 */
export function useCached<A extends unknown[], V>(fn: Memoised<A, V>, args: A, options?: { readonly suspense?: true | undefined }): Awaited<V>;
export function useCached<A extends unknown[], V>(fn: Memoised<A, V>, args: A, options: CachedOptions): Cached<Awaited<V>>;
export function useCached(fn: Memoised<never[], unknown>, args: never[], { suspense = true }: CachedOptions = {}): unknown {
  const source = fn as Source;
  const resource: Resource = resourceOf(source, args);
  const look = (): Seen => resource.seen;
  const seen = useSyncExternalStore((changed) => resource.subscribe(changed), look, look);
  useEffect(() => void resource.check());
  if (suspense) {
    if (seen.status === "pending") throw seen.promise;
    if (seen.status === "failed") throw seen.error;
    return seen.value;
  }
  const value = seen.status === "ready" ? seen.value : undefined;
  const error = seen.status === "failed" ? seen.error : undefined;
  return { status: seen.status, value, error, retry: () => resource.load() };
}

/**
 * A memoised function, by what this needs of it.
 *
 * @example
 * ```ts
 * const user: Memoised<[string], Promise<unknown>> = memoize(async (id: string) => ({ id }));
 * ```
 */
export interface Memoised<A extends unknown[], V> {
  (...args: A): V;
  key(...args: A): string | number;
  readonly cache: object;
}
