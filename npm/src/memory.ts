//! A cache in memory: what its operations do, count and tell, and in which order.

import type { Cache } from "./cache.js";
import { CAUSES, DELETED, EVICTED, EXPIRED, PATTERN } from "./engine/codes.js";
import { type Engine, refused } from "./engine/engine.js";
import { type Cause, departure, type EventKind, Events, KINDS, type Listener } from "./events.js";
import { type FetchContext, Flights } from "./flight.js";
import { type Glob, toGlob } from "./glob.js";
import { type Key, keyText, type Primitive } from "./key.js";
import { type Fetcher, type Home, isAsync, Loading } from "./loading.js";
import {
  type CacheOptions,
  checkListener,
  checkTag,
  type EntryOptions,
  entryTtl,
  type Settings,
  settings,
  tagList,
} from "./options.js";
import { Counters, type Stats } from "./stats.js";
import { type Owner, Table } from "./table.js";
import { deadline, type Now, timeOf } from "./time.js";

/** A cache for users: its keys are theirs. */
export function openCache<V>(engine: Engine, options: CacheOptions): Cache<V> {
  return new MemoryCache<V>(engine, settings(options, "create cache"), (key) => key as Key);
}

/** {@link Cache} over the engine. Inside, a key may be anything; `publicKey` is what users know it as. */
export class MemoryCache<V> implements Cache<V>, Owner {
  readonly #table: Table;
  readonly #time: Now;
  readonly #ttl: number;
  readonly #publicKey: (key: unknown) => Key;
  readonly #counters = new Counters();
  readonly #events = new Events();
  readonly #flights = new Flights();
  readonly #loading: Loading;
  /** Whether an entry ever had a deadline: before that nobody needs to know the time. */
  #timed = false;

  constructor(engine: Engine, settings: Settings, publicKey: (key: unknown) => Key, Kind: typeof Table = Table) {
    this.#table = new Kind(engine, { ...settings, maxWeight: 0 }, settings.seed, this);
    this.#time = timeOf(settings.clock);
    this.#ttl = settings.ttl;
    this.#publicKey = publicKey;
    const home: Home = {
      store: (key, value, ttl, tags, promise) => this.#store(key, value, ttl, tags, promise),
      tell: (kind, key, cause) => this.#tell(kind, key, cause),
      deliver: () => this.#deliver(),
    };
    this.#loading = new Loading(home, this.#flights, this.#counters, this.#time);
  }

  get(key: unknown): V | undefined {
    const table = this.#table;
    const slot = table.find(key);
    if (slot < 0 || !table.hit(slot, this.#time)) {
      this.#missed(key);
      this.#deliver();
      return undefined;
    }
    const value = table.valueAt(slot) as V;
    this.#counters.hits++;
    if (this.#events.listening) this.#tellNow("hit", key);
    return value;
  }

  peek(key: unknown): V | undefined {
    const slot = this.#findAlive(key);
    return slot < 0 ? undefined : (this.#table.valueAt(slot) as V);
  }

  has(key: unknown): boolean {
    return this.#findAlive(key) >= 0;
  }

  set(key: unknown, value: V, options?: EntryOptions): void {
    const ttl = entryTtl(options, this.#ttl, "set");
    const tags = tagList(options?.tags, "set");
    this.#flights.fence(key);
    try {
      this.#store(key, value, ttl, tags, undefined);
    } finally {
      this.#deliver();
    }
  }

  delete(key: unknown): boolean {
    this.#flights.fence(key);
    const table = this.#table;
    const slot = table.find(key);
    if (slot < 0) return false;
    const isAlive = table.isFresh(slot, this.#time);
    if (isAlive) this.#counters.deletes++;
    table.remove(slot, this.#now(), DELETED);
    this.#deliver();
    return isAlive;
  }

  clear(): void {
    this.#flights.fenceIf(() => true);
    this.#table.clear(this.#now());
    this.#deliver();
  }

  getOrFetch(key: unknown, fetcher: (context: FetchContext) => PromiseLike<V>, options?: EntryOptions): Promise<V> | V;
  getOrFetch(key: unknown, fetcher: (context: FetchContext) => V, options?: EntryOptions): V;
  getOrFetch(key: unknown, fetcher: Fetcher, options?: EntryOptions): unknown {
    const answer = this.recall(key, isAsync(fetcher));
    if (answer !== NOTHING) return answer;
    return this.load(key, fetcher, entryTtl(options, this.#ttl, "getOrFetch"), tagList(options?.tags, "getOrFetch"));
  }

  invalidateByTag(tag: string): void {
    checkTag(tag);
    this.#flights.fenceTag(tag);
    this.#table.invalidate(tag);
    this.#counters.invalidations++;
    this.#events.tell("invalidate");
    this.#deliver();
  }

  invalidateByPattern(pattern: string | Glob): number {
    const glob = toGlob(pattern);
    const table = this.#table;
    const matches = (key: unknown): boolean => isMatch(glob, this.#publicKey(key));
    this.#flights.fenceIf(matches);
    const slots = this.#fresh().filter((slot) => matches(table.keyAt(slot)));
    for (const slot of slots) table.remove(slot, this.#now(), PATTERN);
    this.#counters.invalidations++;
    this.#events.tell("invalidate", undefined, undefined, slots.length);
    this.#deliver();
    return slots.length;
  }

  keys(pattern?: string | Glob): Key[] {
    const glob = pattern === undefined ? undefined : toGlob(pattern);
    const table = this.#table;
    table.sweep(this.#now());
    const keys = this.#fresh().map((slot) => this.#publicKey(table.keyAt(slot)));
    this.#deliver();
    return glob === undefined ? keys : keys.filter((key) => isMatch(glob, key));
  }

  get size(): number {
    this.#table.sweep(this.#now());
    this.#deliver();
    return this.#table.count;
  }

  stats(): Stats {
    return this.#counters.stats(this.#table.count);
  }

  on(event: EventKind, listener: Listener): void {
    checkListener(event, KINDS, listener);
    this.#events.on(event, listener);
  }

  off(event: EventKind, listener: Listener): void {
    this.#events.off(event, listener);
  }

  /**
   * What is stored under `key`, counted as a hit, or {@link NOTHING}, which is not counted yet. A value
   * that came by a promise is that promise; with `promised` every value is one.
   */
  recall(key: unknown, promised: boolean): unknown {
    const slot = this.#table.find(key);
    return slot >= 0 && this.#table.hit(slot, this.#time) ? this.#answer(slot, promised) : NOTHING;
  }

  /** {@link recall} of a pair, without making it. */
  recallPair(first: Primitive, second: Primitive, promised: boolean): unknown {
    const table = this.#table;
    const slot = table.findPair(first, second, table.hashPair(first, second));
    return slot >= 0 && table.hit(slot, this.#time) ? this.#answer(slot, promised) : NOTHING;
  }

  /** {@link recall} of a list of arguments, without making a key of it. Throws what reading them throws. */
  recallList(args: ArrayLike<unknown>, promised: boolean): unknown {
    const table = this.#table;
    const slot = table.findArguments(args, table.hashList(args));
    return slot >= 0 && table.hit(slot, this.#time) ? this.#answer(slot, promised) : NOTHING;
  }

  /** Makes the value that {@link recall} did not find, or waits for whoever makes it already. */
  load(key: unknown, fetcher: Fetcher, ttl: number, tags: readonly string[]): unknown {
    this.#missed(key);
    return this.#loading.load(key, fetcher, ttl, tags);
  }

  /** Lets entries go that nobody can ask for any more. */
  forget(slots: readonly number[]): void {
    for (const slot of slots) this.#table.remove(slot, this.#now(), EXPIRED);
    this.#deliver();
  }
  /** A call could not be remembered because its arguments have no key. */
  unkeyable(): void {
    this.#events.tell("error");
    this.#deliver();
  }

  entryLeft(key: unknown, cause: number): void {
    if (cause === EVICTED) this.#counters.evictions++;
    else if (cause === EXPIRED) this.#counters.expirations++;
    if (this.#events.listening) this.#tell(departure(cause), key, CAUSES[cause]);
  }

  #answer(slot: number, promised: boolean): unknown {
    const table = this.#table;
    let answer: unknown = table.promiseAt(slot);
    if (answer === undefined) {
      answer = table.valueAt(slot);
      if (promised) table.rewrite(slot, answer, (answer = Promise.resolve(answer)) as Promise<unknown>);
    }
    this.#counters.hits++;
    if (this.#events.listening) this.#tellNow("hit", table.keyAt(slot));
    return answer;
  }

  #fresh(): number[] {
    return this.#table.used().filter((slot) => this.#table.isFresh(slot, this.#time));
  }

  #findAlive(key: unknown): number {
    const slot = this.#table.find(key);
    return slot >= 0 && this.#table.isFresh(slot, this.#time) ? slot : -1;
  }

  #store(key: unknown, value: unknown, ttl: number, tags: readonly string[], promise?: Promise<unknown>): void {
    const table = this.#table;
    if (ttl < Number.POSITIVE_INFINITY) this.#timed = true;
    const now = this.#now();
    if (this.#timed && now >= table.due) table.advance(now, HOUSEKEEPING);
    const hash = table.hash(key);
    let slot = table.locate(key, hash);
    if (slot >= 0 && (ttl === 0 || !table.isFresh(slot, this.#time))) {
      table.remove(slot, now, DELETED);
      slot = -1;
    }
    if (ttl === 0) return;
    const due = this.#timed ? deadline(now, ttl) : 0;
    if (slot >= 0) {
      if (!table.renew(slot, now, due)) throw refused("set");
      this.#tell("set", key, "replaced");
      table.settle();
      table.rewrite(slot, value, promise);
    } else {
      slot = table.add(key, hash, now, due);
      if (slot < 0) throw refused("set");
      this.#tell("set", key);
      table.settle();
      table.write(slot, key, value, promise);
    }
    this.#counters.sets++;
    try {
      if (tags.length > 0) table.tag(slot, tags);
    } catch (error) {
      table.remove(slot, now, DELETED); // without its tags it could never be invalidated
      throw error;
    }
  }

  #missed(key: unknown): void {
    this.#counters.misses++;
    this.#tell("miss", key);
  }

  #tell(kind: EventKind, key: unknown, cause?: Cause): void {
    if (this.#events.listening) this.#events.tell(kind, this.#publicKey(key), cause);
  }

  #tellNow(kind: EventKind, key: unknown, cause?: Cause): void {
    this.#tell(kind, key, cause);
    this.#deliver();
  }

  /** Tells what happened, after it has happened; listeners may take any time. */
  #deliver(): void {
    if (this.#events.listening && this.#events.deliver()) this.#time.forget();
  }

  #now(): number {
    return this.#timed ? this.#time.read() : 0;
  }
}

function isMatch(glob: Glob, key: Key): boolean {
  const text = keyText(key);
  return text !== undefined && glob.matches(text);
}

/** What {@link MemoryCache.recall} answers when there is nothing. */
export const NOTHING = Symbol("nothing");

/** How many timers a write may handle. */
const HOUSEKEEPING = 16;
