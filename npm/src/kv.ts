//! `cachefn-wasm/kv`: entries in a key-value binding of an edge platform.

import type { RecordOptions } from "./records/record.js";
import type { CacheStorage } from "./storage.js";
import { checkMethods, storageIn } from "./storages/bytes/in-store.js";
import { type KeyValueBinding, KeyValueStore } from "./storages/kv.js";
import { withTier } from "./tier/with-tier.js";

export type { RecordOptions } from "./records/record.js";
export type { KeyValueBinding, KeyValueList } from "./storages/kv.js";

/**
 * Keeps entries in a key-value binding, such as `env.CACHE` of a worker.
 *
 * Such a store is *eventually consistent*: what is written in one place is seen in others after a minute or so, and so
 * are deletions and invalidations; what was read there stays as it was for as long. It keeps everything for at least a
 * minute, but entries die at their own time. Names begin with `cachefn:`; those longer than 512 bytes are replaced by a
 * hash. A deletion reads first, to tell whether there was an entry.
 *
 * @throws {CachefnError} code `config` when this is no binding, and for an option that cannot work or does not exist.
 *
 * @example
 * ```ts
 * const storage = kv(binding);
 * await storage.set([row]);
 * assert((await storage.get([row.name]))[0].row.value.name === "Ada");
 * ```
 */
export function kv(binding: KeyValueBinding, options: RecordOptions = {}): CacheStorage {
  checkMethods(binding, ["get", "put", "delete", "list"], "kv", "the binding");
  return withTier(storageIn(new KeyValueStore(binding), options, "kv", binding));
}
