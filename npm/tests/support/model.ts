//! A cache so simple that it cannot be wrong: least recently used, in a Map, and every rule by its definition.

import type { EntryOptions, Key } from "../../src/index.js";

interface Entry {
  value: number;
  weight: number;
  freshUntil: number;
  /** When it is stale at the latest because a tag was expired. */
  expiredAt: number;
  deadUntil: number;
  revalidates: number;
  bridges: number;
  idleFor: number;
  idleUntil: number;
  tags: readonly string[];
}

/** What a model is told; lengths are milliseconds. */
export interface Limits extends EntryOptions {
  readonly maxEntries: number;
  readonly maxWeight: number;
}

/** What a cache of the policy `lru` has to do. */
export class Model {
  readonly #entries = new Map<Key, Entry>();
  readonly #limits: Limits;
  now = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get(key: Key): number | undefined {
    const entry = this.#fresh(key);
    if (entry !== undefined) this.#use(key, entry);
    return entry?.value;
  }

  peek(key: Key): number | undefined {
    return this.#fresh(key)?.value;
  }

  /** False for a value that is too heavy. */
  set(key: Key, value: number, weight: number, options: EntryOptions = {}): boolean {
    this.purge();
    const { maxEntries, maxWeight } = this.#limits;
    const { ttl, tti, staleWhileRevalidate, staleIfError } = { ...this.#limits, ...options };
    const [life, idleFor] = [(ttl as number) ?? Infinity, (tti as number) ?? Infinity];
    const [revalidates, bridges] = [(staleWhileRevalidate as number) ?? 0, (staleIfError as number) ?? 0];
    const isReplaced = this.#entries.delete(key);
    if (weight > maxWeight) return false;
    if (life === 0 || idleFor === 0) return true;
    if (!isReplaced) while (this.#entries.size >= maxEntries || this.weight + weight > maxWeight) this.#evict();
    const freshUntil = this.now + life;
    const deadUntil = freshUntil + Math.max(revalidates, bridges);
    const idleUntil = this.now + idleFor;
    const { tags = [] } = options;
    this.#entries.set(key, { value, weight, freshUntil, expiredAt: Infinity, deadUntil, revalidates, bridges, idleFor, idleUntil, tags });
    while (this.weight > maxWeight) this.#evict();
    return true;
  }

  update(key: Key, value: number | undefined, weight: number): boolean {
    const entry = this.#fresh(key);
    if (value === undefined) return (entry !== undefined && this.#entries.delete(key)) || true;
    if (entry === undefined) return this.set(key, value, weight);
    if (weight > this.#limits.maxWeight) return !this.#entries.delete(key);
    entry.value = value;
    entry.weight = weight;
    this.#use(key, entry);
    while (this.weight > this.#limits.maxWeight) this.#evict();
    return true;
  }

  /** What `getOrFetch` answers when its fetcher fails. */
  bridged(key: Key): number | undefined {
    this.purge();
    const entry = this.#entries.get(key);
    return entry !== undefined && this.now - this.#staleSince(entry) < entry.bridges ? entry.value : undefined;
  }

  /** Whether a living one was there. */
  delete(key: Key): boolean {
    this.purge();
    return this.#entries.delete(key);
  }

  /** Whether it was fresh. */
  expire(key: Key): boolean {
    const entry = this.#fresh(key);
    if (entry === undefined) return false;
    const window = Math.max(entry.revalidates, entry.bridges);
    entry.freshUntil = this.now;
    entry.deadUntil = Math.min(entry.deadUntil, this.now + window);
    return true;
  }

  clear(): void {
    this.#entries.clear();
  }

  invalidateByTag(tag: string, expires: boolean): void {
    for (const [key, entry] of this.#entries) {
      if (!entry.tags.includes(tag)) continue;
      if (!expires) this.#entries.delete(key);
      else entry.expiredAt = Math.min(entry.expiredAt, this.now);
    }
  }

  invalidateByPrefix(prefix: string, expires: boolean): number {
    this.purge();
    const keys = [...this.#entries.keys()].filter((key) => String(key).startsWith(prefix));
    for (const key of keys) expires ? this.expire(key) : this.#entries.delete(key);
    return keys.length;
  }

  keys(): Key[] {
    this.purge();
    return [...this.#entries.keys()].filter((key) => this.#fresh(key) !== undefined);
  }

  get size(): number {
    this.purge();
    return this.#entries.size;
  }

  get weight(): number {
    return [...this.#entries.values()].reduce((sum, { weight }) => sum + weight, 0);
  }

  /** How many were dead. */
  purge(): number {
    const before = this.#entries.size;
    for (const [key, entry] of this.#entries) if (this.#isDead(entry)) this.#entries.delete(key);
    return before - this.#entries.size;
  }

  #fresh(key: Key): Entry | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && !this.#isDead(entry) && this.now < this.#staleSince(entry) ? entry : undefined;
  }

  #use(key: Key, entry: Entry): void {
    entry.idleUntil = this.now + entry.idleFor;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
  }

  #evict(): void {
    this.#entries.delete(this.#entries.keys().next().value as Key);
  }

  #staleSince(entry: Entry): number {
    return Math.min(entry.freshUntil, entry.expiredAt);
  }

  #isDead(entry: Entry): boolean {
    const deadUntil = Math.min(entry.deadUntil, entry.expiredAt + Math.max(entry.revalidates, entry.bridges));
    return this.now >= deadUntil || this.now >= entry.idleUntil;
  }
}
