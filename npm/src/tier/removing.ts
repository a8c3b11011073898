//! How entries leave both tiers: memory at once, the storage when its turn comes, and then the others are told.

import type { InvalidateOptions } from "../cache-removing.js";
import { iterable, KEYS, TAGS } from "../checks.js";
import { matcher, type Patterns } from "../glob.js";
import type { Key } from "../key.js";
import { isExpiring } from "../removing.js";
import type { Row } from "../storage.js";
import { Opened } from "./opened.js";
import type { Write } from "./queue.js";
import { STEP, sweep, walk } from "./walking.js";

/** What may be taken out of an asynchronous cache. */
export class RemovableTiers<V> extends Opened<V> {
  delete(key: Key): Promise<boolean> {
    return this.when("delete", async () => {
      const { memory, looks, outside, queue } = this.tiers;
      const text = this.text(key, "delete");
      const name = outside.space.name(text, "delete");
      const wasInMemory = memory.delete(text);
      looks.flights.fence(text);
      const stored = await queue.step(() => outside.insist("delete", (storage) => storage.delete([name])), [name]);
      this.tiers.publish({ kind: "keys", keys: [text] });
      return wasInMemory || stored > 0;
    });
  }

  deleteMany(keys: Iterable<Key>): Promise<number> {
    return this.when("deleteMany", async () => {
      const { memory, looks, outside, queue } = this.tiers;
      const texts = [...new Set(Array.from(iterable(keys, "deleteMany", "keys", KEYS), (key) => this.text(key, "deleteMany")))];
      const names = texts.map((text) => outside.space.name(text, "deleteMany"));
      const inMemory = memory.deleteMany(texts);
      for (const text of texts) looks.flights.fence(text);
      const stored = await queue.step(() => outside.insist("deleteMany", (storage) => storage.delete(names)), names);
      this.tiers.publish({ kind: "keys", keys: texts });
      return Math.max(inMemory, stored);
    });
  }

  expire(key: Key): Promise<boolean> {
    return this.when("expire", async () => {
      const { memory, looks, outside, queue } = this.tiers;
      const text = this.text(key, "expire");
      const name = outside.space.name(text, "expire");
      const wasFresh = memory.expire(text);
      looks.flights.fence(text);
      const expired = await queue.step(() => this.#expire("expire", [name]), [name]);
      this.tiers.publish({ kind: "keys", keys: [text] });
      return wasFresh || expired > 0;
    });
  }

  clear(): Promise<void> {
    return this.when("clear", async () => {
      const { memory, looks, outside, queue } = this.tiers;
      memory.clear();
      looks.flights.fenceIf(() => true);
      queue.revise(() => ({}));
      await outside.replace("clear", outside.space.tokens([]), (act) => queue.step(act));
      this.tiers.publish({ kind: "everything" });
      this.tiers.goesOn(this.#reclaim().catch((error) => this.tiers.tellFailure(undefined, error)));
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
      const { memory, looks, outside, queue } = this.tiers;
      const inMemory = memory.invalidateByPattern(patterns, options);
      const matches = matcher(patterns);
      const expires = isExpiring(options, "invalidateByPattern");
      this.overtake(matches, expires);
      looks.sweeps.add(matches); // what it is about to remove is not there any more
      const remove = expires ? (names: readonly string[]) => this.#expire("invalidateByPattern", names) : undefined;
      const stored = queue.step(() => sweep(outside, matches, remove));
      try {
        const count = Math.max(inMemory, await stored);
        const list = Array.isArray(patterns) ? patterns : [patterns];
        this.tiers.publish({ kind: "patterns", patterns: list.map((one) => one.pattern ?? one), mode: expires ? "expire" : "remove" });
        return count;
      } finally {
        looks.sweeps.delete(matches);
      }
    });
  }

  #invalidate(operation: string, tags: readonly string[], options: InvalidateOptions | undefined): Promise<void> {
    return this.when(operation, async () => {
      const { memory, looks, outside, queue } = this.tiers;
      memory.invalidateByTags(tags, options);
      const expires = isExpiring(options, operation);
      for (const tag of tags) looks.flights.fenceTag(tag);
      queue.revise((write) => (write.tags?.some((tag) => tags.includes(tag)) ? this.#revised(write, expires) : undefined));
      if (tags.length === 0) return;
      await outside.replace(operation, outside.space.tagTokens(tags, expires), (act) => queue.step(act));
      this.tiers.publish({ kind: "tags", tags, mode: expires ? "expire" : "remove" });
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

  /** Makes the fresh rows under these names stale, or deletes those that have no time to be; how many there were. */
  async #expire(operation: string, names: readonly string[]): Promise<number> {
    const { outside } = this.tiers;
    const found = await outside.insist(operation, (storage) => storage.get(names));
    const looks = await outside.judge(operation, found);
    const rows: Row[] = [];
    const gone: string[] = [];
    for (const [at, { left }] of looks.entries()) {
      if (left === undefined || left.fresh === 0) continue;
      const row = (found[at] as { readonly row: Row }).row;
      if (left.revalidates + left.bridges === 0) gone.push(row.name);
      else rows.push({ ...row, freshFor: Math.max(0, outside.wallMs() - row.created) });
    }
    if (rows.length > 0) await outside.insist(operation, (storage) => storage.set(rows));
    if (gone.length > 0) await outside.insist(operation, (storage) => storage.delete(gone));
    return rows.length + gone.length;
  }

  /**
   * Deletes what is of no use any more, step by step, so that writes need not wait; how many rows. What another
   * process writes between a look and the deletion may go with it, which costs a miss.
   */
  async #reclaim(): Promise<number> {
    const { outside, queue } = this.tiers;
    const { storage, space } = outside;
    const purge = async (): Promise<number> => (await storage.purge?.(space.prefix, outside.wallMs())) ?? 0;
    let gone = await queue.step(() => outside.insist("purge", purge));
    // A storage knows of times only.
    await walk((after) =>
      queue.step(async () => {
        const page = await outside.insist("purge", () => storage.scan(space.prefix, STEP, after));
        const found = await outside.insist("purge", () => storage.get(page.names));
        const looks = await outside.judge("purge", found);
        const dead = page.names.filter((_, at) => found[at] !== undefined && looks[at]?.row === undefined);
        if (dead.length > 0) gone += await outside.insist("purge", () => storage.delete(dead));
        return page.next;
      }),
    );
    return gone;
  }
}
