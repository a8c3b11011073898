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
    const step = await connection.run<{ deleted: number; next: number }>(ROWS, "readwrite", (transaction, done) => {
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
  return connection.run(ROWS, "readwrite", (transaction, done) => {
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

/**
 * Tries a write again after each step that makes room, as long as it fails for want of it: at most half of the living
 * go. Some browsers write down what they delete, and give the space back only later: when they count more instead of
 * less, the write fails, before more of the living go in vain.
 */
export async function withRoom<T>(connection: Connection, write: () => Promise<T>): Promise<T> {
  let part = 0;
  let least = Number.POSITIVE_INFINITY;
  while (true) {
    try {
      return await write();
    } catch (error) {
      if ((error as Error)?.name !== "QuotaExceededError" || part > 1 / 8) throw error;
      const used = await bytesInUse();
      if (used > least * 1.05 + 250_000) throw error; // a write that failed leaves something behind, too
      least = Math.min(least, used);
      if (part === 0 && (await forgetDead(connection, "", Date.now())) > 0) continue;
      part = part * 2 || 1 / 64;
      if ((await forgetOldest(connection, part)) === 0) throw error;
    }
  }
}

/** NaN where the browser does not tell. */
async function bytesInUse(): Promise<number> {
  try {
    return (await navigator.storage.estimate()).usage as number;
  } catch {
    return Number.NaN;
  }
}
