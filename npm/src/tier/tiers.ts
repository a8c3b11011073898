//! Memory and the storage behind it, changed together: what happens in memory is queued for the storage in the same step.

import type { Invalidation } from "../bus.js";
import { DELETED } from "../engine/codes.js";
import type { Engine } from "../engine/engine.js";
import type { CachefnError } from "../errors.js";
import type { Life } from "../life.js";
import type { Row } from "../storage.js";
import type { Store } from "../store.js";
import { Looks } from "./looking.js";
import { Inside } from "./memory.js";
import { draw } from "./names.js";
import type { TierSettings } from "./options.js";
import { Outside } from "./outside.js";
import { type Batch, Queue, type Tokens, type Write } from "./queue.js";

/** All of one cache, for whoever changes a part of it. */
export class Tiers<V = unknown> {
  readonly settings: TierSettings;
  readonly memory: Inside<V>;
  readonly store: Store;
  readonly outside: Outside;
  readonly queue: Queue;
  readonly looks: Looks;
  readonly origin = draw();
  /** The first write since the last flush that the storage did not take. */
  failure: unknown;

  constructor(engine: Engine, settings: TierSettings) {
    const { clock } = settings.memory;
    this.settings = settings;
    this.memory = new Inside(engine, settings.memory);
    this.store = this.memory.inside;
    this.outside = new Outside(settings.storage, settings.name, () => Math.floor(clock === undefined ? Date.now() : clock.wallMs()));
    this.queue = new Queue((batch) => this.#drain(batch), settings.maxPending, (work) => this.goesOn(work));
    this.looks = new Looks(this.store, this.outside, this.queue);
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

  /** Tells the others. */
  publish(what: Invalidation): void {
    const { bus, name } = this.settings;
    try {
      bus?.publish({ namespace: name, origin: this.origin, what });
    } catch {
      this.store.tell("error", undefined, "unavailable"); // the storage has it all the same
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
  keep(text: string, name: string, value: unknown, life: Life, tags: readonly string[], tokens: Promise<Tokens>, isTold: boolean): boolean {
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

  /** Writes a batch; what the storage does not take is told, and forgotten. The others are told of what it took. */
  async #drain(batch: Batch): Promise<void> {
    const rows: Row[] = [];
    const gone: string[] = [];
    const failed = (name: string, error: unknown): void => {
      this.failure ??= error;
      this.tellFailure(this.outside.space.text(name), error);
      gone.push(name); // what is there is not true any more
    };
    const tell = (names: readonly string[]): void => {
      const keys = names.filter((name) => batch.get(name)?.isTold).map((name) => this.outside.space.text(name));
      if (keys.length > 0) this.publish({ kind: "keys", keys });
    };
    for (const [name, { row, tokens, isVoid }] of batch) {
      if (isVoid) continue;
      try {
        if (row === undefined) gone.push(name);
        else rows.push(rowOf(row, await (tokens as Promise<Tokens>)));
      } catch (error) {
        failed(name, error);
      }
    }
    await this.#write(rows, failed);
    tell(rows.map(({ name }) => name).filter((name) => !gone.includes(name)));
    if (gone.length === 0) return;
    try {
      await this.outside.insist("delete", (storage) => storage.delete(gone));
    } catch (error) {
      this.failure ??= error;
      for (const name of gone) this.tellFailure(this.outside.space.text(name), error);
    }
    tell(gone);
  }

  /** One row that cannot be stored does not keep the others from it. */
  async #write(rows: readonly Row[], failed: (name: string, error: unknown) => void): Promise<void> {
    if (rows.length === 0) return;
    try {
      await this.outside.insist("set", (storage) => storage.set(rows));
    } catch (error) {
      if (rows.length === 1 || (error as CachefnError).retryable) for (const { name } of rows) failed(name, error);
      else for (const row of rows) await this.#write([row], failed);
    }
  }
}

function rowOf(row: NonNullable<Write["row"]>, { namespace, tags }: Tokens): Row {
  return { ...row, namespaceToken: namespace, tags };
}
