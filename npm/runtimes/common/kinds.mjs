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
  };
}

/** The same thing for the same place. */
function kept(make) {
  const things = new Map();
  return (place) => things.get(place) ?? things.set(place, make(place)).get(place);
}
