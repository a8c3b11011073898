//! One cache's part of the engine, changed by calls.

import { Columns } from "./columns.js";
import { high } from "./engine.js";
import * as at from "./layout.js";

/** Slots that come and go. */
export abstract class Slots extends Columns {
  /** An entry left, in order, before its slot is used again. */
  protected abstract slotLeft(slot: number, cause: number): void;
  /** No entry carries the tag any more; its number will be used again. */
  protected abstract tagLeft(tag: number): void;

  /**
   * A slot for a new key, or -1 when memory is refused. It is often a victim's: {@link settle} must run
   * before it is filled.
   */
  insert(hash: number, now: number, due: number): number {
    const slot = this.exports.insert(this.handle, hash, now | 0, high(now), due | 0, high(due)) | 0;
    if (slot < 0) this.look();
    return slot;
  }

  /**
   * New times for a living entry, which loses its tags and counts as used; false when memory is refused.
   * {@link settle} must run afterwards.
   */
  renew(slot: number, now: number, due: number): boolean {
    const refused = this.exports.renew(this.handle, slot, now | 0, high(now), due | 0, high(due));
    if (refused !== 0) this.look();
    return refused === 0;
  }

  /** A new weight for a living entry, which counts as used. {@link settle} must run afterwards. */
  change(slot: number, now: number): void {
    this.exports.change(this.handle, slot, now | 0, high(now));
  }

  /** Removes an entry; for which cause: if it was dead already, the one it died of. */
  remove(slot: number, now: number, cause: number): number {
    const truth = this.exports.remove(this.handle, slot, now | 0, high(now), cause);
    this.settle();
    return truth;
  }

  /** Makes a fresh entry stale, or removes it when it has no time to be. */
  expire(slot: number, now: number): void {
    this.exports.expire(this.handle, slot, now | 0, high(now));
    this.settle();
  }

  /** Reclaims expired entries in at most `budget` steps. */
  advance(now: number, budget: number): void {
    this.exports.advance(this.handle, now | 0, high(now), budget);
    this.settle();
  }

  /** Reclaims everything that is dead. */
  sweep(now: number): void {
    this.exports.sweep(this.handle, now | 0, high(now));
    this.settle();
  }

  /** Removes every entry. */
  clear(now: number): void {
    this.exports.clear(this.handle, now | 0, high(now));
    this.settle();
  }

  /** The number of a new tag, or -1 when memory is refused. */
  createTag(): number {
    const tag = this.exports.tag_create(this.handle) | 0;
    this.settle();
    return tag;
  }

  /** Gives an entry a tag, from now on; false when memory is refused. */
  attachTag(slot: number, tag: number): boolean {
    const refused = this.exports.tag_attach(this.handle, slot, tag, this.tagEpoch);
    this.settle();
    return refused === 0;
  }

  /** Makes every entry that carries the tag unreachable. */
  invalidateTag(tag: number): void {
    this.exports.tag_invalidate(this.handle, tag);
    this.settle();
  }

  /** Makes every entry that carries the tag stale. */
  expireTag(tag: number, now: number): void {
    this.exports.tag_expire(this.handle, tag, now | 0, high(now));
    this.settle();
  }

  /** Tells what the latest change let go. */
  settle(): void {
    const memory = this.look();
    const left = this.removedLength;
    if (left === 0) return;
    const list = this.removed;
    for (let place = list; place < list + left; place++) {
      const item = memory[place] as number;
      if (item >>> at.CAUSE === at.TAG_LEFT) this.tagLeft(item & at.NUMBER);
      else this.slotLeft(item & at.NUMBER, item >>> at.CAUSE);
    }
  }

}
