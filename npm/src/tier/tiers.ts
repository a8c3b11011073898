//! Memory and the storage behind it, changed together: what happens in memory is queued for the storage in the same step.

import type { Invalidation } from "../bus.js";
import { DELETED } from "../engine/codes.js";
import type { Engine } from "../engine/engine.js";
import type { CachefnError } from "../errors.js";
import type { Life } from "../life.js";
import type { Store } from "../store.js";
import { Delivery } from "./delivery.js";
import { Looks } from "./looking.js";
import { Inside } from "./memory.js";
import { draw } from "./names.js";
import type { TierSettings } from "./options.js";
import { Outside } from "./outside.js";
import type { Parts } from "./parts.js";
import { Queue, type Tokens } from "./queue.js";

/** All of one cache, for whoever changes a part of it. */
export class Tiers<V = unknown> implements Parts {
  readonly settings: TierSettings;
  readonly memory: Inside<V>;
  readonly store: Store;
  readonly outside: Outside;
  readonly queue: Queue;
  readonly looks: Looks;
  readonly delivery: Delivery;
  readonly origin = draw();
  /** What others were not told yet. */
  #unsent: Invalidation[] = [];

  constructor(engine: Engine, settings: TierSettings) {
    const { clock } = settings.memory;
    this.settings = settings;
    this.memory = new Inside(engine, settings.memory);
    this.store = this.memory.inside;
    this.outside = new Outside(settings.storage, settings.name, () => Math.floor(clock === undefined ? Date.now() : clock.wallMs()));
    this.queue = new Queue((batch) => this.delivery.write(batch), settings.maxPending, (work) => this.goesOn(work));
    this.looks = new Looks(this.store, this.outside, this.queue);
    this.delivery = new Delivery(this);
    this.outside.heard = (isDown) => this.delivery.heard(isDown);
  }

  /** Work that nobody may wait for. */
  goesOn(work: Promise<unknown>): void {
    try {
      this.settings.waitUntil?.(work.catch(() => {}));
    } catch {
      this.store.tell("error", undefined, "config");
    }
  }

  /** Tells that something could not be done, where nobody else is told. */
  tellFailure(text: string | undefined, error: unknown): void {
    const { code } = error as { readonly code?: CachefnError["code"] };
    this.store.tell("error", text, code === "codec" || code === "corrupt" ? "undecodable" : "storage-failed");
    this.store.deliver();
  }

  /** Tells the others, what they were not told before first. What cannot be told is told with the next. */
  publish(what: Invalidation): void {
    const { bus, name } = this.settings;
    if (bus === undefined) return;
    const { origin } = this;
    this.#unsent = shortened([...this.#unsent, what]);
    try {
      for (let [next] = this.#unsent; next !== undefined; [next] = this.#unsent) {
        bus.publish({ namespace: name, origin, what: next });
        this.#unsent.shift();
      }
    } catch {
      this.store.tell("error", undefined, "bus-failed"); // the storage has it all the same
      this.store.deliver();
    }
  }

  /** Puts a value into memory; whether its life lets it. What loads it now is not stored. */
  remember(text: string, value: unknown, life: Life, tags: readonly string[]): boolean {
    const { store } = this;
    const weight = store.weigh(text, value);
    store.flights.fence(text);
    try {
      return store.put(text, value, life, tags, weight);
    } finally {
      store.deliver();
    }
  }

  /** Lets go of what memory has under a key, and of what loads it. */
  forget(text: string): void {
    const { store } = this;
    store.flights.fence(text);
    this.looks.flights.fence(text);
    const slot = store.table.find(text);
    if (slot >= 0) store.remove(slot, DELETED);
    store.deliver();
  }

  /** Queues what is to lie under a name: the value that memory has just taken. Whether its life lets it. */
  keep(text: string, name: string, value: unknown, life: Life, tags: readonly string[], tokens: Promise<Tokens> | undefined, isTold: boolean): boolean {
    this.looks.flights.fence(text);
    const freshFor = this.store.ttl(value, life);
    if (freshFor === 0) {
      this.queue.write(name, { isTold });
      return false;
    }
    const created = this.outside.wallMs();
    const row = { name, value, created, freshFor, revalidatesFor: life.revalidates, bridgesFor: life.bridges, idleFor: life.tti };
    this.queue.write(name, { row, tags, tokens, isTold });
    return true;
  }
}

/** So many are told one by one; of more, everything, and the tags, which others have too. */
function shortened(said: Invalidation[]): Invalidation[] {
  if (said.length <= MOST_UNSENT) return said;
  const tags = (["remove", "expire"] as const).map((mode) => {
    const own = said.flatMap((what) => (what.kind === "tags" && what.mode === mode ? what.tags : []));
    return { kind: "tags", tags: [...new Set(own)], mode } as const;
  });
  return [{ kind: "everything" }, ...tags.filter(({ tags }) => tags.length > 0)];
}

const MOST_UNSENT = 64;
