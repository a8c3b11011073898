//! Looks into the storage: one for each key at a time, and nothing comes to memory that is overtaken.

import { Flight, Flights } from "../flight.js";
import { plainLife } from "../life.js";
import type { Store } from "../store.js";
import type { Look, Outside } from "./outside.js";
import type { Queue } from "./queue.js";
import { lifeOf } from "./snapshot.js";
import { type Draft, type Left, leftOf } from "./standing.js";

/** What a look brought, and whether something newer happened to the key meanwhile. */
export interface Seen extends Look {
  readonly flight: Flight;
}

/** The looks of one cache. */
export class Looks {
  /** Removals fence looks as they fence loads. */
  readonly flights = new Flights();
  /** Removals by pattern under way: what they are about to delete is not there. */
  readonly sweeps = new Set<(text: string) => boolean>();
  readonly #store: Store;
  readonly #outside: Outside;
  readonly #queue: Queue;

  constructor(store: Store, outside: Outside, queue: Queue) {
    this.#store = store;
    this.#outside = outside;
    this.#queue = queue;
  }

  /** What lies under the keys with these texts, asked for in one call. It is put into memory if `promotes` says so. */
  look(operation: string, texts: readonly string[], promotes: boolean): Promise<Seen[]> {
    const begun: Flight[] = [];
    const flights = texts.map((text) => {
      let flight = this.flights.awaited(text);
      if (flight === undefined) {
        flight = new Flight(text, ENDLESS, []);
        flight.isStored = false;
        begun.push(flight);
        this.flights.wait(flight);
      }
      flight.isStored ||= promotes;
      return flight;
    });
    if (begun.length > 0) {
      const all = this.#examine(operation, begun);
      for (const [at, flight] of begun.entries()) {
        const landing = all.then((seen) => seen[at]);
        flight.wait = { landing, promise: landing, waiting: 0, giveUp: undefined };
      }
    }
    return Promise.all(flights.map(({ wait }) => wait?.promise as Promise<Seen>));
  }

  /** Puts into memory what the storage has, for the time it has left. */
  promote(text: string, { value, idleFor }: Pick<Draft, "value" | "idleFor">, left: Left, tags: readonly string[] = []): void {
    const store = this.#store;
    const slot = store.table.find(text);
    const isNewer = store.find(text) >= 0 || (left.fresh === 0 && slot >= 0 && !store.table.isDead(slot, store.time));
    if (store.isClosed || isNewer) return;
    try {
      const isStored = store.put(text, value, lifeOf(left, idleFor), tags, store.weigh(text, value));
      if (isStored && left.fresh === 0) store.expire(store.table.find(text));
    } catch {
      store.tell("error", text, "unavailable"); // or it is too heavy, or nobody knows how heavy
    }
  }

  async #examine(operation: string, flights: readonly Flight[]): Promise<Seen[]> {
    try {
      const looks = await this.#read(operation, flights.map(({ key }) => key as string));
      return flights.map((flight, at) => {
        const look = looks[at] as Look;
        const { row, left, tags = [] } = look;
        flight.tags = tags;
        if (row && left && flight.isStored && !flight.isFenced) this.promote(flight.key as string, row, left, tags);
        return { ...look, flight };
      });
    } finally {
      for (const flight of flights) this.flights.land(flight);
      this.#store.deliver();
    }
  }

  /** What the names hold: what is about to be written, or else what is there. */
  async #read(operation: string, texts: readonly string[]): Promise<Look[]> {
    const names = texts.map((text) => this.#outside.space.name(text, operation));
    const looks = this.pending(names);
    const asked = names.filter((_, at) => looks[at] === undefined);
    const sweeps = [...this.sweeps];
    const there = asked.length === 0 ? [] : await this.#outside.read(operation, asked);
    const found = new Map(asked.map((name, at) => [name, there[at]]));
    const since = this.pending(names); // is newer than what was read
    const isSwept = (text: string): boolean => [...sweeps, ...this.sweeps].some((takes) => takes(text));
    return names.map((name, at) => since[at] ?? looks[at] ?? (isSwept(texts[at] as string) ? {} : (found.get(name) ?? {})));
  }

  /** What names will hold that are concerned by what the queue has. */
  pending(names: readonly string[]): (Look | undefined)[] {
    const now = this.#outside.wallMs();
    return names.map((name) => {
      const write = this.#queue.latest.get(name);
      return write && (write.row && !write.isHidden ? { ...write, left: leftOf(write.row, false, now) } : {});
    });
  }
}

const ENDLESS = plainLife(Number.POSITIVE_INFINITY);
