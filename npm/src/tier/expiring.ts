//! How rows of a storage become stale before their time.

import type { Found, Row } from "../storage.js";
import type { Outside } from "./outside.js";
import { isFresh } from "./standing.js";

/** Makes the fresh rows under these names stale, or deletes those that have no time to be; how many there were. */
export async function expireRows(outside: Outside, operation: string, names: readonly string[]): Promise<number> {
  const found = await outside.insist(operation, (storage) => storage.get(names));
  const looks = await outside.judge(operation, found);
  const rows: Row[] = [];
  const gone: string[] = [];
  for (const [at, look] of looks.entries()) {
    if (!isFresh(look)) continue;
    const row = (found[at] as Found).row;
    if (row.revalidatesFor + row.bridgesFor === 0) gone.push(row.name);
    else rows.push({ ...row, freshFor: Math.max(0, outside.wallMs() - row.created) });
  }
  if (rows.length > 0) await outside.insist(operation, (storage) => storage.set(rows));
  if (gone.length > 0) await outside.insist(operation, (storage) => storage.delete(gone));
  return rows.length + gone.length;
}
