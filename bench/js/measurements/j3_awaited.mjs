//! J3: hits of memoised asynchronous functions and asynchronous caches, awaited one after the other.

import { AWAITED, OURS } from "../contenders/awaited.mjs";
import { atMost } from "../report/bars.mjs";
import { medians } from "../report/statistics.mjs";
import { figures, Table } from "../report/table.mjs";
import { random } from "./random.mjs";
import { timed } from "./timing.mjs";

const ENTRIES = 1_000;
/** Operations a run. */
const RUN = 1 << 13;

export const title = "asynchronous hits, awaited, 1k results";

export const contenders = AWAITED;

export const cells = { "awaited hit, one string": { head: ["awaited", "hit"] } };

export function rounds(quick) {
  return quick ? { rounds: 1, milliseconds: 30 } : { rounds: 7, milliseconds: 40 };
}

export async function measured({ contender, seed, milliseconds }) {
  let calls = 0;
  const load = async (name) => {
    calls++;
    return { name };
  };
  const memoized = await contenders[contender](load, { entries: ENTRIES });
  const names = Array.from({ length: ENTRIES }, (_, id) => `user:${id}`);
  for (const name of names) if ((await memoized(name)).name !== name) return wrong(contender);
  const below = random(seed);
  const order = Uint32Array.from({ length: RUN }, () => below(ENTRIES));
  const costs = await timed(async () => {
    for (let at = 0; at < order.length; at++) {
      const name = names[order[at]];
      if ((await memoized(name)).name !== name) return wrong(contender);
    }
    return RUN;
  }, milliseconds);
  if (calls !== ENTRIES) throw new Error(`${contender} loaded ${calls} times for ${ENTRIES} keys`);
  return costs;
}

function wrong(contender) {
  throw new Error(`${contender} gives another key's value`);
}

export function tables(results, { unit }) {
  const ns = medians(results, "ns");
  const columns = Object.keys(results).map((cell) => ({ head: cells[cell].head, of: (name) => figures(ns[cell][name]) }));
  return [new Table(`J3  memoised asynchronous hit, awaited: ${unit}`, Object.keys(contenders), columns)];
}

export function bars(results, { unit }) {
  const ns = medians(results, "ns");
  return Object.entries(ns).map(([cell, own]) => atMost("J3", `${cell}, ${unit}`, own[OURS], 70));
}
