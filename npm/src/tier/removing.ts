//! How entries leave both tiers: memory at once, the storage when its turn comes, and then the others are told.

import type { InvalidateOptions } from "../cache-removing.js";
import { iterable, KEYS, TAGS } from "../checks.js";
import { matcher, type Patterns } from "../glob.js";
import type { Key } from "../key.js";
import { isExpiring } from "../removing.js";
import { expireRows } from "./expiring.js";
import { Opened } from "./opened.js";
import type { Write } from "./queue.js";
import { walk } from "./walking.js";

/** What may be taken out of an asynchronous cache. */
export class RemovableTiers<V> extends Opened<V> {
  delete(key: Key): Promise<boolean> {
    return this.when("delete", async () => (await this.#remove("delete", [key], ([text]) => Number(this.tiers.memory.delete(text)))) > 0);
  }

  deleteMany(keys: Iterable<Key>): Promise<number> {
    return this.when("deleteMany", () => this.#remove("deleteMany", keys, (texts) => this.tiers.memory.deleteMany(texts)));
  }

  expire(key: Key): Promise<boolean> {
    return this.when("expire", async () => (await this.#remove("expire", [key], ([text]) => Number(this.tiers.memory.expire(text)), true)) > 0);
  }

  clear(): Promise<void> {
    return this.when("clear", async () => {
      const { memory, looks, outside, queue, delivery } = this.tiers;
      memory.clear();
      looks.flights.fenceIf(() => true);
      queue.revise(() => ({}));
      const what = { kind: "everything" } as const;
      const wait = (): void => delivery.outbox.clear();
      await outside.replace("clear", outside.space.tokens([]), (act) => queue.step(() => delivery.remove(act, wait, what)));
      if (!delivery.outbox.isWaiting) this.tiers.goesOn(this.#reclaim().catch((error) => this.tiers.tellFailure(undefined, error)));
    });
  }

  purge(): Promise<number> {
    return this.when("purge", async () => {
      return this.tiers.memory.purge() + (await this.#reclaim());
    });
  }

  async invalidateByTag(tag: string, options?: InvalidateOptions): Promise<void> {
    await this.#invalidate("invalidateByTag", [tag], options);
  }

  async invalidateByTags(tags: Iterable<string>, options?: InvalidateOptions): Promise<void> {
    await this.#invalidate("invalidateByTags", [...new Set(iterable(tags, "invalidateByTags", "tags", TAGS))], options);
  }

  invalidateByPattern(patterns: Patterns, options?: InvalidateOptions): Promise<number> {
    return this.when("invalidateByPattern", async () => {
      const { memory, looks, outside, queue, delivery } = this.tiers;
      const inMemory = memory.invalidateByPattern(patterns, options);
      const matches = matcher(patterns);
      const expires = isExpiring(options, "invalidateByPattern");
      this.overtake(matches, expires);
      looks.sweeps.add(matches); // what it is about to remove is not there any more
      const sweep = (all: readonly string[]): number | Promise<number> => {
        const names = all.filter((name) => matches(outside.space.text(name)));
        if (names.length === 0) return 0;
        return expires ? expireRows(outside, "invalidateByPattern", names) : outside.insist("invalidateByPattern", (storage) => storage.delete(names));
      };
      const list = Array.isArray(patterns) ? patterns : [patterns];
      const what = { kind: "patterns", patterns: list.map((one) => one.pattern ?? one), mode: expires ? "expire" : "remove" } as const;
      const act = (): Promise<number> => walk(outside, "invalidateByPattern", sweep);
      let isWaiting = false;
      const wait = (): void => {
        isWaiting = true;
        delivery.outbox.sweep({ matches, act }, what);
      };
      try {
        return Math.max(inMemory, (await queue.step(() => delivery.remove(act, wait, what))) ?? 0);
      } finally {
        if (!isWaiting) looks.sweeps.delete(matches);
      }
    });
  }

  /** Lets memory and the storage go of keys, or makes what the storage has stale; how many there were. */
  async #remove(
    operation: string,
    keys: Iterable<Key>,
    inMemory: (texts: readonly [string, ...string[]]) => number,
    isExpiring = false,
  ): Promise<number> {
    const { looks, outside, queue, delivery } = this.tiers;
    const texts = [...new Set(Array.from(iterable(keys, operation, "keys", KEYS), (key) => this.text(key, operation)))];
    const names = texts.map((text) => outside.space.name(text, operation));
    const count = inMemory(texts as [string, ...string[]]);
    for (const text of texts) looks.flights.fence(text);
    const remove = (): Promise<number> =>
      isExpiring ? expireRows(outside, operation, names) : outside.insist(operation, (storage) => storage.delete(names));
    const gone: Write = { isTold: true, isExpiring };
    const wait = (error: unknown): void => delivery.hold(new Map(names.map((name) => [name, gone])), error);
    const stored = await queue.step(() => delivery.remove(remove, wait, { kind: "keys", keys: texts }), names, gone);
    return Math.max(count, stored ?? 0);
  }

  #invalidate(operation: string, tags: readonly string[], options: InvalidateOptions | undefined): Promise<void> {
    return this.when(operation, async () => {
      const { memory, looks, outside, queue, delivery } = this.tiers;
      memory.invalidateByTags(tags, options);
      const expires = isExpiring(options, operation);
      for (const tag of tags) looks.flights.fenceTag(tag);
      queue.revise((write) => (write.tags?.some((tag) => tags.includes(tag)) ? this.#revised(write, expires) : undefined));
      if (tags.length === 0) return;
      const names = outside.space.tagTokens(tags, expires);
      const what = { kind: "tags", tags, mode: expires ? "expire" : "remove" } as const;
      const wait = (error: unknown): void => delivery.outbox.replace(names, what, error);
      await outside.replace(operation, names, (act) => queue.step(() => delivery.remove(act, wait, what)));
    });
  }

  /** What is read, and what is not written yet, is older than an invalidation of the keys that match. */
  protected overtake(matches: (text: string) => boolean, expires: boolean, isTold = false): void {
    const { looks, queue, outside } = this.tiers;
    looks.flights.fenceIf((text) => matches(text as string));
    queue.revise((write, name) => (matches(outside.space.text(name)) ? { ...this.#revised(write, expires), isTold } : undefined));
  }

  /** What becomes of a write that is overtaken before it happens. */
  #revised(write: Write, expires: boolean): Write {
    const { row } = write;
    if (!expires || row === undefined || row.revalidatesFor + row.bridgesFor === 0) return {};
    return { ...write, row: { ...row, freshFor: Math.max(0, this.tiers.outside.wallMs() - row.created) } };
  }

  /**
   * Deletes what is of no use any more, step by step, so that writes need not wait; how many rows. What another
   * process writes between a look and the deletion may go with it, which costs a miss.
   */
  async #reclaim(): Promise<number> {
    const { outside, queue } = this.tiers;
    const { storage, space } = outside;
    const purge = async (): Promise<number> => (await storage.purge?.(space.prefix, outside.wallMs())) ?? 0;
    const purged = await queue.step(() => outside.insist("purge", purge));
    // Not every storage looks at tokens, and none at those that are gone.
    const reclaim = async (names: readonly string[]): Promise<number> => {
      const found = await outside.insist("purge", () => storage.get(names));
      const looks = await outside.judge("purge", found);
      const dead = names.filter((_, at) => found[at] !== undefined && looks[at]?.row === undefined);
      return dead.length === 0 ? 0 : outside.insist("purge", () => storage.delete(dead));
    };
    return purged + (await walk(outside, "purge", reclaim, (step) => queue.step(step)));
  }
}
