//! Loads under way: who waits for whom, and whose result came too late to be stored.

import { Arguments, isSameList } from "./arguments.js";
import { argumentsText, Pair } from "./key.js";
import type { Life } from "./life.js";

/** One running fetcher. */
export class Flight {
  readonly key: unknown;
  life: Life;
  tags: readonly string[];
  /** Whether the value is to be stored. */
  isStored: boolean;
  /** When the fetcher was called. */
  began: number;
  /** The stale value that is fetched anew. */
  previous: unknown;
  /** For how long from the beginning on that value may stand in for one that cannot be fetched. */
  bridges: number;
  /** The wait for the promise that the fetcher returned. */
  wait: Wait | undefined;
  /** Whether it goes on though nobody waits. */
  isBackground: boolean;
  /** Whether its outcome was decided before the fetcher ended. */
  isOver: boolean;
  #fenced: boolean;
  #invalidated: Set<string> | undefined;
  #controller: AbortController | undefined;

  constructor(key: unknown, life: Life, tags: readonly string[]) {
    this.key = key;
    this.life = life;
    this.tags = tags;
    this.isStored = true;
    this.began = 0;
    this.previous = undefined;
    this.bridges = 0;
    this.wait = undefined;
    this.isBackground = false;
    this.isOver = false;
    this.#fenced = false;
  }

  /** Whether something newer than this load happened to its key or one of its tags. */
  get isFenced(): boolean {
    const invalidated = this.#invalidated;
    return this.#fenced || (invalidated !== undefined && this.tags.some((tag) => invalidated.has(tag)));
  }

  /** Made only for a fetcher that asks for it. */
  get signal(): AbortSignal {
    return (this.#controller ??= new AbortController()).signal;
  }

  fence(): void {
    this.#fenced = true;
  }

  /** Any tag counts: the fetcher may still name it. */
  fenceTag(tag: string): void {
    (this.#invalidated ??= new Set()).add(tag);
  }

  /** Whatever the fetcher still does is not asked for any more. */
  end(reason: unknown): void {
    this.isOver = true;
    this.fence();
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
  }
}

/** Who waits for a promise. */
export interface Wait {
  /** The promise of the value. */
  readonly landing: Promise<unknown>;
  /** What everybody gets who asks meanwhile: that, unless it takes too long. */
  promise: Promise<unknown>;
  /** How many callers wait. */
  waiting: number;
  /** Ends the wait because the fetcher takes too long. */
  giveUp: (() => void) | undefined;
}

/** A change of a value in place that runs now. */
export interface Update {
  readonly key: unknown;
  /** Whether something else happened to the key meanwhile. */
  isLate: boolean;
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
  readonly #updates: Update[] = [];

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

  /** Runs a change of the value under a key; whether nothing else happened to the key meanwhile. */
  update(key: unknown, change: () => void): boolean {
    const update: Update = { key, isLate: false };
    this.#updates.push(update);
    try {
      change();
    } finally {
      this.#updates.splice(this.#updates.indexOf(update), 1);
    }
    return !update.isLate;
  }

  /** The key was written or deleted. */
  fence(key: unknown): void {
    if (this.#running.length > 0 || this.#awaited.size > 0) (this.running(key) ?? this.awaited(key))?.fence();
    this.fenceUpdates(key);
  }

  /** A load of the key was stored. */
  fenceUpdates(key: unknown): void {
    if (this.#updates.length === 0) return;
    for (const update of this.#updates) if (isSame(update.key, key)) update.isLate = true;
  }

  /** A tag was invalidated. */
  fenceTag(tag: string): void {
    for (const flight of this.all()) flight.fenceTag(tag);
  }

  /** The keys that `matches` accepts were invalidated. */
  fenceIf(matches: (key: unknown) => boolean): void {
    for (const flight of this.all()) if (matches(flight.key)) flight.fence();
    for (const update of this.#updates) if (matches(update.key)) update.isLate = true;
  }

  /** All that run or are waited for. */
  all(): Flight[] {
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
