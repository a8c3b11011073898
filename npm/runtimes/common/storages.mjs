//! What must hold over every storage that a place has, and without those that it has not.

import { kindsOf } from "./kinds.mjs";
import { PLACES } from "./places.mjs";
import { tryAll } from "./run.mjs";
import { overStorage, withoutStorage } from "./tiers.mjs";

/** A result for each storage, and one for all that are not there: `{ [row]: { passed, failures, why? } }`. */
export async function tryStorages(cachefn, { describeStorage }, subpaths, { place, own = place, only, kinds = {} }) {
  const { has, hasNot, hears } = PLACES[place];
  const all = { ...kindsOf(subpaths, own), ...kinds };
  const results = {};
  for (const name of only ?? has) {
    const { open, leaves, ...options } = all[name];
    const facts = {};
    describeStorage(name, open, { ...options, test: (title, run) => leaves?.test(title) || (facts[title] = run) });
    results[name] = await tryAll({ ...facts, ...overStorage(cachefn, subpaths, { name: `${own} ${name}`, open, hears }) });
  }
  for (const why of new Set(only === undefined ? Object.values(hasNot) : [])) {
    const names = Object.keys(hasNot).filter((name) => hasNot[name] === why);
    const facts = {};
    for (const name of names) Object.assign(facts, withoutStorage(cachefn, name, all[name].open));
    results[`without ${names.join(", ")}`] = { ...(await tryAll(facts)), why };
  }
  return results;
}
