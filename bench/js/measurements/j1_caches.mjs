//! J1: `get` and `set` of caches: hits, evicting sets, read-through.

import { BASE, CACHES, LOOP, OURS, some } from "../contenders/caches.mjs";
import { atLeast } from "../report/bars.mjs";
import { geometricMean, medians, speeds } from "../report/statistics.mjs";
import { figures, Table } from "../report/table.mjs";
import { evictions, hits, readThrough, text } from "./cache_cells.mjs";
import { timed } from "./timing.mjs";

const HOUR = 3_600_000;
const same = (id) => id;

export const title = "caches: hits, evicting sets, read-through";

export const contenders = some(Object.keys(CACHES).filter((name) => name !== "cachefn sieve"));

/** `head` is what stands above the cell's column. */
export const cells = {
  "hit, reused string, 1k": hits(["text", "1k"], 1_000, text, "reused"),
  "hit, reused string, 100k": hits(["text", "100k"], 100_000, text, "reused"),
  "hit, fresh string, 1k": hits(["fresh", "1k"], 1_000, text, "fresh"),
  "hit, fresh string, 100k": hits(["fresh", "100k"], 100_000, text, "fresh"),
  "hit, integer, 1k": hits(["int", "1k"], 1_000, same, "reused"),
  "hit, integer, 100k": hits(["int", "100k"], 100_000, same, "reused"),
  "hit with TTL, string, 1k": hits(["TTL", "1k"], 1_000, text, "reused", HOUR),
  "hit with TTL, string, 100k": hits(["TTL", "100k"], 100_000, text, "reused", HOUR),
  "evicting set, string, 1k": evictions(["set text", "1k"], 1_000, text),
  "evicting set, string, 100k": evictions(["set text", "100k"], 100_000, text),
  "evicting set, integer, 1k": evictions(["set int", "1k"], 1_000, same),
  "evicting set, integer, 100k": evictions(["set int", "100k"], 100_000, same),
  "Zipf read-through, 10k of 100k": readThrough(["Zipf", "10k"], 10_000, 100_000),
};

export function rounds(quick) {
  return quick ? { rounds: 1, milliseconds: 30 } : { rounds: 7, milliseconds: 40 };
}

export async function measured({ contender, cell, seed, milliseconds }) {
  const { options, prepare } = cells[cell];
  const cache = await contenders[contender](options);
  if (cache === undefined) return null;
  const { run, check, counted } = prepare(cache, seed);
  if (contender === LOOP) return timed(run, milliseconds);
  if (!check()) throw new Error(`${contender} gives wrong answers in: ${cell}`);
  const costs = await timed(run, milliseconds);
  return counted === undefined ? costs : { ...costs, hitPercent: (100 * counted.hits) / counted.reads };
}

export function tables(results, { unit }) {
  const [ns, speed, percent] = [medians(results, "ns"), relative(results), medians(results, "hitPercent")];
  const chosen = (word) => Object.keys(results).filter((cell) => cell.startsWith("hit") === (word === "hits"));
  const table = (what, figure, word, extra = []) => {
    const columns = chosen(word).map((cell) => ({ head: cells[cell].head, of: (name) => figures(figure[cell]?.[name]) }));
    const heading = `J1  ${word}: ${what}`;
    return columns.length === 0 ? [] : [new Table(heading, Object.keys(contenders), [...columns, ...extra])];
  };
  const ratio = Object.values(percent)[0];
  const hitPercent = { head: ["Zipf", "hit %"], of: (name) => figures(ratio?.[name]) };
  const mean = { head: ["mean", "of all"], of: (name) => figures(speed[MEAN]?.[name]) };
  return [
    ...table(`${unit} an operation`, ns, "hits"),
    ...table(`${unit} an operation`, ns, "writes", ratio === undefined ? [] : [hitPercent]),
    ...table(`speed, x ${BASE}`, speed, "hits"),
    ...table(`speed, x ${BASE}`, speed, "writes", [mean]),
  ];
}

export function bars(results) {
  const { [MEAN]: means, ...speed } = relative(results);
  const bars = Object.entries(speed).map(([cell, own]) => atLeast("J1", `${cell}, x ${BASE}`, own[OURS], 0.95));
  bars.push(atLeast("J1", `${MEAN}, x ${BASE}`, means[OURS], 1.6));
  for (const peer of Object.keys(means)) {
    if (peer === BASE || peer.startsWith("cachefn")) continue;
    // Only over the cells that both have.
    const both = Object.values(speed).filter((own) => own[peer] !== undefined);
    bars.push(atLeast("J1", `${MEAN}, x ${peer}`, geometricMean(both.map((own) => own[OURS] / own[peer])), 1));
  }
  return bars;
}

/** Speeds beside the base's, cell by cell, and their means; the loop alone is no contender. */
export function relative(results) {
  const speed = speeds(results, BASE);
  for (const own of Object.values(speed)) delete own[LOOP];
  const names = Object.keys(contenders).filter((name) => Object.values(speed).some((own) => name in own));
  const mean = (name) => geometricMean(Object.values(speed).flatMap((own) => own[name] ?? []));
  return { ...speed, [MEAN]: Object.fromEntries(names.map((name) => [name, mean(name)])) };
}

export const MEAN = "geometric mean";
