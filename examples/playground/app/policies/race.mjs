//! The same requests through a cache of each policy.

import { createCache } from "cachefn-wasm";

/** As the package knows them, the default first. */
export const POLICIES = ["adaptive", "w-tinylfu", "s3-fifo", "sieve", "lfu", "lru", "fifo"];

/** Caches of one capacity, one for each policy. */
export class Race {
  #lanes;

  constructor(room) {
    this.#lanes = POLICIES.map((policy) => ({ policy, cache: createCache({ maxEntries: room, policy, seed: 1 }), before: 0, points: [] }));
  }

  /** Sends some requests through all caches; then each has one more point, its hit ratio over these. */
  run(keys) {
    for (const lane of this.#lanes) {
      for (const key of keys) if (lane.cache.get(key) === undefined) lane.cache.set(key, true);
      const { hits } = lane.cache.stats();
      lane.points.push((hits - lane.before) / keys.length);
      lane.before = hits;
    }
  }

  /** The state of each policy. */
  get lanes() {
    return this.#lanes.map(({ policy, cache, points }) => {
      const { hitRate, evictions } = cache.stats();
      return { policy, points, hitRate, evictions };
    });
  }

  /** Gives the memory back. */
  close() {
    for (const { cache } of this.#lanes) cache.close();
  }
}
