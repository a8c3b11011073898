//! Room where the browser gives no more: the dead go first, then the oldest.

import type { Connection } from "./connection.js";
import { all, ROWS } from "./asking.js";

/** The index of rows by the time when nothing can be done with them any more; those without an end are not in it. */
export const BY_END = "dies";
/** The index of rows by their age. */
export const BY_AGE = "created";

/** Forgets rows that are dead at `now` and begin with `prefix`, a thousand at a time; how many. */
export async function forgetDead(connection: Connection, prefix: string, now: number): Promise<number> {
  let forgotten = 0;
  for (let from = 0; from <= now; ) {
    const step = await connection.run<{ deleted: number; next: number }>([ROWS], "readwrite", (transaction, done) => {
      const rows = transaction.objectStore(ROWS);
      const request = rows.index(BY_END).openKeyCursor(IDBKeyRange.bound(from, now));
      let deleted = 0;
      request.onsuccess = () => {
        const cursor = request.result;
        if (cursor === null || deleted === 1000) return done({ deleted, next: (cursor?.key as number) ?? Number.POSITIVE_INFINITY });
        if (String(cursor.primaryKey).startsWith(prefix)) {
          rows.delete(cursor.primaryKey);
          deleted++;
        }
        cursor.continue();
      };
    });
    forgotten += step.deleted;
    from = step.next;
  }
  return forgotten;
}

/** Forgets a part of all rows, the oldest; how many. */
export function forgetOldest(connection: Connection, part: number): Promise<number> {
  return connection.run([ROWS], "readwrite", (transaction, done) => {
    const rows = transaction.objectStore(ROWS);
    const count = rows.count();
    all([count], () => {
      const oldest = rows.index(BY_AGE).getAllKeys(null, Math.ceil(count.result * part) || 1);
      all([oldest], () => {
        for (const name of oldest.result) rows.delete(name);
        done(oldest.result.length);
      });
    });
  });
}

/** Tries a write again after each step that made room, as long as it fails for want of it. */
export async function withRoom<T>(connection: Connection, write: () => Promise<T>): Promise<T> {
  let failure: unknown;
  for (const part of [undefined, 0, 1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4]) {
    const freed = part === undefined ? 1 : await (part === 0 ? forgetDead(connection, "", Date.now()) : forgetOldest(connection, part));
    if (freed === 0) continue;
    try {
      return await write();
    } catch (error) {
      if (!isFull(error)) throw error;
      failure = error;
    }
  }
  throw failure;
}

/** Whether the browser gives no more room. */
export function isFull(error: unknown): boolean {
  return (error as Error)?.name === "QuotaExceededError";
}
