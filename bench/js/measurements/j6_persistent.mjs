//! J6: entries in IndexedDB: single sets and gets, and the first answer of a store that has many.

import { OURS, PERSISTENT } from "../contenders/persistent.mjs";
import { atLeast, atMost } from "../report/bars.mjs";
import { median, medians } from "../report/statistics.mjs";
import { figures, Table } from "../report/table.mjs";

const FEW = 1_000;
const MANY = 10_000;

export const title = "entries in IndexedDB, awaited one after the other";

/** Browsers have one. */
export const only = ["page"];

export const contenders = PERSISTENT;

export const cells = {
  "1k sets": { head: ["us a", "set"], count: FEW },
  "1k sets and flush": { head: ["us a set,", "all in the", "database"], count: FEW },
  "1k gets after boot": { head: ["us a get", "of 1k", "after boot"], count: FEW },
  "boot of 10k": { head: ["ms to the", "first of", "10k"], count: MANY },
};

export function rounds(quick) {
  return { rounds: quick ? 1 : 5, seconds: 120 };
}

export async function measured({ contender, cell }) {
  const open = await contenders[contender]();
  const place = `bench-${contender}`;
  const { count } = cells[cell];
  const store = open(place);
  const sets = await each(count, (key, id) => store.set(key, valueOf(id)));
  const flushed = sets + (await time(() => store.flush()));
  await store.close();
  if (cell === "1k sets") return { us: sets / count };
  if (cell === "1k sets and flush") return { us: flushed / count };
  const again = open(place);
  const boot = await time(() => check(again, 0, contender));
  const gets = await each(FEW, (key, id) => check(again, id, contender));
  await again.close();
  return cell === "boot of 10k" ? { us: boot / 1000 } : { us: gets / FEW };
}

/** Microseconds of so many calls, each awaited. */
async function each(count, call) {
  return time(async () => {
    for (let id = 0; id < count; id++) await call(`user:${id}`, id);
  });
}

async function time(run) {
  const before = performance.now();
  await run();
  return 1000 * (performance.now() - before);
}

async function check(store, id, contender) {
  const value = await store.get(`user:${id}`);
  if (value?.id !== id) throw new Error(`${contender} has lost user:${id}`);
}

function valueOf(id) {
  return { id, name: `user ${id}`, roles: ["reader", "writer"], since: 1_700_000_000_000 + id };
}

export function tables(results, { name }) {
  const us = medians(results, "us");
  const columns = Object.keys(results).map((cell) => ({ head: cells[cell].head, of: (who) => figures(us[cell]?.[who]) }));
  return [new Table(`J6  IndexedDB in ${name}`, Object.keys(contenders), columns)];
}

export function bars(results) {
  const peer = "idb-keyval";
  const ratio = (cell) => {
    const own = results[cell];
    return own?.[OURS] && own[peer] && median(own[OURS].map(({ us }, round) => own[peer][round].us / us));
  };
  const sets = ["1k sets", "1k sets and flush"].filter((cell) => ratio(cell) !== undefined);
  const gets = medians(results, "us")["1k gets after boot"]?.[OURS];
  return [
    ...sets.map((cell) => atLeast("J6", `${cell}, times as fast as ${peer}`, ratio(cell), 5)),
    ...(gets === undefined ? [] : [atMost("J6", "us of a get after boot, from memory", gets, 5)]),
  ];
}
