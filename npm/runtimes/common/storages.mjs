//! What must hold over every storage that a place has, and without those that it has not.

import { kindsOf } from "./kinds.mjs";
import { PLACES } from "./places.mjs";
import { tryAll } from "./run.mjs";
import { overStorage, withoutStorage } from "./tiers.mjs";

/**
 * A result for each storage, and one for all that are missing for one reason: `{ [row]: { passed, failures, why? } }`.
 * `own` begins the names of what is kept, `only` names the storages to try, `MISSING` among them for those that are not there, and `kinds` opens those that need the place.
 */
export async function tryStorages(cachefn, { describeStorage }, subpaths, { place, own = place, only = [...PLACES[place].has, MISSING], kinds = {} }) {
  const { has, hasNot, hears } = PLACES[place];
  const unknown = only.filter((name) => name !== MISSING && !has.includes(name));
  if (unknown.length > 0) throw new Error(`${place} has no ${unknown.join(", ")}`);
  const all = { ...kindsOf(subpaths, own), ...kinds };
  const results = {};
  for (const name of has.filter((name) => only.includes(name))) {
    const { open, ...options } = all[name];
    const facts = {};
    describeStorage(name, open, { ...options, test: (title, run) => (facts[title] = run) });
    const { lists = true } = options;
    results[name] = await tryAll({ ...facts, ...overStorage(cachefn, subpaths, { name: `${own} ${name}`, open, hears, lists }) });
  }
  for (const why of new Set(only.includes(MISSING) ? Object.values(hasNot) : [])) {
    const names = Object.keys(hasNot).filter((name) => hasNot[name] === why);
    const facts = Object.assign({}, ...names.map((name) => withoutStorage(cachefn, name, all[name].open)));
    results[`no ${names.join(", ")}`] = { ...(await tryAll(facts)), why };
  }
  return results;
}

export const MISSING = "missing";
