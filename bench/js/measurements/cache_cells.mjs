//! The situations in which caches are measured. A cell names its cache, fills it and gives a function
//! that runs it once and returns how many operations that were.

import { random, zipf } from "./random.mjs";

/** Operations a run: long enough that the processor cannot learn the order. */
const RUN = 1 << 16;

/** Milliseconds after which a run of sets ends early, and how many sets lie between two looks: some evict slowly. */
const LONGEST = 100;
const PART = 1 << 12;

/** Below 13 units, so that the engine makes a flat string of it at once. */
export function text(id) {
  return `user:${id}`;
}

/** Hits of `entries` entries in random order; the loop is `"reused"` or `"fresh"`. */
export function hits(head, entries, key, loop, ttl) {
  return {
    head,
    options: { entries, ttl, key, fixed: true },
    prepare(cache, seed) {
      const keys = Array.from({ length: entries }, (_, id) => key(id));
      const values = keys.map((_, id) => ({ id }));
      keys.forEach((key, id) => {
        cache.set(key, values[id]);
      });
      const below = random(seed);
      const order = Uint32Array.from({ length: RUN }, () => below(entries));
      return {
        check: () => keys.every((key, id) => cache.get(key) === values[id]) && cache.get(key(entries)) === undefined,
        run: () => LOOPS[loop](cache, order, keys),
      };
    },
  };
}

const LOOPS = {
  /** The keys exist before: their hashes are known after the first time. */
  reused(cache, order, keys) {
    for (let at = 0; at < order.length; at++) {
      if (cache.get(keys[order[at]]) === undefined) return lost();
    }
    return order.length;
  },
  /** Every key is a new string, as it is when it is put together for a call; making it counts. */
  fresh(cache, order) {
    for (let at = 0; at < order.length; at++) {
      if (cache.get(`user:${order[at]}`) === undefined) return lost();
    }
    return order.length;
  },
};

function lost() {
  throw new Error("the cache lost an entry: these would not be hits");
}

/** Sets of new keys in a full cache. */
export function evictions(head, entries, key) {
  return {
    head,
    options: { entries, key },
    prepare(cache) {
      const value = {};
      let id = 0;
      for (; id < 1.5 * entries; id++) cache.set(key(id), value);
      const residents = () => Array.from({ length: id }, (_, id) => id).filter((id) => cache.has(key(id))).length;
      return {
        check: () => cache.get(key(id - 1)) === value && residents() <= entries && residents() >= entries / 2,
        run() {
          const [start, stop] = [id, performance.now() + LONGEST];
          // Ids come again after a million, long after they have left.
          for (let end = id; end < start + RUN && performance.now() < stop; ) {
            for (end += PART; id < end; id++) cache.set(key(id % 1_000_000), value);
          }
          return id - start;
        },
      };
    },
  };
}

/** 95 % reads, whose misses are written, and 5 % writes. */
export function readThrough(head, entries, universe) {
  return {
    head,
    options: { entries, key: text },
    prepare(cache, seed) {
      const keys = Array.from({ length: universe }, (_, id) => text(id));
      const below = random(seed);
      const ids = zipf(below, universe, 0.99, RUN * STREAMS);
      const isWrite = Uint8Array.from(ids, () => (below(100) < 5 ? 1 : 0));
      const value = {};
      for (let id = entries; id-- > 0; ) cache.set(keys[id], value);
      let stream = 0;
      const counted = { reads: 0, hits: 0 };
      return {
        check: () => cache.get(keys[0]) === value,
        counted,
        run() {
          const first = (stream++ % STREAMS) * RUN;
          let [reads, hits] = [0, 0];
          for (let at = first; at < first + RUN; at++) {
            const key = keys[ids[at]];
            if (isWrite[at] === 1) {
              cache.set(key, value);
              continue;
            }
            reads++;
            if (cache.get(key) === undefined) cache.set(key, value);
            else hits++;
          }
          counted.reads += reads;
          counted.hits += hits;
          return RUN;
        },
      };
    },
  };
}

/** Runs with different requests, before they come again. */
const STREAMS = 8;
