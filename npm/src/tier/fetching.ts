//! Asking or computing over two tiers: the flight of a key looks into the storage before it calls the fetcher.

import type { Tier } from "../async-options.js";
import { Context, type FetchContext } from "../context.js";
import type { Flight } from "../flight.js";
import type { Life } from "../life.js";
import { type Fetcher, Loading } from "../loading.js";
import { alone } from "./alone.js";
import type { Seen } from "./looking.js";
import type { Tokens } from "./queue.js";
import type { Tiers } from "./tiers.js";

/** What is to be loaded, and on what terms. */
export interface Order {
  readonly text: string;
  readonly fetcher: Fetcher;
  readonly life: Life;
  readonly tags: readonly string[];
  readonly tier: Tier;
  readonly signal?: AbortSignal | undefined;
}

/** The loads of one cache. */
export class Fetching {
  readonly #tiers: Tiers;
  readonly #loading: Loading;

  constructor(tiers: Tiers) {
    this.#tiers = tiers;
    this.#loading = new Loading(tiers.store);
  }

  /** Makes the value that memory does not have, or waits for whoever makes it already. */
  load(order: Order): Promise<unknown> {
    const { text, life, tags, tier, signal } = order;
    const { store } = this.#tiers;
    const slot = store.find(text);
    if (slot >= 0 && tier !== "storage") {
      this.#count(text, true);
      const early = this.#within(order, (flight) => this.#make(flight, order));
      return this.#loading.refresh(slot, text, early, life, tags) as Promise<unknown>;
    }
    // A stale value is returned before the storage is asked.
    let isCounted = this.#isStale(text);
    if (isCounted) this.#count(text, false);
    const run = this.#within(order, (flight) => {
      const wasCounted = isCounted;
      isCounted = true;
      return tier === "memory" ? this.#missed(flight, order, wasCounted) : this.#look(flight, order, wasCounted);
    });
    const answer = this.#loading.load(text, run, life, tags, signal) as Promise<unknown>;
    if (!isCounted) this.#count(text, false); // for another's load
    return answer;
  }

  /** A fetcher for the flights of memory, which runs uncached within itself and after the end of the cache. */
  #within({ text, fetcher }: Order, make: (flight: Flight) => Promise<unknown>): Fetcher {
    return async (context: FetchContext<never>) => {
      const { store } = this.#tiers;
      const flight = Context.flight(context);
      if (store.isClosed || store.flights.running(text) !== flight) return fetcher(context);
      const work = make(flight);
      this.#tiers.goesOn(work);
      return work;
    };
  }

  #look(flight: Flight, order: Order, isCounted: boolean): Promise<unknown> {
    const { settings, queue } = this.#tiers;
    const look = (): Promise<unknown> => this.#lookOutside(flight, order, isCounted);
    return settings.bus?.alone === undefined ? look() : alone(settings.bus, `${settings.name}:${order.text}`, look, () => queue.settled());
  }

  async #lookOutside(flight: Flight, order: Order, isCounted: boolean): Promise<unknown> {
    const { store, looks, outside } = this.#tiers;
    const { text, tier } = order;
    let seen: Seen | undefined;
    try {
      [seen] = await looks.look("getOrFetch", [text], tier === "both");
      outside.count(seen);
    } catch (error) {
      this.#tiers.tellFailure(text, error);
      return flight.isOver ? undefined : this.#missed(flight, order, isCounted, false);
    }
    if (flight.isOver) return undefined; // nobody waits any more
    const { row, left } = seen ?? {};
    if (row === undefined || left === undefined || (left.fresh === 0 && !this.#isStale(text))) return this.#missed(flight, order, isCounted);
    if (left.fresh > 0) {
      if (!isCounted) this.#count(text, true);
      store.deliver();
      flight.isOver = true; // it is no load, and memory has it already
      return row.value;
    }
    if (!isCounted) this.#count(text, false);
    // From here on it is as if the stale value had always been in memory.
    store.flights.land(flight);
    try {
      return await this.#loading.load(text, this.#within(order, (own) => this.#make(own, order)), flight.life, flight.tags, flight.signal);
    } finally {
      flight.isOver = true;
    }
  }

  #missed(flight: Flight, order: Order, isCounted: boolean, isReachable = true): Promise<unknown> {
    if (!isCounted) this.#count(order.text, false);
    this.#tiers.store.deliver();
    return this.#make(flight, order, isReachable);
  }

  /**
   * Calls the fetcher, when it is known what protects its value, and queues the value for the storage; for memory
   * alone where the storage is not reachable.
   */
  async #make(flight: Flight, { text, fetcher, tier }: Order, isReachable = true): Promise<unknown> {
    const { store, outside, queue } = this.#tiers;
    const protection: Promise<Tokens>[] = [];
    let name = "";
    const protect = (tags: readonly string[]): Promise<Tokens> => {
      const tokens = outside.start("getOrFetch", tags);
      protection.push(tokens);
      return tokens;
    };
    if (isReachable && tier !== "memory") {
      try {
        name = outside.space.name(text, "getOrFetch");
        await protect(flight.tags);
      } catch (error) {
        protection.length = 0;
        this.#tiers.tellFailure(text, error);
      }
      if (flight.isOver) return undefined;
    }
    const context = protection.length === 0 ? new Context(flight) : new ProtectingContext(flight, protect);
    store.flights.enter(flight); // to ask for the own key would be to wait for oneself
    let made: unknown;
    try {
      made = fetcher(context);
    } finally {
      store.flights.leave();
    }
    const value = await made;
    const isStored = flight.isStored && protection.length > 0;
    if (tier === "storage") flight.isStored = false;
    if (!isStored) return value;
    while (!flight.isFenced && queue.isFull(name)) await queue.room();
    if (!flight.isFenced) this.#tiers.keep(text, name, value, flight.life, flight.tags, together(protection), false);
    return value;
  }

  #isStale(text: string): boolean {
    const { table, time } = this.#tiers.store;
    const slot = table.find(text);
    return slot >= 0 && !table.isFresh(slot, time) && !table.isDead(slot, time);
  }

  #count(text: string, isHit: boolean): void {
    const { store } = this.#tiers;
    store.counters[isHit ? "hits" : "misses"]++;
    store.tell(isHit ? "hit" : "miss", text);
  }
}

/** The context of a fetcher whose value goes to a storage: a tag protects it from when it is named. */
class ProtectingContext extends Context {
  readonly #protect: (tags: readonly string[]) => void;

  constructor(flight: Flight, protect: (tags: readonly string[]) => void) {
    super(flight);
    this.#protect = protect;
  }

  override get tags() {
    const add = super.tags;
    return (...tags: string[]): void => {
      const known = Context.flight(this).tags;
      add(...tags);
      const late = tags.filter((tag) => !known.includes(tag));
      if (late.length > 0) this.#protect(late);
    };
  }
}

async function together(protection: readonly Promise<Tokens>[]): Promise<Tokens> {
  const all = await Promise.all(protection);
  const tags = new Map(all.flatMap((tokens) => tokens.tags).map((tag) => [tag.name, tag]).reverse() as never);
  return { namespace: (all[0] as Tokens).namespace, tags: [...tags.values()] as Tokens["tags"] };
}
