// The memoized function: one call is all that the cache asks for.

import { memoize } from "../../npm/dist/index.js";

/** About a tenth of the different words; as in the Rust half. */
export const CAPACITY = 3_000;

/** `nearest` is memoized; `calls()` says how often the function itself has run. */
export function lookup(dictionary) {
  let calls = 0;
  const nearest = memoize(
    (word) => {
      calls += 1;
      return dictionary.nearest(word);
    },
    { maxEntries: CAPACITY, policy: "s3-fifo" },
  );
  return { nearest, calls: () => calls };
}
