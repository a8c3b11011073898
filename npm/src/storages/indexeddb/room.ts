//! Room where the browser gives no more: the dead go first, then the oldest.

import { isDead } from "../row.js";
import { all, askFound, ROWS, startingWith, TOKENS } from "./asking.js";
import type { Connection } from "./connection.js";

/** The index of rows by the time when nothing can be done with them any more; those without an end are not in it. */
export const BY_END = "dies";
/** The index of rows by their age. */
export const BY_AGE = "created";

/** Forgets rows that are dead at `now` by their times, whatever their names, without reading them; how many. */
function forgetDead(connection: Connection, now: number): Promise<number> {
  return connection.run(ROWS, "readwrite", (transaction, done) => {
    const rows = transaction.objectStore(ROWS);
    const dead = rows.index(BY_END).getAllKeys(IDBKeyRange.upperBound(now));
    all([dead], () => {
      for (const name of dead.result) rows.delete(name);
      done(dead.result.length);
    });
  });
}

/** Forgets what begins with `prefix` and is dead, or no row at all, some at a time; how many. */
export async function purge(connection: Connection, prefix: string, now: number): Promise<number> {
  let forgotten = 0;
  let after: string | undefined;
  do {
    const from = after;
    const step = await connection.run<{ dead: readonly string[]; next: string | undefined }>([ROWS, TOKENS], "readwrite", (transaction, done) => {
      const rows = transaction.objectStore(ROWS);
      const request = rows.getAllKeys(startingWith(prefix, from), STEP);
      all([request], () => {
        const names = request.result as string[];
        askFound(transaction, names, ({ found }) => {
          const dead = names.filter((_, at) => !found[at] || isDead(found[at], now));
          for (const name of dead) rows.delete(name);
          done({ dead, next: names.length < STEP ? undefined : names.at(-1) });
        });
      });
    });
    forgotten += step.dead.length;
    after = step.next;
  } while (after !== undefined);
  return forgotten;
}

/** So many rows are in memory at once. */
const STEP = 100;

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
      if (part === 0 && (await forgetDead(connection, Date.now())) > 0) continue;
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
