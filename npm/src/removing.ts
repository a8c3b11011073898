//! How users remove entries: by key, by tag, by pattern, all of them, the dead ones.

import type { InvalidateOptions } from "./cache-removing.js";
import { checkNames, checkTag, checkWord, iterable, TAGS } from "./checks.js";
import { DELETED, PATTERN } from "./engine/codes.js";
import { CachefnError } from "./errors.js";
import { matcher, type Patterns } from "./glob.js";
import type { Key } from "./key.js";
import { Watched } from "./watching.js";

/** What may be taken out of a store. Whatever is being fetched for it is not stored afterwards. */
export class Removable<V> extends Watched<V> {
  delete(key: unknown): boolean {
    const store = this.store;
    store.checkUse("delete", key);
    store.flights.fence(key);
    const slot = this.store.table.find(key);
    if (slot < 0) return false;
    const isValue = !store.isFailure(slot);
    const isDeleted = store.remove(slot, DELETED) && isValue;
    if (isDeleted) this.store.counters.deletes++;
    store.deliver();
    return isDeleted;
  }

  expire(key: unknown): boolean {
    const store = this.store;
    store.checkUse("expire", key);
    store.flights.fence(key);
    const slot = this.store.table.find(key);
    const wasFresh = slot >= 0 && store.expire(slot);
    store.deliver();
    return wasFresh;
  }

  clear(): void {
    const store = this.store;
    store.checkOpen("clear");
    store.flights.fenceIf(() => true);
    this.store.table.clear(store.now());
    store.deliver();
  }

  purge(): number {
    this.store.checkOpen("purge");
    const dropped = this.store.sweep();
    this.store.deliver();
    return dropped;
  }

  deleteMany(keys: Iterable<Key>): number {
    let deleted = 0;
    for (const key of this.store.keyList(keys, "deleteMany")) if (this.delete(key)) deleted++;
    return deleted;
  }

  invalidateByTag(tag: string, options?: InvalidateOptions): void {
    this.#invalidate([tag], options, "invalidateByTag");
  }

  invalidateByTags(tags: Iterable<string>, options?: InvalidateOptions): void {
    this.#invalidate([...iterable(tags, "invalidateByTags", "tags", TAGS)], options, "invalidateByTags");
  }

  invalidateByPattern(patterns: Patterns, options?: InvalidateOptions): number {
    const store = this.store;
    store.checkOpen("invalidateByPattern");
    const expires = isExpiring(options, "invalidateByPattern");
    if (patterns === undefined) {
      throw new CachefnError("glob", "invalidateByPattern", "the pattern is undefined; give one, or use clear() for all entries");
    }
    const matchesText = matcher(patterns);
    const matches = (key: unknown): boolean => matchesText(store.publicKey(key));
    store.flights.fenceIf(matches);
    const slots = store.slots(false).filter((slot) => matches(this.store.table.keyAt(slot)));
    for (const slot of slots) expires ? store.expire(slot) : store.remove(slot, PATTERN);
    this.store.counters.invalidations++;
    store.events.tell("invalidate", undefined, undefined, slots.length);
    store.deliver();
    return slots.length;
  }

  #invalidate(tags: readonly string[], options: InvalidateOptions | undefined, operation: string): void {
    const store = this.store;
    store.checkOpen(operation);
    for (const tag of tags) checkTag(tag, operation);
    const expires = isExpiring(options, operation);
    for (const tag of tags) store.invalidate(tag, expires);
    this.store.counters.invalidations++;
    store.events.tell("invalidate");
    store.deliver();
  }
}

/** Whether entries are to become stale instead of leaving. */
export function isExpiring(options: InvalidateOptions | undefined, operation: string): boolean {
  if (options === undefined) return false;
  checkNames(options, ["mode"], operation);
  const { mode = "remove" } = options;
  checkWord(mode, ["remove", "expire"], operation, "mode");
  return mode === "expire";
}
