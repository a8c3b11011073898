//! What a fetcher is given: a word about the entry that it makes.

import { tagList } from "./checks.js";
import type { Flight } from "./flight.js";
import { withTtl } from "./life.js";
import type { Signal } from "./signal.js";
import { type Duration, milliseconds } from "./time.js";

/**
 * What a fetcher can learn and say about the entry it makes, until its promise is settled.
 *
 * @example
 * ```ts
 * await cache.getOrFetch("user:7", async (context) => {
 *   const user = await loadUser("7", { signal: context.signal });
 *   if (user === undefined) context.skip();
 *   context.ttl("5m");
 *   context.tags("users", `user:${user.id}`);
 *   assert(context.previous() === undefined);
 *   return user;
 * });
 * cache.invalidateByTag("user:7");
 * assert(!cache.has("user:7"));
 * ```
 */
export interface FetchContext<V = unknown> {
  /** How long the entry lives, instead of what was asked for. */
  ttl(ttl: Duration): void;
  /** More tags for the entry. An invalidation of one of them since the fetcher began wins over its value. */
  tags(...tags: string[]): void;
  /** Does not store the value. */
  skip(): void;
  /** The stale value that is fetched anew, if there is one. */
  previous(): V | undefined;
  /** Aborted when nobody waits for the value any more. */
  readonly signal: Signal;
}

/** What the fetcher of a flight is given. The methods may be taken out of it: most fetchers use none. */
export class Context implements FetchContext<never> {
  readonly #flight: Flight;

  constructor(flight: Flight) {
    this.#flight = flight;
  }

  /** The flight that a context speaks of. */
  static flight(context: unknown): Flight {
    return (context as Context).#flight;
  }

  get ttl() {
    return (ttl: Duration): void => {
      const flight = this.#flight;
      flight.life = withTtl(flight.life, milliseconds(ttl, "getOrFetch", "ttl"));
    };
  }

  get tags() {
    return (...tags: string[]): void => {
      this.#flight.tags = [...this.#flight.tags, ...tagList(tags, "getOrFetch")];
    };
  }

  get skip() {
    return (): void => {
      this.#flight.isStored = false;
    };
  }

  get previous() {
    return (): never => this.#flight.previous as never;
  }

  get signal(): AbortSignal {
    return this.#flight.signal;
  }
}
