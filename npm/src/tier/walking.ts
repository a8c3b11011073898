//! Walks over the rows of one namespace, in bounded steps.

import type { Outside } from "./outside.js";

/** Takes steps as long as there is one more. */
export async function walk(step: (after: string | undefined) => Promise<string | undefined>): Promise<void> {
  let after: string | undefined;
  do after = await step(after);
  while (after !== undefined);
}

/** Deletes the rows whose keys match, or does with their names what `remove` says; how many. */
export async function sweep(outside: Outside, matches: (text: string) => boolean, remove = deleting(outside)): Promise<number> {
  let gone = 0;
  await walk(async (after) => {
    const page = await outside.insist("invalidateByPattern", (storage) => storage.scan(outside.space.prefix, STEP, after));
    const names = page.names.filter((name) => matches(outside.space.text(name)));
    if (names.length > 0) gone += await remove(names);
    return page.next;
  });
  return gone;
}

function deleting(outside: Outside): (names: readonly string[]) => Promise<number> {
  return (names) => outside.insist("invalidateByPattern", (storage) => storage.delete(names));
}

/** So many names are looked at in one step. */
export const STEP = 256;
