//! What a cache holds: how values come and go, and what is counted and told of it.

import { isKey, iterable, KEYS, noKey } from "./checks.js";
import { CAUSES, DELETED, EVICTED, EXPIRED, TOO_HEAVY } from "./engine/codes.js";
import { type Engine, refused } from "./engine/engine.js";
import { CachefnError, misconfigured, show } from "./errors.js";
import { type Cause, departure, type EventKind, Events } from "./events.js";
import { Failure } from "./failure.js";
import { Flights } from "./flight.js";
import type { Key } from "./key.js";
import type { Life } from "./life.js";
import type { Settings } from "./options.js";
import { Counters } from "./stats.js";
import type { Owner, Table } from "./table.js";
import { deadline, type Now, timeOf } from "./time.js";

/** The entries of one cache. Inside, a key may be anything; `publicKey` is what users know it as. */
export class Store implements Owner {
  readonly settings: Settings;
  readonly publicKey: (key: unknown) => Key;
  readonly table: Table;
  readonly time: Now;
  readonly counters = new Counters();
  readonly events = new Events();
  readonly flights = new Flights();
  isClosed = false;
  /** Whether an entry ever had a deadline: before that nobody needs to know the time. */
  #timed = false;
  /** Whether an entry ever had a time to be stale. */
  canBeStale = false;
  /** Whether an entry ever brought more than a deadline. */
  #brings = false;
  #draws = 0;

  constructor(engine: Engine, settings: Settings, publicKey: (key: unknown) => Key, Kind: typeof Table) {
    this.settings = settings;
    this.publicKey = publicKey;
    this.table = new Kind(engine, settings, settings.seed, this);
    this.time = timeOf(settings.clock);
  }

  /** The slot of a fresh value, or -1. */
  find(key: unknown): number {
    const slot = this.table.find(key);
    return slot >= 0 && this.table.isFresh(slot, this.time) && !this.isFailure(slot) ? slot : -1;
  }

  /** Whether a failure stands in the place of a value. */
  isFailure(slot: number): boolean {
    return this.settings.cacheErrors !== undefined && this.table.valueAt(slot) instanceof Failure;
  }

  /** The slots of all entries that are not dead, or of the fresh values only. */
  slots(freshOnly: boolean): number[] {
    const { table, time } = this;
    return table
      .used()
      .filter((slot) => (freshOnly ? table.isFresh(slot, time) && !this.isFailure(slot) : !table.isDead(slot, time)));
  }

  /**
   * What is stored in a slot. A value that came by a promise is that promise; with `promised` every value
   * is one.
   */
  answer(slot: number, promised: boolean): unknown {
    const { table } = this;
    const promise = table.promiseAt(slot);
    if (promise !== undefined) return promise;
    const value = table.valueAt(slot);
    if (this.isFailure(slot)) return (value as Failure).repeat(promised);
    if (!promised) return value;
    const answer = Promise.resolve(value);
    table.rewrite(slot, value, answer);
    return answer;
  }

  /** What an entry weighs, by the user's word for it. */
  weigh(key: unknown, value: unknown): number {
    const { weigh } = this.settings;
    if (weigh === undefined) return 0;
    const weight = weigh(this.publicKey(key), value);
    this.time.forget();
    if (typeof weight === "number" && weight >= 0) return Math.ceil(weight);
    throw misconfigured("weigh", `the weight of ${show(this.publicKey(key))} is ${show(weight)}; use a number from 0 on`);
  }

  /** Stores a value; whether its life lets it. Throws when memory is refused or it is too heavy. */
  put(key: unknown, value: unknown, life: Life, tags: readonly string[], weight: number, promise?: Promise<unknown>): boolean {
    const { table, settings } = this;
    this.checkOpen("set");
    if (life.isLimited) this.#timed = true;
    const now = this.now();
    if (this.#timed && now >= table.due) table.advance(now, HOUSEKEEPING);
    const hash = table.hash(key);
    let slot = table.locate(key, hash);
    if (weight > settings.maxWeight) this.#refuse(key, slot, weight, now);
    const ttl = this.ttl(value, life);
    if (slot >= 0 && (ttl === 0 || table.isDead(slot, this.time))) {
      table.remove(slot, now, DELETED);
      slot = -1;
    }
    if (ttl === 0) return false;
    if (this.#brings || life.isSpecial || weight > 0) this.#bring(life, weight);
    const due = this.#timed ? deadline(now, ttl) : 0;
    if (slot >= 0) {
      if (!table.renew(slot, now, due)) throw refused("set");
      this.tell("set", key, "replaced");
      table.settle();
      table.rewrite(slot, value, promise);
    } else {
      slot = table.add(key, hash, now, due);
      if (slot < 0) throw refused("set");
      this.tell("set", key);
      table.settle();
      table.write(slot, key, value, promise);
    }
    if (settings.refreshAfter < 1) table.refresh(slot, now + ttl * settings.refreshAfter);
    this.counters.sets++;
    try {
      if (tags.length > 0) table.tag(slot, tags);
    } catch (error) {
      table.remove(slot, now, DELETED); // without its tags it could never be invalidated
      throw error;
    }
    return true;
  }

  /** Puts a value in the place of a living one, whose tags and times stay. */
  change(slot: number, key: unknown, value: unknown, weight: number): void {
    const { table, settings } = this;
    const now = this.now();
    if (weight > settings.maxWeight) this.#refuse(key, slot, weight, now);
    if (this.#brings || weight > 0) this.#bring(settings.life, weight);
    table.change(slot, now);
    this.counters.sets++;
    this.tell("set", key, "replaced");
    table.settle();
    table.rewrite(slot, value, undefined);
  }

  /** Removes an entry; whether it was alive. */
  remove(slot: number, cause: number): boolean {
    return this.table.remove(slot, this.now(), cause) === cause;
  }

  /** Makes an entry stale; whether it was fresh. */
  expire(slot: number): boolean {
    if (!this.table.isFresh(slot, this.time)) return false;
    this.#timed = true;
    this.table.expire(slot, this.now());
    return true;
  }

  /** Makes the entries of a tag unreachable, or stale. */
  invalidate(tag: string, expires: boolean): void {
    this.flights.fenceTag(tag);
    const number = this.table.tagOf(tag);
    if (number === undefined) return;
    if (!expires) return this.table.invalidateTag(number);
    this.#timed = true;
    this.table.expireTag(number, this.now());
  }

  /** Drops the dead; how many. */
  sweep(): number {
    const before = this.table.count;
    this.table.sweep(this.now());
    return before - this.table.count;
  }

  /** Gives everything back; the refreshes that run for nobody end. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    for (const flight of this.flights.all()) {
      flight.fence();
      if (flight.isBackground) flight.end(closed("getOrFetch"));
    }
    this.table.clear(this.now());
    this.table.dispose();
    this.deliver();
    this.events.forget();
  }

  checkOpen(operation: string): void {
    if (this.isClosed) throw closed(operation);
  }

  /**
   * Refuses what cannot be a key, and every key once the cache is closed. Such a key is never stored, so
   * that it is enough to ask where none was found. Only keys of this package's own have another name outside.
   */
  checkUse(operation: string, key: unknown): void {
    this.checkOpen(operation);
    if (!isKey(key) && this.publicKey(key) === key) throw noKey(key, operation);
  }

  /** {@link checkUse} of many keys, which become a list. */
  keyList(keys: Iterable<Key>, operation: string): Key[] {
    const list = [...iterable(keys, operation, "keys", KEYS)];
    for (const key of list) this.checkUse(operation, key);
    return list;
  }

  tell(kind: EventKind, key: unknown, cause?: Cause): void {
    if (this.events.listening) this.events.tell(kind, this.publicKey(key), cause);
  }

  /** Tells what happened, after it has happened; listeners may take any time. Whether there were any. */
  deliver(): boolean {
    if (!this.events.listening || !this.events.deliver()) return false;
    this.time.forget();
    return true;
  }

  now(): number {
    return this.#timed ? this.time.read() : 0;
  }

  entryLeft(key: unknown, cause: number): void {
    if (cause === EVICTED) this.counters.evictions++;
    else if (cause === EXPIRED) this.counters.expirations++;
    if (this.events.listening) this.tell(departure(cause), key, CAUSES[cause]);
  }

  #bring({ tti, revalidates, bridges }: Life, weight: number): void {
    this.#brings = true;
    if (revalidates + bridges > 0) this.canBeStale = true;
    this.table.bring(tti === Number.POSITIVE_INFINITY ? 0 : tti, revalidates, bridges, weight);
  }

  /** How long a value is fresh; 0 for what is not stored. */
  ttl(value: unknown, life: Life): number {
    const ttl = value === undefined || value === null ? life.negative : life.ttl;
    if (life.tti === 0) return 0;
    const { jitter } = this.settings;
    if (jitter === 0 || ttl === 0 || ttl === Number.POSITIVE_INFINITY) return ttl;
    return Math.max(ttl - Math.floor(ttl * jitter * this.table.draw(this.#draws++)), 1);
  }

  /** A value heavier than the whole cache may be is not stored, and the old one is not true any more. */
  #refuse(key: unknown, slot: number, weight: number, now: number): never {
    this.counters.tooHeavy++;
    const isTold = slot >= 0 && this.table.remove(slot, now, TOO_HEAVY) === TOO_HEAVY;
    if (!isTold) this.tell("eviction", key, "too-heavy");
    const most = `the whole cache may weigh ${this.settings.maxWeight}; nothing was stored`;
    throw new CachefnError("too-heavy", "set", `${show(this.publicKey(key))} weighs ${weight}, but ${most}`);
  }
}

function closed(operation: string): CachefnError {
  return new CachefnError("unsupported", operation, "the cache is closed");
}

/** How many timers a write may handle. */
const HOUSEKEEPING = 16;
