//! Bytes as texts in a Keyv.

import { CachefnError } from "../errors.js";
import { base64Of } from "../records/base64.js";
import type { Trouble } from "../storage.js";
import type { Awaitable, ByteStore, Keep } from "./bytes/byte-store.js";
import { bytesOfValue } from "./text-values.js";

/**
 * What a Keyv can do, as far as it is needed; its adapters can do it, too, and so can a `Map`.
 *
 * @example
 * ```ts
 * const map: KeyvLike = new Map<string, string>();
 * assert(keyvStorage(map).label === "keyv");
 * ```
 */
export interface KeyvLike {
  get(key: string): Awaitable<unknown>;
  set(key: string, value: string, ttl?: number): Awaitable<unknown>;
  delete(key: string): Awaitable<boolean>;
  iterator?: ((namespace?: string) => AsyncGenerator<unknown[], void>) | undefined;
  on?(event: "error", listener: (error: unknown) => void): unknown;
  off?(event: "error", listener: (error: unknown) => void): unknown;
  disconnect?(): Awaitable<unknown>;
}

/** Base64 under `cachefn/` and each name, within the Keyv's own namespace. */
export class KeyvStore implements ByteStore {
  readonly label = "keyv";
  readonly #keyv: KeyvLike;
  readonly keys?: (prefix: string) => Promise<string[]>;

  constructor(keyv: KeyvLike) {
    this.#keyv = keyv;
    if (typeof keyv.iterator === "function") this.keys = (prefix) => this.#keys(prefix);
  }

  async get(name: string): Promise<Uint8Array | undefined> {
    // One by one: of many, some versions look for other keys than they have set.
    return bytesOfValue(await this.#keyv.get(PREFIX + name));
  }

  async set(name: string, bytes: Uint8Array, { expiresInMs }: Keep): Promise<void> {
    // Records have times of their own: nothing has to go at the very millisecond.
    const ttl = expiresInMs === Number.POSITIVE_INFINITY ? undefined : Math.max(Math.ceil(expiresInMs), 60_000);
    const isKept = await this.#keyv.set(PREFIX + name, base64Of(bytes), ttl);
    if (isKept === false) throw new Error("it did not keep the value");
  }

  async delete(name: string): Promise<boolean> {
    return this.#keyv.delete(PREFIX + name);
  }

  /** A Keyv tells of what its store fails to do, instead of failing itself. */
  watch(hear: (trouble: Trouble) => void): () => void {
    const own = (cause: unknown): void => hear({ code: "unavailable", cause: new CachefnError("unavailable", "keyv", String((cause as Error)?.message ?? cause), cause) });
    this.#keyv.on?.("error", own);
    return () => void this.#keyv.off?.("error", own);
  }

  async #keys(prefix: string): Promise<string[]> {
    const names: string[] = [];
    for await (const [key] of this.#keyv.iterator?.() ?? []) {
      if (typeof key === "string" && key.startsWith(PREFIX + prefix)) names.push(key.slice(PREFIX.length));
    }
    return names;
  }
}

/** Not a namespace and a colon: a Keyv takes such a key for one that has its namespace already. */
const PREFIX = "cachefn/";
