//! What another tab does with a database, and a tab of one's own to do it in.

import { indexedDB as storage, type IndexedDBOptions } from "../../src/indexeddb.js";
import type { CacheStorage } from "../../src/storage.js";

/** A storage with patience: where other suites keep the disk busy, databases take longer to open than pages wait by default. */
export function open(options: IndexedDBOptions): CacheStorage {
  return storage({ openTimeout: "2m", ...options });
}

/** A frame of the same origin, with an `indexedDB` of its own; `close` ends it as a tab ends. */
export function anotherTab(): { indexedDB: IDBFactory; close(): void } {
  const frame = document.createElement("iframe");
  document.body.append(frame);
  return { indexedDB: (frame.contentWindow as unknown as { indexedDB: IDBFactory }).indexedDB, close: () => frame.remove() };
}

/** Opens as a program does that cares for nobody: its connection stays open until it is closed. */
export function openIn(factory: IDBFactory, name: string, version?: number, upgrade: (database: IDBDatabase) => void = () => {}): Promise<IDBDatabase> {
  const request = factory.open(name, version);
  request.onupgradeneeded = () => upgrade(request.result);
  return settled(request);
}

/** Deletes a database, as soon as nobody has it open. */
export function deleteIn(factory: IDBFactory, name: string): Promise<unknown> {
  return settled(factory.deleteDatabase(name));
}

/** Begins to delete a database that somebody has open; fulfilled when the browser says that it waits, with what it waits for. */
export function deleteWhenLetGo(factory: IDBFactory, name: string): Promise<{ deleted: Promise<unknown> }> {
  const request = factory.deleteDatabase(name);
  const deleted = settled(request);
  return new Promise((resolve) => {
    request.onblocked = () => resolve({ deleted });
  });
}

/** Puts values into a store, under keys where it needs them. */
export async function putIn(database: IDBDatabase, store: string, ...values: (readonly [value: unknown, key?: IDBValidKey])[]): Promise<void> {
  const transaction = database.transaction(store, "readwrite");
  for (const [value, key] of values) transaction.objectStore(store).put(value, key);
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
