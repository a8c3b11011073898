//! What `indexedDB` can be told, and a storage by that.

import { checkNames, checkWord } from "../../checks.js";
import { misconfigured, show } from "../../errors.js";
import type { Storage } from "../../storage.js";
import { type Duration, milliseconds } from "../../time.js";
import { schema, storageIn } from "./storage.js";

/**
 * What {@link indexedDB} can be told.
 *
 * @example
 * ```ts browser
 * const options: IndexedDBOptions = { database: "maps", durability: "strict" };
 * assert(indexedDB(options).label === "indexeddb");
 * ```
 */
export interface IndexedDBOptions {
  /** The name of the database, `"cachefn"` unless said. Caches that share it share entries of the same name. */
  readonly database?: string | undefined;
  /**
   * `"strict"` if a write shall survive that the power goes; then it takes several times longer. With
   * `"relaxed"`, as unless said, it survives that the page, the tab or the browser ends. Neither keeps Chromium from
   * discarding a database to which it was writing when it was killed.
   */
  readonly durability?: "relaxed" | "strict" | undefined;
  /**
   * How long a tab that upgrades or deletes the database may hold it up, until operations fail instead of waiting;
   * `"5s"` unless said.
   */
  readonly openTimeout?: Duration | undefined;
}

/** A storage that nothing was asked of so far: no database is opened. */
export function indexedStorage(options: IndexedDBOptions): Storage {
  checkNames(options, ["database", "durability", "openTimeout"], OPERATION);
  const { database = "cachefn", durability = "relaxed", openTimeout = 5000 } = options;
  if (typeof database !== "string" || database === "") {
    throw misconfigured(OPERATION, `database is ${show(database)}; use a text such as "cachefn"`);
  }
  checkWord(durability, ["relaxed", "strict"], OPERATION, "durability");
  return storageIn(schema(database), durability, milliseconds(openTimeout, OPERATION, "openTimeout"));
}

const OPERATION = "indexedDB";
