//! Asking or computing: one fetcher per key at a time, and nothing stored that came too late.

import { CachefnError } from "./errors.js";
import { Context, type FetchContext } from "./context.js";
import { Failure } from "./failure.js";
import { Flight, type Wait } from "./flight.js";
import { type Life, plainLife } from "./life.js";
import type { Store } from "./store.js";
import { type Duration, milliseconds } from "./time.js";
import { abandoned, bounded, waitFor } from "./waiting.js";

/** What makes a value, at once or by a promise. */
export type Fetcher = (context: FetchContext<never>) => unknown;

/** The loads of one cache. */
export class Loading {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Makes the value of a key that was missed, or waits for whoever makes it already. */
  load(key: unknown, fetcher: Fetcher, life: Life, tags: readonly string[], signal?: AbortSignal): unknown {
    // Fetchers that ask for other keys go deep: little may stand on the stack while one runs.
    const flight = new Flight(key, life, tags);
    const answer = this.#join(flight, fetcher, signal);
    return answer === LEADS ? this.#lead(flight, fetcher, signal) : answer;
  }

  /** Answers with a value that is fresh, and fetches it anew before it is stale. */
  refresh(slot: number, key: unknown, fetcher: Fetcher, life: Life, tags: readonly string[]): unknown {
    const store = this.#store;
    const answer = store.answer(slot, isAsync(fetcher));
    store.table.refresh(slot, Number.POSITIVE_INFINITY); // once is enough
    const flight = new Flight(key, life, tags);
    flight.previous = store.table.valueAt(slot);
    flight.isBackground = true;
    store.deliver();
    if (store.isClosed || (store.flights.running(key) ?? store.flights.awaited(key)) !== undefined) return answer;
    flight.began = store.time.read();
    try {
      const value = this.#lead(flight, fetcher, undefined);
      return flight.wait === undefined ? value : answer;
    } catch {
      return answer; // an event told of the failure
    }
  }

  /** What is there without a new flight, or {@link LEADS}. */
  #join(flight: Flight, fetcher: Fetcher, signal: AbortSignal | undefined): unknown {
    const store = this.#store;
    const { flights } = store;
    const { key } = flight;
    // Listeners that heard of the miss may have done anything.
    const found = store.deliver() ? store.find(key) : -1;
    if (found >= 0) return store.answer(found, isAsync(fetcher));
    if (store.isClosed) return fetcher(new Context(flight));
    flight.began = store.time.read();
    const stale = this.#stale(flight);
    const running = flights.running(key);
    const awaited = running ?? this.#inTime(flights.awaited(key), flight.began);
    if (awaited !== undefined && stale) return this.#answerStale(key, fetcher);
    if (running !== undefined) {
      store.tell("error", key, "reentrant");
      store.deliver();
      return fetcher(new Context(flight));
    }
    if (awaited !== undefined) return waitFor(awaited, flights, signal);
    return signal?.aborted ? abandoned(signal, isAsync(fetcher)) : LEADS;
  }

  /** Calls the fetcher. */
  #lead(flight: Flight, fetcher: Fetcher, signal: AbortSignal | undefined): unknown {
    let value: unknown;
    this.#store.flights.enter(flight);
    try {
      value = fetcher(new Context(flight));
    } catch (error) {
      this.#store.flights.leave();
      return this.#fail(flight, error, false);
    }
    this.#store.flights.leave();
    return isPromise(value) ? this.#wait(flight, value, fetcher, signal) : this.#succeed(flight, value);
  }

  /** The fetcher has returned a promise: others may wait for it now. */
  #wait(flight: Flight, value: PromiseLike<unknown>, fetcher: Fetcher, signal: AbortSignal | undefined): unknown {
    const { flights, time } = this.#store;
    time.forget();
    const landing = Promise.resolve(value).then(
      (value) => {
        flights.land(flight);
        return this.#succeed(flight, value);
      },
      (error) => {
        flights.land(flight);
        return this.#fail(flight, error, true);
      },
    );
    flight.wait = { landing, promise: landing, waiting: 0, giveUp: undefined };
    const promise = this.#bounded(flight, flight.wait);
    flight.wait.promise = promise;
    flights.wait(flight);
    const isStale = !flight.isBackground && !flight.isFenced && this.#stale(flight);
    if (isStale) flight.isBackground = true;
    if (flight.isBackground) promise.catch(() => {}); // an event tells of it
    return isStale ? this.#answerStale(flight.key, fetcher) : waitFor(flight, flights, signal);
  }

  /** Whether a stale value may be returned meanwhile. The flight learns what stale value there is. */
  #stale(flight: Flight): boolean {
    const { table, time, canBeStale } = this.#store;
    if (!canBeStale) return false;
    const slot = table.find(flight.key);
    const now = time.read();
    const stale = slot < 0 ? undefined : table.stale(slot, now);
    if (stale === undefined) return false;
    flight.previous = table.valueAt(slot);
    flight.bridges = stale.bridges + now - flight.began;
    return stale.revalidates > 0;
  }

  #succeed(flight: Flight, value: unknown): unknown {
    const { counters } = this.#store;
    const took = this.#took(flight);
    if (flight.isOver) return value;
    const weight = flight.isStored ? this.#weigh(flight, value) : REFUSED;
    counters.loads++;
    counters.loadTime += took;
    this.#store.tell("load", flight.key);
    if (flight.isFenced) counters.fenced++;
    else if (weight !== REFUSED) this.#keep(flight, value, flight.life, weight);
    this.#store.deliver();
    return value;
  }

  /** The previous value, if it may stand in; otherwise the failure passes. */
  #fail(flight: Flight, error: unknown, isPromised: boolean): unknown {
    const store = this.#store;
    const took = this.#took(flight);
    if (flight.isOver) throw error;
    store.counters.loadFailures++;
    store.counters.loadTime += took;
    store.tell("error", flight.key, "load-failed");
    const isBridged = this.#isBridged(flight, took);
    if (isBridged && flight.wait?.waiting !== 0) {
      store.counters.staleOnError++;
      store.tell("stale", flight.key, "load-failed");
    }
    if (!isBridged) this.#remember(flight, error, isPromised);
    store.deliver();
    if (isBridged) return flight.previous;
    throw error;
  }

  /** Whether the previous value may stand in for one that could not be fetched in so long. */
  #isBridged(flight: Flight, took: number): boolean {
    if (took >= flight.bridges || flight.isFenced) return false;
    const slot = this.#store.table.find(flight.key);
    return slot >= 0 && !this.#store.table.isDead(slot, this.#store.time);
  }

  /** Stores a failure, if the user says for how long. */
  #remember(flight: Flight, error: unknown, isPromised: boolean): void {
    const { settings, flights, time } = this.#store;
    if (settings.cacheErrors === undefined || flight.isFenced || !flight.isStored) return;
    let ttl: Duration | undefined;
    flights.enter(flight); // the user's word is part of the load
    try {
      ttl = settings.cacheErrors(error);
    } catch {
      this.#store.tell("error", flight.key, "config");
    }
    flights.leave();
    time.forget();
    if (ttl === undefined || flight.isFenced) return;
    try {
      const life = plainLife(milliseconds(ttl, "cacheErrors", "the time"));
      this.#keep(flight, new Failure(error, isPromised), life, settings.weigh === undefined ? 0 : 1);
    } catch {
      this.#store.tell("error", flight.key, "config");
    }
  }

  /** What a value weighs, or {@link REFUSED}. */
  #weigh(flight: Flight, value: unknown): number {
    if (this.#store.settings.weigh === undefined) return 0;
    this.#store.flights.enter(flight); // the weigher is part of the load
    try {
      return this.#store.weigh(flight.key, value);
    } catch {
      this.#store.tell("error", flight.key, "config"); // the callers have their value all the same
      return REFUSED;
    } finally {
      this.#store.flights.leave();
    }
  }

  #keep(flight: Flight, value: unknown, life: Life, weight: number): void {
    const store = this.#store;
    store.flights.fenceUpdates(flight.key);
    try {
      store.put(flight.key, value, life, flight.tags, weight, value instanceof Failure ? undefined : flight.wait?.landing);
    } catch (error) {
      // The callers have their value, and the next one loads again. Of what is too heavy was told already.
      if ((error as CachefnError).code !== "too-heavy") store.tell("error", flight.key, "unavailable");
    }
  }

  /** The stale value, while another is fetched. */
  #answerStale(key: unknown, fetcher: Fetcher): unknown {
    const store = this.#store;
    store.counters.staleHits++;
    store.tell("stale", key);
    const answer = store.answer(store.table.find(key), isAsync(fetcher));
    store.deliver();
    return answer;
  }

  /** The promise of a flight, which ends at the timeouts of the cache. */
  #bounded(flight: Flight, wait: Wait): Promise<unknown> {
    const store = this.#store;
    const { settings } = store;
    const { loadTimeout, softTimeout } = settings;
    if (loadTimeout === Number.POSITIVE_INFINITY && softTimeout >= flight.bridges) return wait.landing;
    const timeOut = (): unknown => {
      store.flights.land(flight);
      const key = String(store.publicKey(flight.key));
      const error = new CachefnError("timeout", settings.loader, `${key}: the fetcher takes longer than ${loadTimeout} ms`);
      try {
        return this.#fail(flight, error, true);
      } finally {
        flight.end(error);
      }
    };
    const answerEarly = (): boolean => {
      store.time.forget();
      if (!this.#isBridged(flight, store.time.read() - flight.began)) return false;
      store.counters.staleHits++;
      store.tell("stale", flight.key);
      flight.isBackground = true;
      store.deliver();
      return true;
    };
    return bounded(flight, wait, { loadTimeout, timeOut, softTimeout, answerEarly });
  }

  /** A flight that has not taken too long; timers may be late, or never fire at all. */
  #inTime(flight: Flight | undefined, now: number): Flight | undefined {
    if (flight === undefined || now - flight.began < this.#store.settings.loadTimeout) return flight;
    flight.wait?.giveUp?.();
    return undefined;
  }

  /** How long the fetcher took; any time may have passed. */
  #took(flight: Flight): number {
    this.#store.time.forget();
    return this.#store.time.read() - flight.began;
  }
}

/** Whether a function was declared `async`, so that it returns promises even where it was not called. */
export function isAsync(fetcher: unknown): boolean {
  return typeof fetcher === "function" && fetcher.constructor === AsyncFunction;
}

/** Whether a value has to be waited for; one that does not let itself be asked is a value like others. */
export function isPromise(value: unknown): value is PromiseLike<unknown> {
  try {
    return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
  } catch {
    return false;
  }
}

/** The weight of what is not stored. */
const REFUSED = -1;

/** Says that a caller has to call its fetcher. */
const LEADS = Symbol("leads");

const AsyncFunction = (async () => {}).constructor;
