//! J4: what a million entries cost in memory, and how long the collector stops the program for them.

import { CACHES, LOOP, OURS, some } from "../contenders/caches.mjs";
import { atMost } from "../report/bars.mjs";
import { medians } from "../report/statistics.mjs";
import { figures, Table } from "../report/table.mjs";

const ENTRIES = 1_000_000;
/** So many sets of new keys follow, each of which evicts. */
const CHURN = 3 * ENTRIES;
/** Milliseconds. */
const LONGEST = 30_000;
/** Sets between two turns of the event loop, in which the collector may do its part. */
const AT_ONCE = 10_000;

export const title = "a million entries: bytes an entry, pauses of the collector";

export const contenders = some(Object.keys(CACHES).filter((name) => name !== "cachefn lru"));

/** The keys are there before, and all entries have one value: what is counted is the cache's own. */
export const cells = {
  "integer keys": { head: "int", key: (id) => id },
  "string keys": { head: "text", key: (id) => `user:${id}` },
};

/** Only Node tells how long its collector stopped the program; pages do not know their memory. */
export const only = ["node", "bun"];

export function rounds(quick) {
  return { rounds: quick ? 1 : 3, seconds: 120 };
}

export async function measured({ contender, cell }) {
  const { key } = cells[cell];
  const make = (entries) => contenders[contender]({ entries, key, fixed: true });
  if ((await make(2)) === undefined) return null; // and otherwise its code is loaded, and does not count
  const keys = typeof key(0) === "string" ? Array.from({ length: ENTRIES }, (_, id) => key(id)) : undefined;
  const value = {};
  const collected = watchCollector();
  const before = memory();
  const cache = await make(ENTRIES);
  await fill(cache, 0, ENTRIES, keys, value);
  const filled = memory();
  if (contender !== LOOP) check(contender, cache, keys, value);
  const figures = { bytes: (filled.counted - before.counted) / ENTRIES, resident: (filled.resident - before.resident) / ENTRIES };
  // New strings would be the loop's own garbage.
  if (keys !== undefined) return figures;
  if (!(await fill(cache, ENTRIES, ENTRIES + CHURN, keys, value))) return figures;
  const churned = memory();
  return { ...figures, churned: (churned.counted - before.counted) / ENTRIES, ...(await collected()) };
}

/** Whether it came to its end in time: some evict so slowly that it would take hours. */
async function fill(cache, start, end, keys, value) {
  const late = performance.now() + LONGEST;
  for (let id = start; id < end; ) {
    if (performance.now() > late) return false;
    const stop = Math.min(end, id + AT_ONCE);
    if (keys === undefined) for (; id < stop; id++) cache.set(id, value);
    else for (; id < stop; id++) cache.set(keys[id], value);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return true;
}

function check(contender, cache, keys, value) {
  for (let id = 0; id < ENTRIES; id += 1000) {
    if (cache.get(keys === undefined ? id : keys[id]) !== value) throw new Error(`${contender} lost an entry`);
  }
}

/** Bytes in use after a collection. Where the heap's own count leaves out buffers, only what is resident counts. */
function memory() {
  const collect = globalThis.Bun === undefined ? globalThis.gc : () => globalThis.Bun.gc(true);
  for (let time = 0; time < 3; time++) collect();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { counted: globalThis.Bun === undefined ? heapUsed + external : rss, resident: rss };
}

/** Watches the collector; the function that is returned tells of what nobody asked it for, in milliseconds. */
function watchCollector() {
  if (globalThis.Bun !== undefined) return () => ({});
  const FORCED = 4;
  const pauses = [];
  const keep = (list) => {
    for (const { duration, detail } of list.getEntries()) if ((detail.flags & FORCED) === 0) pauses.push(duration);
  };
  const observer = new PerformanceObserver(keep);
  observer.observe({ entryTypes: ["gc"] });
  return async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    observer.disconnect();
    return { collections: pauses.length, longest: Math.max(0, ...pauses), paused: pauses.reduce((sum, ms) => sum + ms, 0) };
  };
}

export function tables(results) {
  const names = Object.keys(contenders);
  const columns = [];
  const column = (cell, figure, head) => {
    const own = medians(results, figure)[cell];
    if (own !== undefined) columns.push({ head, of: (name) => figures(own[name]) });
  };
  for (const cell of Object.keys(results)) {
    column(cell, "bytes", [cells[cell].head, "bytes"]);
    column(cell, "resident", [cells[cell].head, "rss"]);
    column(cell, "churned", [cells[cell].head, "later"]);
    column(cell, "collections", ["", "GCs"]);
    column(cell, "longest", ["longest", "ms"]);
    column(cell, "paused", ["paused", "ms"]);
  }
  return [new Table("J4  1M entries: bytes an entry, after 3M more sets; the collector", names, columns)];
}

export function bars(results, { kind }) {
  const cell = "integer keys";
  if (kind !== "node" || results[cell] === undefined) return [];
  const [bytes, longest] = ["churned", "longest"].map((figure) => medians(results, figure)[cell]);
  return [
    atMost("J4", "bytes an entry, adaptive", bytes[OURS], 52),
    atMost("J4", "bytes an entry, sieve", bytes["cachefn sieve"], 48),
    atMost("J4", "bytes an entry, s3-fifo", bytes["cachefn s3-fifo"], 48),
    atMost("J4", "longest pause of the collector, ms", longest[OURS], 5),
  ];
}
