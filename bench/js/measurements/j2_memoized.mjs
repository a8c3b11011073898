//! J2: hits of memoised functions: one string, two integers, one object by value.

import { MEMOIZERS, OURS } from "../contenders/memoizers.mjs";
import { atMost } from "../report/bars.mjs";
import { medians } from "../report/statistics.mjs";
import { figures, Table } from "../report/table.mjs";
import { random } from "./random.mjs";
import { timed } from "./timing.mjs";

const ENTRIES = 1_000;
/** Operations a run. */
const RUN = 1 << 14;

export const title = "memoised functions, 1k results";

export const contenders = MEMOIZERS;

/** `call` calls the memoised function for one id; `direct` is what it has to answer. */
export const cells = {
  "hit, one string": {
    kind: "text",
    head: ["one", "string"],
    limit: 30,
    fn: (name) => name.length,
    args: () => Array.from({ length: ENTRIES }, (_, id) => `user:${id}`),
    loop(memoized, order, names) {
      let sum = 0;
      for (let at = 0; at < order.length; at++) sum += memoized(names[order[at]]);
      return sum;
    },
  },
  "hit, two integers": {
    kind: "pair",
    head: ["two", "integers"],
    limit: 40,
    fn: (width, height) => width * height,
    args: () => undefined,
    loop(memoized, order) {
      let sum = 0;
      for (let at = 0; at < order.length; at++) sum += memoized(order[at] & 31, order[at] >>> 5);
      return sum;
    },
  },
  "hit, one object by value": {
    kind: "object",
    head: ["object", "by value"],
    limit: 340,
    fn: ({ id, area }) => id * area.length,
    args: () => ["eu", "us", "asia", "africa"],
    /** A new object every call, as callers make them. */
    loop(memoized, order, areas) {
      let sum = 0;
      for (let at = 0; at < order.length; at++) sum += memoized({ id: order[at], area: areas[order[at] & 3] });
      return sum;
    },
  },
};

export function rounds(quick) {
  return quick ? { rounds: 1, milliseconds: 30 } : { rounds: 7, milliseconds: 40 };
}

export async function measured({ contender, cell, seed, milliseconds }) {
  const { kind, fn, args, loop } = cells[cell];
  let calls = 0;
  // Both parameters are named, since some memoisers look at the length of the function.
  const counted = kind === "pair" ? (first, second) => (calls++, fn(first, second)) : (first) => (calls++, fn(first));
  const memoized = await contenders[contender](counted, { entries: ENTRIES, kind });
  const [all, given] = [Uint32Array.from({ length: ENTRIES }, (_, id) => id), args()];
  loop(memoized, all, given);
  const below = random(seed);
  const order = Uint32Array.from({ length: RUN }, () => below(ENTRIES));
  const expected = loop(fn, order, given);
  const costs = await timed(() => {
    if (loop(memoized, order, given) !== expected) throw new Error(`${contender} gives wrong answers in: ${cell}`);
    return RUN;
  }, milliseconds);
  if (calls !== ENTRIES) throw new Error(`${contender} ran the function ${calls} times for ${ENTRIES} results: ${cell}`);
  return costs;
}

export function tables(results, { unit }) {
  const ns = medians(results, "ns");
  const columns = Object.keys(results).map((cell) => ({
    head: cells[cell].head,
    of: (name) => figures(ns[cell][name]),
  }));
  return [new Table(`J2  memoised hit: ${unit}, the loop included`, Object.keys(contenders), columns)];
}

export function bars(results, { unit }) {
  const ns = medians(results, "ns");
  return Object.entries(ns).map(([cell, own]) => atMost("J2", `${cell}, ${unit}`, own[OURS], cells[cell].limit));
}
