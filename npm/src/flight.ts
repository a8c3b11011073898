//! Loads under way: who waits for whom, and whose result came too late to be stored.

import { Arguments, isSameList } from "./arguments.js";
import { argumentsText, Pair } from "./key.js";
import { tagList } from "./options.js";
import { type Duration, milliseconds } from "./time.js";

/**
 * What a fetcher can say about the entry it makes, until its promise is settled.
 *
 * @example
 * ```ts
 * await cache.getOrFetch("user:7", async (context) => {
 *   const user = await loadUser("7");
 *   if (user === undefined) context.skip();
 *   context.ttl("5m");
 *   context.tags("users", `user:${user.id}`);
 *   return user;
 * });
 * cache.invalidateByTag("user:7");
 * assert(!cache.has("user:7"));
 * ```
 */
export interface FetchContext {
  /** How long the entry lives, instead of what was asked for. */
  ttl(ttl: Duration): void;
  /** More tags for the entry. */
  tags(...tags: string[]): void;
  /** Does not store the value. */
  skip(): void;
}

/** One running fetcher. */
export class Flight {
  readonly key: unknown;
  ttl: number;
  tags: readonly string[];
  /** Whether the value is to be stored. */
  isStored = true;
  /** What everybody gets who asks meanwhile, once the fetcher has returned a promise. */
  promise: Promise<unknown> | undefined;
  #fenced = false;
  #invalidated: Set<string> | undefined;

  constructor(key: unknown, ttl: number, tags: readonly string[]) {
    this.key = key;
    this.ttl = ttl;
    this.tags = tags;
  }

  /** Whether something newer than this load happened to its key or one of its tags. */
  get isFenced(): boolean {
    const invalidated = this.#invalidated;
    return this.#fenced || (invalidated !== undefined && this.tags.some((tag) => invalidated.has(tag)));
  }

  fence(): void {
    this.#fenced = true;
  }

  /** Any tag counts: the fetcher may still name it. */
  fenceTag(tag: string): void {
    (this.#invalidated ??= new Set()).add(tag);
  }
}

/** What the fetcher of a flight is given. The methods may be taken out of it: most fetchers use none. */
export class Context implements FetchContext {
  readonly #flight: Flight;

  constructor(flight: Flight) {
    this.#flight = flight;
  }

  get ttl() {
    return (ttl: Duration): void => {
      this.#flight.ttl = milliseconds(ttl, "getOrFetch", "ttl");
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
}

/** The flights of one cache. A key has one that is not fenced, at most. */
export class Flights {
  /** Fetchers on the stack of the running call, outermost first. */
  readonly #running: Flight[] = [];
  /** The first so many of them by key, for deep recursion. */
  readonly #indexed = new Map<unknown, Flight>();
  #indexedCount = 0;
  /** Promises not settled yet, by key. */
  readonly #awaited = new Map<unknown, Flight>();

  /** The flight of a fetcher on the stack: to wait for it would be to wait for oneself. */
  running(key: unknown): Flight | undefined {
    const running = this.#running;
    if (running.length === 0) return undefined;
    if (running.length <= FEW) return running.find((flight) => isSame(flight.key, key) && !flight.isFenced);
    while (this.#indexedCount < running.length) {
      const flight = running[this.#indexedCount++] as Flight;
      this.#indexed.set(identity(flight.key), flight);
    }
    const flight = this.#indexed.get(identity(key));
    return flight?.isFenced ? undefined : flight;
  }

  /** The flight whose promise callers can share. */
  awaited(key: unknown): Flight | undefined {
    if (this.#awaited.size === 0) return undefined;
    const flight = this.#awaited.get(identity(key));
    return flight?.isFenced ? undefined : flight;
  }

  /** The fetcher is about to be called. */
  enter(flight: Flight): void {
    this.#running.push(flight);
  }

  /** The fetcher called last has returned. */
  leave(): void {
    const running = this.#running;
    const flight = running.pop() as Flight;
    if (running.length < this.#indexedCount) {
      this.#indexedCount = running.length;
      const key = identity(flight.key);
      if (this.#indexed.get(key) === flight) this.#indexed.delete(key);
    }
  }

  /** The fetcher returned a promise. */
  wait(flight: Flight): void {
    this.#awaited.set(identity(flight.key), flight);
  }

  /** The promise is settled. */
  land(flight: Flight): void {
    const key = identity(flight.key);
    if (this.#awaited.get(key) === flight) this.#awaited.delete(key);
  }

  /** The key was written or deleted. */
  fence(key: unknown): void {
    if (this.#running.length > 0 || this.#awaited.size > 0) (this.running(key) ?? this.awaited(key))?.fence();
  }

  /** A tag was invalidated. */
  fenceTag(tag: string): void {
    for (const flight of this.#all()) flight.fenceTag(tag);
  }

  /** The keys that `matches` accepts were invalidated. */
  fenceIf(matches: (key: unknown) => boolean): void {
    for (const flight of this.#all()) if (matches(flight.key)) flight.fence();
  }

  #all(): Flight[] {
    return [...this.#running, ...this.#awaited.values()];
  }
}

function isSame(one: unknown, other: unknown): boolean {
  return (
    one === other ||
    (one instanceof Pair && other instanceof Pair && one.first === other.first && one.second === other.second) ||
    (one instanceof Arguments && other instanceof Arguments && isSameList(one.list, other.list)) ||
    (one !== one && other !== other)
  );
}

/** Equal keys are one identity in a `Map`; the mark in front keeps lists of arguments apart from texts. */
function identity(key: unknown): unknown {
  const list = key instanceof Pair ? [key.first, key.second] : key instanceof Arguments ? key.list : undefined;
  return list === undefined ? key : `\0${argumentsText(list)}`;
}

/** So many keys are compared faster than looked up. */
const FEW = 8;
