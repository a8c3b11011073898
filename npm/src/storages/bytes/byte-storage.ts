//! What users make a storage of their own with.

import { misconfigured } from "../../errors.js";
import type { RecordOptions } from "../../records/record.js";
import type { Storage } from "../../storage.js";
import type { ByteStore } from "./byte-store.js";
import { checkMethods, storageIn } from "./in-store.js";

/**
 * A storage that keeps records in a place of your own, which only has to keep bytes under names.
 *
 * Tokens are entries of 16 bytes beside the records. To create one takes a look and a write, in turn for all who
 * use the same `store` object; between processes one of two may be lost, which costs misses.
 *
 * @throws {CachefnError} code `config` when a method is missing, and for an option that cannot work or does not exist.
 *
 * @example
 * ```ts
 * const kept = new Map<string, Uint8Array>();
 * const storage = byteStorage({
 *   get: (name) => kept.get(name),
 *   set: (name, bytes) => kept.set(name, bytes),
 *   delete: (name) => kept.delete(name),
 * });
 * await storage.set([row]);
 * assert((await storage.get([row.name]))[0].row.value.name === "Ada");
 * ```
 */
export function byteStorage(store: ByteStore, options: RecordOptions = {}): Storage {
  checkMethods(store, ["get", "set", "delete"], OPERATION, "the store");
  if (store.label !== undefined && typeof store.label !== "string") throw misconfigured(OPERATION, "label is no text; use one such as \"bytes\"");
  return storageIn(store, options, OPERATION, store);
}

const OPERATION = "byteStorage";
