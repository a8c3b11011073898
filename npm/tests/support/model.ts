//! A cache so simple that it cannot be wrong: least recently used, in a Map, with deadlines and tags.

interface Entry {
  value: number;
  due: number;
  tags: readonly string[];
}

/** What a cache of the policy `lru` has to do. */
export class Model {
  readonly #entries = new Map<string | number, Entry>();
  readonly #maxEntries: number;
  now = 0;

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  get(key: string | number): number | undefined {
    const entry = this.#alive(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  peek(key: string | number): number | undefined {
    return this.#alive(key)?.value;
  }

  set(key: string | number, value: number, ttl: number, tags: readonly string[]): void {
    this.purge();
    this.#entries.delete(key);
    if (ttl === 0) return;
    if (this.#entries.size === this.#maxEntries) this.#entries.delete(this.#entries.keys().next().value as string);
    this.#entries.set(key, { value, due: this.now + ttl, tags });
  }

  delete(key: string | number): boolean {
    return this.#alive(key) !== undefined && this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  invalidateByTag(tag: string): void {
    for (const [key, entry] of this.#entries) if (entry.tags.includes(tag)) this.#entries.delete(key);
  }

  invalidateByPrefix(prefix: string): number {
    this.purge();
    const keys = [...this.#entries.keys()].filter((key) => String(key).startsWith(prefix));
    for (const key of keys) this.#entries.delete(key);
    return keys.length;
  }

  keys(): (string | number)[] {
    this.purge();
    return [...this.#entries.keys()];
  }

  purge(): void {
    for (const [key, { due }] of this.#entries) if (due <= this.now) this.#entries.delete(key);
  }

  #alive(key: string | number): Entry | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && this.now < entry.due ? entry : undefined;
  }
}
