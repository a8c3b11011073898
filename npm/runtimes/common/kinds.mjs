//! How each storage is opened for tests: at numbered places, each of which is empty when it is first asked for.

/**
 * `package` is what the subpaths export. `own` begins the names of what the page keeps, so that pages and workers of an
 * origin leave each other's alone. What a kind `leaves` is tried elsewhere.
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
      open: atFirst(
        (place) => exported.cacheAPI({ name: `${own} ${place}` }),
        // Some places keep them from run to run; those that cannot delete them do not.
        (place) => globalThis.caches?.delete(`${own} ${place}`).catch(() => {}),
      ),
      values: "bytes",
      largest: 1_000_000,
      // On the edge there is a method for it, which does nothing.
      lists: typeof globalThis.Cache?.prototype.keys === "function" && navigator.userAgent !== "Cloudflare-Workers",
      shared: false, // nothing there can be done as one
      leaves: SLOW,
    },
  };
}

/**
 * Where there are only two places, of which a case uses no more: `empty` is told which when a number is asked for that was
 * not before.
 */
export function emptied(open, empty) {
  return atFirst((place) => open(place % 10), (place) => empty(place % 10));
}

/** `empty` is called before a place is opened for the first time. */
function atFirst(open, empty) {
  const known = new Set();
  return async (place) => {
    if (!known.has(place)) await empty(place);
    known.add(place);
    return open(place);
  };
}

function emptyArea(which) {
  const area = which === 0 ? globalThis.localStorage : globalThis.sessionStorage;
  for (const key of Object.keys(area ?? {})) if (key.startsWith("cachefn:")) area.removeItem(key);
}

/** The same thing for the same place. */
function kept(make) {
  const things = new Map();
  return (place) => things.get(place) ?? things.set(place, make(place)).get(place);
}

/** Thousands of calls, where each is a request to another process. */
export const SLOW = /ten thousand names|purge takes the dead/;
