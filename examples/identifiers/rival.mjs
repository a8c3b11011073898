// What an LRU cache of the same size would have hit.

import { createCache } from "../../npm/dist/index.js";

/** Hits of an exact LRU; the values say nothing, for only the order of the keys matters. */
export function lruHits(stream, capacity) {
  const cache = createCache({ maxEntries: capacity, policy: "lru" });
  const nothing = () => 0;
  for (const number of stream) cache.getOrFetch(number, nothing);
  return cache.stats().hits;
}
