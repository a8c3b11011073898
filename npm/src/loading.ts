//! Asking or computing: one fetcher per key at a time, and nothing stored that came too late.

import type { Cause, EventKind } from "./events.js";
import { Context, type FetchContext, Flight, type Flights } from "./flight.js";
import type { Counters } from "./stats.js";
import type { Now } from "./time.js";

/** What makes a value, at once or by a promise. */
export type Fetcher = (context: FetchContext) => unknown;

/** What a load wants from the cache it is for. */
export interface Home {
  /** Stores a value; throws when memory is refused. */
  store(key: unknown, value: unknown, ttl: number, tags: readonly string[], promise?: Promise<unknown>): void;
  tell(kind: EventKind, key: unknown, cause?: Cause): void;
  /** Tells what is kept, with foreign code behind it. */
  deliver(): void;
}

/** The loads of one cache. */
export class Loading {
  readonly #home: Home;
  readonly #flights: Flights;
  readonly #counters: Counters;
  readonly #time: Now;

  constructor(home: Home, flights: Flights, counters: Counters, time: Now) {
    this.#home = home;
    this.#flights = flights;
    this.#counters = counters;
    this.#time = time;
  }

  /** Makes the value of a key that was missed, or waits for whoever makes it already. */
  load(key: unknown, fetcher: Fetcher, ttl: number, tags: readonly string[]): unknown {
    const flights = this.#flights;
    const flight = new Flight(key, ttl, tags);
    if (flights.running(key) !== undefined) {
      this.#home.tell("error", key, "reentrant");
      this.#home.deliver();
      return fetcher(new Context(flight));
    }
    this.#home.deliver();
    const awaited = flights.awaited(key);
    if (awaited !== undefined) return awaited.promise;
    const result = this.#run(flight, fetcher);
    if (!isPromise(result)) {
      this.#succeed(flight, result);
      return result;
    }
    flight.promise = Promise.resolve(result).then(
      (value) => {
        flights.land(flight);
        this.#succeed(flight, value);
        return value;
      },
      (error) => {
        flights.land(flight);
        this.#fail(flight);
        throw error;
      },
    );
    flights.wait(flight);
    return flight.promise;
  }

  #run(flight: Flight, fetcher: Fetcher): unknown {
    this.#flights.enter(flight);
    let result: unknown;
    try {
      result = fetcher(new Context(flight));
    } catch (error) {
      this.#flights.leave();
      this.#fail(flight);
      throw error;
    }
    this.#flights.leave();
    this.#time.forget();
    return result;
  }

  #succeed(flight: Flight, value: unknown): void {
    const { key, ttl, tags, promise } = flight;
    this.#time.forget();
    this.#counters.loads++;
    this.#home.tell("load", key);
    if (flight.isStored && flight.isFenced) {
      this.#counters.fenced++;
    } else if (flight.isStored) {
      try {
        this.#home.store(key, value, ttl, tags, promise);
      } catch {
        this.#home.tell("error", key); // the callers have their value, and the next one loads again
      }
    }
    this.#home.deliver();
  }

  #fail(flight: Flight): void {
    this.#time.forget();
    this.#counters.loadFailures++;
    this.#home.tell("error", flight.key, "load-failed");
    this.#home.deliver();
  }
}

/** Whether a function was declared `async`, so that it returns promises even where it was not called. */
export function isAsync(fetcher: unknown): boolean {
  return typeof fetcher === "function" && fetcher.constructor === AsyncFunction;
}

/** Whether a value has to be waited for. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}

const AsyncFunction = (async () => {}).constructor;
