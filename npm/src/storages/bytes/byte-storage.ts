//! A storage over a place that a user brings.

import { misconfigured, show } from "../../errors.js";
import type { RecordOptions } from "../../records/record.js";
import type { Storage } from "../../storage.js";
import type { ByteStore } from "./byte-store.js";
import { checkMethods, storageIn } from "./in-store.js";

/** A storage in this place, of which it is made sure that it is one. */
export function bytesIn(store: ByteStore, options: RecordOptions): Storage {
  checkMethods(store, ["get", "set", "delete"], OPERATION, "the store");
  const { label } = store;
  if (label !== undefined && typeof label !== "string") throw misconfigured(OPERATION, `label is ${show(label)}; use a text such as "bytes"`);
  return storageIn(store, options, OPERATION, store);
}

const OPERATION = "byteStorage";
