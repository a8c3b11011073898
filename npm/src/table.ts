//! Keys, values and tag names beside the engine's slots.

import { Arguments, hashArguments } from "./arguments.js";
import { type Bounds, type Engine, refused } from "./engine/engine.js";
import { Slots } from "./engine/slots.js";
import { hashBoth, hashNumber, hashText, randomSeed, SHORT } from "./hash.js";
import { Pair, type Primitive } from "./key.js";

/** Told of every entry that leaves, in order; it must not touch the table because of that. */
export interface Owner {
  entryLeft(key: unknown, cause: number): void;
}

/** What a cache holds, by key. A key may be anything; which are equal is as in a `Map`. */
export class Table extends Slots {
  readonly #owner: Owner;
  readonly #seed: number;
  /** The slots of keys that are dear to hash here, or have no hash. */
  readonly #aside = new Map<unknown, number>();
  #strangers = 0;
  /**
   * In calm times, the slots of some texts. A `Map` finds a text again for which it was asked before
   * without reading it, but is dear to change: it exists only while entries do not leave.
   */
  #front: Map<string, number> | undefined;
  /** Texts found since an entry left. */
  #calm = 0;
  readonly #tags = new Map<string, number>();
  readonly #tagNames: string[] = [];
  /** By slot, where a value came by a promise that can be handed out again. */
  #promises: (Promise<unknown> | undefined)[] | undefined;
  /** By slot, in caches that fetch anew what is not stale yet. */
  readonly #refreshes: number[] = [];

  constructor(engine: Engine, bounds: Bounds, seed: number | undefined, owner: Owner) {
    super(engine, bounds);
    this.#owner = owner;
    this.#seed = seed ?? randomSeed();
  }

  /** The slot of a key, dead or alive, or -1. */
  find(key: unknown): number {
    if (typeof key === "string") {
      if (key.length <= SHORT) return this.#front?.get(key) ?? this.#findShort(key);
    } else if (typeof key === "number" && key === key) {
      return this.findNumber(key, hashNumber(key, this.#seed));
    }
    return this.locate(key, this.hash(key));
  }

  /** What {@link locate} and {@link add} want to know of a key. */
  hash(key: unknown): number {
    if (typeof key === "string") return key.length <= SHORT ? hashText(key, this.#seed) : 0;
    if (typeof key === "number") return hashNumber(key, this.#seed);
    if (key instanceof Pair) return this.hashPair(key.first, key.second);
    return key instanceof Arguments ? this.hashList(key.list) : 0;
  }

  /** The hash of a pair by its parts. */
  hashPair(first: Primitive, second: Primitive): number {
    return hashBoth(this.hash(first), this.hash(second));
  }

  /** The hash of a list of arguments; throws for what cannot be told from others. */
  hashList(args: ArrayLike<unknown>): number {
    return hashArguments(args, this.#seed);
  }

  /** A number from 0 to 1, the same with the same seed. */
  draw(count: number): number {
    return (hashBoth(hashNumber(count, this.#seed), count) >>> 0) / 0x1_0000_0000;
  }

  /** {@link find} by key and hash. */
  locate(key: unknown, hash: number): number {
    if (typeof key === "string") {
      if (key.length <= SHORT) return this.findText(key, hash);
    } else if (typeof key === "number") {
      if (key === key) return this.findNumber(key, hash);
    } else if (key instanceof Pair) {
      return this.findPair(key.first, key.second, hash);
    } else if (key instanceof Arguments) {
      return this.findArguments(key.list, hash);
    }
    return this.#aside.get(key) ?? -1;
  }

  /** The key in a slot. */
  keyAt(slot: number): unknown {
    return this.entries[slot << 1];
  }

  /** The value in a slot. */
  valueAt(slot: number): unknown {
    return this.entries[(slot << 1) | 1];
  }

  /** The promise by which the value in a slot came, if it did. */
  promiseAt(slot: number): Promise<unknown> | undefined {
    return this.#promises === undefined ? undefined : this.#promises[slot];
  }

  /** When the value in a slot is to be fetched anew; never where nothing was said. */
  refreshAt(slot: number): number {
    return this.#refreshes[slot] ?? Number.POSITIVE_INFINITY;
  }

  /** Says when the value in a slot is to be fetched anew. */
  refresh(slot: number, at: number): void {
    this.#refreshes[slot] = at;
  }

  /** How many bytes everything takes, about, and what all entries weigh. */
  override measure(): { readonly bytes: number; readonly weight: number } {
    const places = this.entries.length + (this.#promises?.length ?? 0) + this.#refreshes.length;
    const { bytes, weight } = super.measure();
    return { bytes: bytes + 8 * places + 48 * (this.#aside.size + (this.#front?.size ?? 0) + this.#tags.size), weight };
  }

  /** A slot for an absent key, or -1 when memory is refused. It is filled after {@link settle}. */
  add(key: unknown, hash: number, now: number, due: number): number {
    if (!isAside(key)) return this.insert(hash, now, due);
    // A long text is known again by the policy; for anything else any number does that spreads.
    const other = typeof key === "string" ? hashText(key, this.#seed) : hashNumber(this.#strangers++, this.#seed);
    const slot = this.insert(other, now, due);
    if (slot >= 0) this.#aside.set(key, slot);
    return slot;
  }

  /** Fills the slot that {@link add} gave. */
  write(slot: number, key: unknown, value: unknown, promise: Promise<unknown> | undefined): void {
    this.entries[slot << 1] = key === 0 ? 0 : key; // never -0
    this.rewrite(slot, value, promise);
  }

  /** Puts a value in the place of another. */
  rewrite(slot: number, value: unknown, promise: Promise<unknown> | undefined): void {
    this.entries[(slot << 1) | 1] = value;
    // Filled, because a list with a large gap turns into a dictionary.
    if (promise !== undefined) this.#promises ??= new Array<undefined>(slot).fill(undefined);
    if (this.#promises !== undefined) this.#promises[slot] = promise;
  }

  /** Gives an entry its tags; throws when memory is refused. */
  tag(slot: number, names: readonly string[]): void {
    for (const name of names) {
      const tag = this.#tags.get(name) ?? this.#newTag(name);
      if (!this.attachTag(slot, tag)) throw refused("set");
    }
  }

  /** The number of a tag that some entry carries. */
  tagOf(name: string): number | undefined {
    return this.#tags.get(name);
  }

  /** The name of a tag that some entry carries. */
  tagName(tag: number): string {
    return this.#tagNames[tag] as string;
  }

  override dispose(): void {
    super.dispose();
    this.#aside.clear();
    this.#tags.clear();
    this.#front = undefined;
    this.#promises = undefined;
  }

  protected override slotLeft(slot: number, cause: number): void {
    const { entries } = this;
    const key = entries[slot << 1];
    entries[slot << 1] = undefined;
    entries[(slot << 1) | 1] = undefined;
    if (this.#promises !== undefined) this.#promises[slot] = undefined;
    if (this.#aside.size > 0) this.#aside.delete(key);
    this.#calm = 0;
    this.#front = undefined;
    this.#owner.entryLeft(key, cause);
  }

  protected override tagLeft(tag: number): void {
    this.#tags.delete(this.#tagNames[tag] as string);
    this.#tagNames[tag] = "";
  }

  #findShort(text: string): number {
    const slot = this.findText(text, hashText(text, this.#seed));
    if (slot >= 0 && this.#calm++ > CALM) this.#bringForward(text, slot);
    return slot;
  }

  #bringForward(text: string, slot: number): void {
    const { count } = this;
    if (count > MOST_FORWARD) this.#calm = 0;
    else if (this.#calm > 4 * count) (this.#front ??= new Map()).set(text, slot);
  }

  #newTag(name: string): number {
    const tag = this.createTag();
    if (tag < 0) throw refused("set");
    this.#tags.set(name, tag);
    this.#tagNames[tag] = name;
    return tag;
  }
}

function isAside(key: unknown): boolean {
  if (typeof key === "string") return key.length > SHORT;
  return typeof key === "number" ? key !== key : !(key instanceof Pair || key instanceof Arguments);
}

/** So many texts must have been found before it is worth asking how calm it is. */
const CALM = 256;

/** Beyond so many entries a `Map` is no faster, because it does not fit into the processor's cache. */
const MOST_FORWARD = 8192;
