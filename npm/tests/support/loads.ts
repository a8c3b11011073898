//! Fetchers that wait to be told, and listeners that write down what they hear.

import { KINDS } from "../../src/events.js";
import type { Cache, CacheEvent, FetchContext } from "../../src/index.js";

/** A fetcher that throws. */
export function thrower(error: Error): () => never {
  return () => {
    throw error;
  };
}

/** A fetcher whose promise is settled from outside. */
export function pending<V>() {
  const { promise, resolve, reject } = withResolvers<V>();
  const load = {
    runs: 0,
    signal: undefined as AbortSignal | undefined,
    fetcher: (context?: FetchContext<V>): Promise<V> => {
      load.runs++;
      load.signal = context?.signal;
      return promise;
    },
    resolve,
    reject,
  };
  return load;
}

/** What a cache tells from now on, a line each. */
export function listen(cache: Pick<Cache<unknown>, "on">, ...kinds: (typeof KINDS)[number][]): string[] {
  const told: string[] = [];
  const tell = ({ kind, key, cause }: CacheEvent): void => {
    told.push([kind, key, cause].filter((part) => part !== undefined).join(" "));
  };
  for (const kind of kinds.length > 0 ? kinds : KINDS) cache.on(kind, tell);
  return told;
}

function withResolvers<V>() {
  let resolve!: (value: V) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<V>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
