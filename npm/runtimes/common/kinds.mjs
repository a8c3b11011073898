//! How each storage is opened for tests: at numbered places, each of which is empty when it is first asked for.

/**
 * `package` is what the subpaths export. `own` begins the names of what the page keeps, so that pages and workers of an
 * origin leave each other's alone.
 */
export function kindsOf(exported, own) {
  return {
    memory: {
      open: kept(() => exported.memoryStorage()),
      values: "clone",
    },
    indexeddb: {
      open: (place) => exported.indexedDB({ database: `${own} ${place}` }),
      values: "clone",
      largest: 1_000_000,
    },
    localStorage: {
      open: emptied((which) => (which === 0 ? exported.localStorage() : exported.sessionStorage()), emptyArea),
      values: "bytes",
      largest: 1_000_000,
    },
    caches: {
      open: (place) => exported.cacheAPI({ name: `${own} ${place}` }),
      values: "bytes",
      largest: 1_000_000,
      lists: typeof globalThis.Cache?.prototype.keys === "function",
      shared: false, // nothing there can be done as one
    },
  };
}

/**
 * Where there are only two places, of which a case uses no more: `empty` is told which when a number is asked for that was
 * not before.
 */
export function emptied(open, empty) {
  const known = new Set();
  return async (place) => {
    if (!known.has(place)) await empty(place % 10);
    known.add(place);
    return open(place % 10);
  };
}

function emptyArea(which) {
  const area = which === 0 ? globalThis.localStorage : globalThis.sessionStorage;
  for (const key of Object.keys(area)) if (key.startsWith("cachefn:")) area.removeItem(key);
}

/** The same thing for the same place. */
function kept(make) {
  const things = new Map();
  return (place) => things.get(place) ?? things.set(place, make(place)).get(place);
}
