//! A storage over a place for bytes, after a look at what was given.

import { checkNames } from "../../checks.js";
import { misconfigured, show } from "../../errors.js";
import type { RecordOptions } from "../../records/record.js";
import type { Storage } from "../../storage.js";
import type { ByteStore } from "./byte-store.js";
import { BytesStorage } from "./bytes-storage.js";

/**
 * A storage of records in `store`. `operation` is who asks, in errors; `place` is the same object for all that share
 * what is kept; `others` are names of options that are not those of records.
 */
export function storageIn(store: ByteStore, options: RecordOptions, operation: string, place: object, others: readonly string[] = []): Storage {
  checkNames(options, ["codec", ...others], operation);
  return new BytesStorage(store, options, place);
}

/** Refuses what has not all of these methods. */
export function checkMethods(what: unknown, methods: readonly string[], operation: string, name: string): void {
  const missing = methods.filter((method) => typeof (what as Record<string, unknown> | null | undefined)?.[method] !== "function");
  if (missing.length > 0) throw misconfigured(operation, `${name} is ${show(what)} without ${missing.map((method) => `\`${method}\``).join(", ")}`);
}
