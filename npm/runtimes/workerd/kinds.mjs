//! The storages of an edge platform: bindings of the worker, and the cache of the data centre.

import { once } from "../common/kinds.mjs";
import { subpaths } from "../common/subpaths.mjs";

/** As the others are described. */
export function kindsHere({ FIRST, SECOND }) {
  const { cacheAPI, kv } = subpaths;
  const caching = { values: "bytes", largest: 200_000, most: FEW, shared: false, lists: false };
  return {
    kv: { open: inBindings(kv, [FIRST, SECOND]), values: "bytes", largest: 200_000, most: FEW },
    cacheAPI: { open: (place) => cacheAPI({ name: `workerd ${place}` }), ...caching },
    "cacheAPI over caches.default": { open: (place) => cacheAPI({ cache: apart(place) }), ...caching },
  };
}

/** A case has two places at most; each is emptied when a number is given to it. */
function inBindings(kv, bindings) {
  const known = new Set();
  return async (place) => {
    const binding = bindings[place % 10 === 0 ? 0 : 1];
    if (!known.has(place)) await empty(binding);
    known.add(place);
    return kv(binding);
  };
}

async function empty(binding) {
  for (;;) {
    const { keys, list_complete: isAll } = await binding.list();
    await Promise.all(keys.map(({ name }) => binding.delete(name)));
    if (isAll) return;
  }
}

/** There is one cache, which cannot be emptied: each place has addresses of its own there. */
const apart = once((place) => {
  const at = (address) => `${address}&place=${place}`;
  return {
    match: (address) => caches.default.match(at(address)),
    put: (address, response) => caches.default.put(at(address), response),
    delete: (address) => caches.default.delete(at(address)),
  };
});

/** Every access is a request to the simulated platform. */
const FEW = 200;
