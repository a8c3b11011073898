//! The situations that are measured. A cell names its cache, fills it and gives a function that runs
//! it once and returns how many operations that were.

import { random, zipf } from "./random.mjs";

const HOUR = 3_600_000;
/** Operations a run: long enough that the processor cannot learn the order. */
const RUN = 1 << 16;

/** name -> { options of the cache, prepare(cache, seed) -> run } */
export const CELLS = {
  "hit, reused string, 1k": hits(1_000, text, reused),
  "hit, reused string, 100k": hits(100_000, text, reused),
  "hit, fresh string, 1k": hits(1_000, text, fresh),
  "hit, fresh string, 100k": hits(100_000, text, fresh),
  "hit, integer, 1k": hits(1_000, (id) => id, reused),
  "hit, integer, 100k": hits(100_000, (id) => id, reused),
  "hit with TTL, string, 1k": hits(1_000, text, reused, HOUR),
  "hit with TTL, string, 100k": hits(100_000, text, reused, HOUR),
  "evicting set, string, 1k": evictions(1_000, text),
  "evicting set, string, 100k": evictions(100_000, text),
  "evicting set, integer, 1k": evictions(1_000, (id) => id),
  "evicting set, integer, 100k": evictions(100_000, (id) => id),
  "Zipf read-through, string, 10k of 100k": readThrough(10_000, 100_000),
};

/** Below 13 units, so that the engine makes a flat string of it at once. */
function text(id) {
  return `user:${id}`;
}

function hits(entries, key, loop, ttl) {
  return {
    options: { entries, ttl, fixed: true },
    prepare(cache, seed) {
      const keys = Array.from({ length: entries }, (_, id) => key(id));
      const values = keys.map((_, id) => ({ id }));
      keys.forEach((key, id) => {
        cache.set(key, values[id]);
      });
      const below = random(seed);
      const order = Uint32Array.from({ length: RUN }, () => below(entries));
      return {
        check: () => keys.every((key, id) => cache.get(key) === values[id]),
        run: () => loop(cache, order, keys),
      };
    },
  };
}

/** The keys exist before: their hashes are known after the first time. */
function reused(cache, order, keys) {
  for (let at = 0; at < order.length; at++) {
    if (cache.get(keys[order[at]]) === undefined) return lost();
  }
  return order.length;
}

/** Every key is a new string, as it is when it is put together for a call; making it counts. */
function fresh(cache, order) {
  for (let at = 0; at < order.length; at++) {
    if (cache.get(`user:${order[at]}`) === undefined) return lost();
  }
  return order.length;
}

function lost() {
  throw new Error("the cache lost an entry: these would not be hits");
}

function evictions(entries, key) {
  return {
    options: { entries },
    prepare(cache) {
      const value = {};
      let id = 0;
      for (; id < 2 * entries; id++) cache.set(key(id), value);
      return {
        check: () => cache.get(key(0)) === undefined && cache.get(key(id - 1)) === value,
        run() {
          // Ids come again after a million, long after they have left.
          const end = id + RUN;
          for (; id < end; id++) cache.set(key(id % 1_000_000), value);
          return RUN;
        },
      };
    },
  };
}

/** 95 % reads, whose misses are written, and 5 % writes. */
function readThrough(entries, universe) {
  return {
    options: { entries },
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
