//! Walks over the names of one namespace, in bounded steps.

import type { Outside } from "./outside.js";

/** Hands all names to `act`, so many at a time; the sum of what it gives. Every step is taken when `turn` lets it. */
export async function walk(
  outside: Outside,
  operation: string,
  act: (names: readonly string[]) => number | Promise<number>,
  turn = <T>(step: () => Promise<T>): Promise<T> => step(),
): Promise<number> {
  let sum = 0;
  let after: string | undefined;
  const step = async (): Promise<string | undefined> => {
    const page = await outside.insist(operation, (storage) => storage.scan(outside.space.prefix, STEP, after));
    sum += await act(page.names);
    return page.next;
  };
  do after = await turn(step);
  while (after !== undefined);
  return sum;
}

/** So many names are looked at in one step. */
const STEP = 256;
