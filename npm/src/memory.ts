//! A cache in memory: how values are read, written and made.

import type { Cache, Entries } from "./cache.js";
import { checkEntry, checkFunction, ENTRIES, iterable, tagList } from "./checks.js";
import type { FetchContext } from "./context.js";
import { DELETED, EXPIRED } from "./engine/codes.js";
import type { Engine } from "./engine/engine.js";
import type { EventKind, Listener } from "./events.js";
import { CachefnError, misconfigured } from "./errors.js";
import type { Events } from "./events.js";
import type { Key, Primitive } from "./key.js";
import { type EntryOptions, entryLife, type FetchOptions, type Life } from "./life.js";
import { type Fetcher, isAsync, isPromise, Loading } from "./loading.js";
import type { Settings } from "./options.js";
import { Removable } from "./removing.js";
import type { Counters } from "./stats.js";
import { Table } from "./table.js";
import type { Now } from "./time.js";

/** {@link Cache} over the engine. Inside, a key may be anything; `publicKey` is what users know it as. */
export class MemoryCache<V, G = V | undefined> extends Removable<V> implements Cache<V, G> {
  readonly #table: Table;
  readonly #time: Now;
  readonly #counters: Counters;
  readonly #events: Events;
  readonly #life: Life;
  readonly #loading: Loading;
  readonly #fetcher: Settings["fetcher"];
  /** Whether a hit may be more than a value. */
  readonly #isPlain: boolean;
  /** Whether a hit is nothing more, and nobody listens. */
  #isQuiet: boolean;

  constructor(engine: Engine, settings: Settings, publicKey: (key: unknown) => Key, Kind = Table) {
    super(engine, settings, publicKey, Kind);
    const { store } = this;
    this.#table = store.table;
    this.#time = store.time;
    this.#counters = store.counters;
    this.#events = store.events;
    this.#life = settings.life;
    this.#loading = new Loading(store);
    this.#fetcher = settings.fetcher;
    this.#isPlain = settings.cacheErrors === undefined && settings.refreshAfter === 1;
    this.#isQuiet = this.#isPlain;
  }

  get(key: unknown): G {
    const table = this.#table;
    const slot = table.find(key);
    if (slot < 0 || !table.hit(slot, this.#time)) return this.#missed(key) as G;
    if (!this.#isQuiet) return this.#found(slot, key) as G;
    this.#counters.hits++;
    return table.valueAt(slot) as G;
  }

  peek(key: unknown): V | undefined {
    const slot = this.#find(key, "peek");
    return slot < 0 ? undefined : (this.#table.valueAt(slot) as V);
  }

  has(key: unknown): boolean {
    return this.#find(key, "has") >= 0;
  }

  set(key: unknown, value: V, options?: EntryOptions): void {
    this.#write("set", false, key, value, options);
  }

  setIfAbsent(key: unknown, value: V, options?: EntryOptions): boolean {
    return this.#write("setIfAbsent", true, key, value, options);
  }

  update(key: unknown, change: (old: V | undefined) => V | undefined): V | undefined {
    if (change === undefined) throw misconfigured("update", "the change is undefined; use a function");
    checkFunction(change, "update", "the change");
    const store = this.store;
    for (let tries = 0; tries <= OWN_CHANGES; tries++) {
      const slot = this.#find(key, "update");
      let value: V | undefined;
      let weight = 0;
      const isAlone = store.flights.update(key, () => {
        value = change(slot < 0 ? undefined : (this.#table.valueAt(slot) as V));
        this.#time.forget();
        if (value !== undefined) weight = store.weigh(key, value);
      });
      if (!isAlone || this.#find(key, "update") !== slot) continue;
      store.flights.fence(key);
      try {
        if (value === undefined) {
          if (slot >= 0 && store.remove(slot, DELETED)) this.#counters.deletes++;
        } else if (slot < 0) store.put(key, value, this.#life, [], weight);
        else store.change(slot, key, value, weight);
      } finally {
        store.deliver();
      }
      return value;
    }
    throw new CachefnError("reentrant", "update", "it changes its own key in another way too, each time it runs");
  }

  getMany(keys: Iterable<Key>): never {
    const values = this.store.keyList(keys, "getMany").map((key) => this.get(key));
    return (this.#fetcher !== undefined && values.some(isPromise) ? Promise.all(values) : values) as never;
  }

  setMany(entries: Entries<V>, options?: EntryOptions): void {
    const failures: unknown[] = [];
    for (const entry of iterable(entries, "setMany", "entries", ENTRIES)) {
      try {
        checkEntry(entry, "setMany");
        this.set(entry[0], entry[1], options);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  getOrFetch(key: unknown, fetcher: Fetcher | undefined = this.#ownFetcher(key), options?: FetchOptions): never {
    const answer = this.recall(key, isAsync(fetcher));
    if (answer !== NOTHING) return answer as never;
    this.store.checkUse("getOrFetch", key);
    if (typeof fetcher !== "function") throw misconfigured("getOrFetch", "there is no fetcher; give one, or one to the cache");
    const life = entryLife(options, this.#life, "getOrFetch");
    return this.load(key, fetcher, life, tagList(options?.tags, "getOrFetch"), options?.signal as AbortSignal) as never;
  }

  warm(keys: Iterable<Key>, fetcher: Settings["fetcher"] = this.#fetcher): never {
    const store = this.store;
    store.checkOpen("warm");
    if (typeof fetcher !== "function") throw misconfigured("warm", "there is no fetcher; give one, or one to the cache");
    let made = 0;
    const loads: unknown[] = [];
    for (const key of store.keyList(keys, "warm")) {
      if (store.find(key) >= 0) continue;
      const load = (context: FetchContext<never>): unknown => (made++, fetcher(key, context));
      loads.push(this.#loading.load(key, load, this.#life, []));
    }
    const pending = loads.filter(isPromise);
    if (pending.length === 0) return made as never;
    return Promise.allSettled(pending).then((ends) => {
      for (const end of ends) if (end.status === "rejected") throw end.reason;
      return made;
    }) as never;
  }

  override on(event: EventKind, listener: Listener): void {
    super.on(event, listener);
    this.#isQuiet = false;
  }

  override off(event: EventKind, listener: Listener): void {
    super.off(event, listener);
    this.#isQuiet = this.#isPlain && !this.store.events.listening;
  }

  /**
   * What is stored under `key`, counted as a hit, or {@link NOTHING}, which is not counted yet. A value
   * that came by a promise is that promise; with `promised` every value is one.
   */
  recall(key: unknown, promised: boolean): unknown {
    return this.recallAt(this.#table.find(key), promised);
  }

  /** {@link recall} of a pair, without making it. */
  recallPair(first: Primitive, second: Primitive, promised: boolean): unknown {
    return this.recallAt(this.#table.findPair(first, second, this.#table.hashPair(first, second)), promised);
  }

  /** The slot for {@link recallAt} of a list of arguments, of which no key is made. Throws what reading them throws. */
  findList(args: ArrayLike<unknown>): number {
    return this.#table.findArguments(args, this.#table.hashList(args));
  }

  /** {@link recall} of what is in a slot. Short, so that the compiler has room for all of a hit in one piece. */
  recallAt(slot: number, promised: boolean): unknown {
    const table = this.#table;
    if (slot < 0 || !table.hit(slot, this.#time)) return NOTHING;
    if (!this.#isPlain || this.#events.listening) return this.#isAged(slot) ? NOTHING : this.#answer(slot, promised);
    this.#counters.hits++;
    return table.promiseAt(slot) ?? (promised ? this.store.answer(slot, promised) : table.valueAt(slot));
  }

  /** The key of a slot that {@link findList} gave. */
  keyAt(slot: number): unknown {
    return this.#table.keyAt(slot);
  }

  /** Makes the value that {@link recall} did not find, or waits for whoever makes it already. */
  load(key: unknown, fetcher: Fetcher, life: Life, tags: readonly string[], signal?: AbortSignal): unknown {
    const store = this.store;
    const slot = this.#isPlain ? -1 : store.find(key);
    if (slot >= 0) {
      this.#counters.hits++;
      store.tell("hit", key);
      return this.#loading.refresh(slot, key, fetcher, life, tags);
    }
    this.#counters.misses++;
    store.tell("miss", key);
    return this.#loading.load(key, fetcher, life, tags, signal);
  }

  /** Lets entries go that nobody can ask for any more. */
  forget(slots: readonly number[]): void {
    for (const slot of slots) this.store.remove(slot, EXPIRED);
    this.store.deliver();
  }

  /** A call could not be remembered because its arguments have no key. */
  unkeyable(): void {
    this.store.events.tell("error", undefined, "key");
    this.store.deliver();
  }

  /** Whether the value was stored, which an entry under the key may forbid, or a `ttl` of zero. */
  #write(operation: string, onlyIfAbsent: boolean, key: unknown, value: V, options: EntryOptions | undefined): boolean {
    const life = entryLife(options, this.#life, operation);
    const tags = tagList(options?.tags, operation);
    const store = this.store;
    store.checkUse(operation, key);
    const weight = store.weigh(key, value);
    if (onlyIfAbsent && store.find(key) >= 0) return false;
    store.flights.fence(key);
    try {
      return store.put(key, value, life, tags, weight);
    } finally {
      store.deliver();
    }
  }

  #missed(key: unknown): unknown {
    const { store } = this;
    store.checkUse("get", key);
    const fetcher = this.#ownFetcher(key);
    if (fetcher !== undefined) return this.load(key, fetcher, this.#life, []);
    this.#counters.misses++;
    store.tell("miss", key);
    store.deliver();
    return undefined;
  }

  /** A hit of a cache that tells, refreshes or remembers failures. */
  #found(slot: number, key: unknown): unknown {
    const fetcher = this.#ownFetcher(key);
    const isFailure = this.store.isFailure(slot);
    if (fetcher === undefined && isFailure) return this.#missed(key);
    if (fetcher !== undefined && (isFailure || this.#isAged(slot))) return this.getOrFetch(key, fetcher);
    const value = this.#table.valueAt(slot);
    this.#counters.hits++;
    this.store.tell("hit", key);
    this.store.deliver();
    return value;
  }

  #ownFetcher(key: unknown): Fetcher | undefined {
    const fetcher = this.#fetcher;
    return fetcher && ((context) => fetcher(this.store.publicKey(key), context));
  }

  #answer(slot: number, promised: boolean): unknown {
    const table = this.#table;
    this.#counters.hits++;
    if (this.#isQuiet) {
      const promise = table.promiseAt(slot);
      if (promise !== undefined) return promise;
      return promised ? this.store.answer(slot, true) : table.valueAt(slot);
    }
    const key = table.keyAt(slot);
    try {
      return this.store.answer(slot, promised);
    } finally {
      this.store.tell("hit", key);
      this.store.deliver();
    }
  }

  /** Whether an entry is to be fetched anew though it is fresh. */
  #isAged(slot: number): boolean {
    return !this.#isPlain && this.#time.read() >= this.#table.refreshAt(slot);
  }

  #find(key: unknown, operation: string): number {
    const slot = this.store.find(key);
    if (slot < 0) this.store.checkUse(operation, key);
    return slot;
  }
}

/** What {@link MemoryCache.recall} answers when there is nothing. */
export const NOTHING = Symbol("nothing");

/** So many changes of its own key does an update survive. */
const OWN_CHANGES = 8;
