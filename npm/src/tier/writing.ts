//! How values enter an asynchronous cache: memory at once, and in the same step the queue for the storage.

import type { AsyncEntryOptions } from "../async-options.js";
import type { Entries } from "../cache.js";
import { checkEntry, checkFunction, ENTRIES, iterable } from "../checks.js";
import type { CachefnError } from "../errors.js";
import type { Key } from "../key.js";
import type { Seen } from "./looking.js";
import type { Terms } from "./opened.js";
import { isFresh } from "./standing.js";
import { WatchedTiers } from "./watching.js";

/** What may be put into an asynchronous cache. */
export class WritableTiers<V> extends WatchedTiers<V> {
  set(key: Key, value: V, options?: AsyncEntryOptions): Promise<void> {
    return this.when("set", async () => {
      await this.#put("set", this.text(key, "set"), value, this.terms(options, "set"));
    });
  }

  setMany(entries: Entries<V>, options?: AsyncEntryOptions): Promise<void> {
    return this.when("setMany", async () => {
      const terms = this.terms(options, "setMany");
      const writes = Array.from(iterable(entries, "setMany", "entries", ENTRIES), async (entry) => {
        checkEntry(entry, "setMany");
        await this.#put("setMany", this.text(entry[0], "setMany"), entry[1], terms);
      });
      for (const end of await Promise.allSettled(writes)) if (end.status === "rejected") throw end.reason;
    });
  }

  setIfAbsent(key: Key, value: V, options?: AsyncEntryOptions): Promise<boolean> {
    return this.when("setIfAbsent", async () => {
      const text = this.text(key, "setIfAbsent");
      const terms = this.terms(options, "setIfAbsent");
      const { tier } = terms;
      const isInMemory = (): boolean => tier !== "storage" && this.tiers.store.find(text) >= 0;
      if (isInMemory()) return false;
      if (tier === "memory") return this.#put("setIfAbsent", text, value, terms);
      const writing = await this.#alter("setIfAbsent", text, tier === "both", (seen) => {
        const isThere = isInMemory() || isFresh(seen);
        return { isStored: isThere ? false : this.#put("setIfAbsent", text, value, terms) };
      });
      return writing.isStored;
    });
  }

  update(key: Key, change: (old: V | undefined) => V | undefined): Promise<V | undefined> {
    return this.when("update", async () => {
      const text = this.text(key, "update");
      if (typeof change !== "function") checkFunction(change ?? null, "update", "the change");
      const { tier, memory: settings } = this.tiers.settings;
      if (tier === "memory") return this.tiers.memory.update(text, change);
      const updating = await this.#alter("update", text, tier === "both", (seen) => {
        const { store, looks, queue, outside, memory } = this.tiers;
        const name = outside.space.name(text, "update");
        const [pending] = looks.pending([name]);
        const { left, row: old, tags } = pending ?? seen;
        const row = isFresh(pending ?? seen) ? old : undefined;
        if (tier === "both" && row && left) looks.promote(text, row, left, tags);
        const isInMemory = tier === "both" && store.find(text) >= 0;
        const wasThere = row !== undefined || isInMemory;
        let value: V | undefined;
        try {
          value = isInMemory || (tier === "both" && !wasThere) ? memory.update(text, change) : change(row?.value as V);
        } catch (error) {
          // Memory has let the old value go.
          if ((error as CachefnError).code === "too-heavy") queue.write(name, { isTold: true });
          throw error;
        }
        looks.flights.fence(text);
        if (value !== undefined && !wasThere) {
          const tokens = outside.start("update", []);
          this.tiers.keep(text, name, value, settings.life, [], tokens, true);
          return { value, tokens };
        }
        // A row keeps its times and tags. Where there is none, those that the value has in memory are not known
        // here, and a row without them could not be invalidated.
        queue.write(name, value === undefined || row === undefined ? { isTold: true } : { ...(pending ?? seen), row: { ...row, value }, isTold: true });
        return { value, tokens: undefined };
      });
      await updating.tokens;
      return updating.value;
    });
  }

  /** Lets `act` go on what no tier has changed meanwhile, when there is room for its write. */
  async #alter<T>(operation: string, text: string, promotes: boolean, act: (seen: Seen) => T): Promise<T> {
    const { looks, queue, outside } = this.tiers;
    const name = outside.space.name(text, operation);
    for (;;) {
      const [seen] = (await looks.look(operation, [text], promotes)) as [Seen];
      if (seen.flight.isFenced) continue;
      if (!queue.isFull(name)) return act(seen);
      await queue.room();
    }
  }

  /** Whether the value was stored, which a `ttl` of zero forbids. */
  async #put(operation: string, text: string, value: V, { life, tags, tier }: Terms): Promise<boolean> {
    const { store, queue, outside, delivery } = this.tiers;
    if (tier === "memory") return this.tiers.remember(text, value, life, tags);
    const name = outside.space.name(text, operation);
    while (queue.isFull(name)) await queue.room();
    store.checkOpen(operation);
    let refusal: unknown;
    try {
      if (tier === "both") this.tiers.remember(text, value, life, tags);
      else this.tiers.forget(text);
    } catch (error) {
      refusal = error; // the storage may have it all the same
    }
    const tokens = delivery.outbox.isWaiting ? undefined : queue.protection(tags, () => outside.start(operation, tags));
    const isStored = this.tiers.keep(text, name, value, life, tags, tokens, true);
    store.deliver();
    if (refusal !== undefined) throw refusal;
    return isStored;
  }
}
