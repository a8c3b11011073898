//! Bytes in a key-value binding of an edge platform.

import type { Page } from "../storage.js";
import type { ByteStore, Keep } from "./bytes/byte-store.js";

/**
 * What such a binding can do, as far as it is needed.
 *
 * @example
 * ```ts
 * const ofTheWorker: KeyValueBinding = binding;
 * assert(kv(ofTheWorker).label === "kv");
 * ```
 */
export interface KeyValueBinding {
  get(key: string, type: "arrayBuffer"): Promise<ArrayBuffer | null>;
  put(key: string, value: Uint8Array, options?: { expirationTtl?: number }): Promise<void>;
  delete(key: string): Promise<void>;
  list(options: { prefix: string; limit: number; cursor?: string | undefined }): Promise<KeyValueList>;
}

/**
 * One page of keys.
 *
 * @example
 * ```ts
 * const list: KeyValueList = await binding.list({ prefix: "cachefn:", limit: 10 });
 * assert(list.list_complete && list.keys.length === 0);
 * ```
 */
export type KeyValueList = { keys: { name: string }[]; list_complete: true } | { keys: { name: string }[]; list_complete: false; cursor: string };

/** One value under `cachefn:` and each name. */
export class KeyValueStore implements ByteStore {
  readonly label = "kv";
  readonly maxName = LONGEST_KEY - PREFIX.length;
  readonly maxRecord = LARGEST_VALUE;
  readonly #binding: KeyValueBinding;

  constructor(binding: KeyValueBinding) {
    this.#binding = binding;
  }

  async get(name: string): Promise<Uint8Array | undefined> {
    const found = await this.#binding.get(PREFIX + name, "arrayBuffer");
    return found === null ? undefined : new Uint8Array(found);
  }

  async set(name: string, bytes: Uint8Array, { expiresInMs }: Keep): Promise<void> {
    // Records are judged by their own times, so that it does no harm to keep them longer.
    const expirationTtl = Math.max(Math.ceil(expiresInMs / 1000), SHORTEST_LIFE);
    await this.#binding.put(PREFIX + name, bytes, expirationTtl <= LONGEST_LIFE ? { expirationTtl } : {});
  }

  async delete(name: string): Promise<boolean> {
    const wasThere = (await this.get(name)) !== undefined;
    if (wasThere) await this.#binding.delete(PREFIX + name);
    return wasThere;
  }

  async keys(prefix: string, limit: number, after: string | undefined): Promise<Page> {
    // A binding takes a prefix only up to a zero.
    const options = { prefix: PREFIX + (prefix.split("\0", 1)[0] as string), limit: Math.min(limit, LONGEST_PAGE) };
    const list = await this.#binding.list(after === undefined ? options : { ...options, cursor: after });
    return { names: list.keys.map(({ name }) => name.slice(PREFIX.length)).filter((name) => name.startsWith(prefix)), next: list.list_complete ? undefined : list.cursor };
  }
}

const PREFIX = "cachefn:";
/** In bytes. */
const LONGEST_KEY = 512;
const LARGEST_VALUE = 25 * 2 ** 20;
/** In seconds; shorter ones are refused. */
const SHORTEST_LIFE = 60;
const LONGEST_LIFE = 2 ** 31;
const LONGEST_PAGE = 1000;
