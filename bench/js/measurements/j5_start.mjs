//! J5: how large a library is in a bundle, and how long its import and first use take.

import { AWAITED } from "../contenders/awaited.mjs";
import { CACHES, OURS } from "../contenders/caches.mjs";
import { MEMOIZERS } from "../contenders/memoizers.mjs";
import { atMost } from "../report/bars.mjs";
import { medians } from "../report/statistics.mjs";
import { figures, Table } from "../report/table.mjs";

export const title = "size of the bundled library, import and first use";

/** What is bundled, and what a program does first with it. */
export const contenders = {
  [OURS]: { entry: 'export * from "../../../npm/dist/index.js"', start: cache(OURS) },
  "lru-cache": { entry: 'export * from "lru-cache"', start: cache("lru-cache") },
  "tiny-lru": { entry: 'export * from "tiny-lru"', start: cache("tiny-lru") },
  "quick-lru": { entry: 'export { default } from "quick-lru"', start: cache("quick-lru") },
  "mnemonist LRUMap": { entry: 'export { LRUMap } from "mnemonist"', start: cache("mnemonist LRUMap") },
  "@neophi/sieve-cache": { entry: 'export * from "@neophi/sieve-cache"', start: cache("@neophi/sieve-cache") },
  "@isaacs/ttlcache": { entry: 'export * from "@isaacs/ttlcache"', start: cache("@isaacs/ttlcache") },
  memoizee: { entry: 'export { default } from "memoizee"', start: memoizer("memoizee") },
  "micro-memoize": { entry: 'export * from "micro-memoize"', start: memoizer("micro-memoize") },
  moize: { entry: 'export { default } from "moize"', start: memoizer("moize") },
  "cachified + lru-cache": {
    entry: 'export * from "@epic-web/cachified"; export { LRUCache } from "lru-cache"',
    start: awaited("cachified + lru-cache"),
  },
  cacheable: { entry: 'export * from "cacheable"', start: awaited("cacheable") },
  bentocache: {
    entry: 'export * from "bentocache"; export * from "bentocache/drivers/memory"',
    start: awaited("bentocache"),
  },
};

/** `size` does not depend on the runtime and is found where the measurement was started. */
export const cells = {
  size: { here: true, figure: "bytes" },
  "import and first use": { figure: "ms" },
};

export function rounds(quick) {
  return { rounds: quick ? 1 : 9 };
}

export async function measured({ contender }) {
  const before = performance.now();
  await contenders[contender].start();
  return { ms: performance.now() - before };
}

function cache(name) {
  return async () => {
    const cache = await CACHES[name]({ entries: 1000, key: String });
    cache.set("user:7", 7);
    if (cache.get("user:7") !== 7) throw new Error(`${name} lost its first entry`);
  };
}

function memoizer(name) {
  return async () => {
    const memoized = await MEMOIZERS[name]((text) => text.length, { entries: 1000, kind: "text" });
    if (memoized("user:7") + memoized("user:7") !== 12) throw new Error(`${name} is wrong the first time`);
  };
}

function awaited(name) {
  return async () => {
    const memoized = await AWAITED[name](async (text) => text.length, { entries: 1000 });
    if ((await memoized("user:7")) + (await memoized("user:7")) !== 12) throw new Error(`${name} is wrong the first time`);
  };
}

export function tables(results) {
  const [bytes, ms] = [medians(results, "bytes").size, medians(results, "ms")["import and first use"]];
  const columns = [];
  if (bytes !== undefined) columns.push({ head: ["kB", "min+gzip"], of: (name) => kilobytes(bytes[name])?.toFixed(2) });
  if (ms !== undefined) columns.push({ head: ["ms, import", "+ first use"], of: (name) => figures(ms[name]) });
  return [new Table("J5  size and start", Object.keys(contenders), columns)];
}

export function bars(results) {
  const [bytes, ms] = [medians(results, "bytes").size, medians(results, "ms")["import and first use"]];
  return [
    ...(bytes === undefined ? [] : [atMost("J5", "kB, minified and compressed", kilobytes(bytes[OURS]), 8)]),
    ...(ms === undefined ? [] : [atMost("J5", "ms of import and first use", ms[OURS], 5)]),
  ];
}

function kilobytes(bytes) {
  return bytes === undefined ? undefined : bytes / 1000;
}
