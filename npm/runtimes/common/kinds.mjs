//! How each storage is opened for tests: at numbered places, each of which is empty when it is first asked for.

/**
 * `exported` is what the subpaths export. `own` begins the names of what is kept, so that pages and workers of an origin
 * leave each other's alone.
 */
export function kindsOf(exported, own) {
  const bytes = once(() => new Map());
  const texts = once(() => new Map());
  const items = once(() => new Map());
  return {
    memoryStorage: { open: once(() => exported.memoryStorage()), values: "clone" },
    byteStorage: { open: (place) => exported.byteStorage(storeIn(bytes(place))), values: "bytes", largest: LARGE },
    // A Map is a Keyv that cannot be iterated over.
    keyvStorage: { open: (place) => exported.keyvStorage(withoutIterator(texts(place))), values: "bytes", largest: LARGE, lists: false },
    unstorage: { open: (place) => exported.unstorage(driverOver(items(place))), values: "bytes", largest: LARGE },
    // A busy machine may take longer to open a database than a page should wait.
    indexedDB: { open: (place) => exported.indexedDB({ database: `${own} ${place}`, openTimeout: "2m" }), values: "clone", largest: LARGE },
    localStorage: { open: inAreas([exported.localStorage, exported.sessionStorage], ["localStorage", "sessionStorage"]), values: "bytes", largest: LARGE },
    sessionStorage: { open: inAreas([exported.sessionStorage, exported.localStorage], ["sessionStorage", "localStorage"]), values: "bytes", largest: LARGE },
    // Two that open one cache by its name do not wait for each other.
    cacheAPI: { open: (place) => exported.cacheAPI({ name: `${own} ${place}` }), values: "bytes", largest: LARGE, most: FEW, shared: false },
    kv: { open: () => exported.kv(undefined) },
  };
}

/** The same thing for the same place. */
export function once(make) {
  const things = new Map();
  return (place) => things.get(place) ?? things.set(place, make(place)).get(place);
}

/** Whatever the place, a case has one area at the first of its places, and the other one at the second. */
function inAreas(factories, areas) {
  const known = new Set();
  return (place) => {
    const which = place % 10 === 0 ? 0 : 1;
    if (!known.has(place)) globalThis[areas[which]]?.clear();
    known.add(place);
    return factories[which]();
  };
}

const storeIn = once((map) => ({
  get: (name) => map.get(name),
  set: (name, bytes) => map.set(name, bytes.slice()),
  delete: (name) => map.delete(name),
  keys: (prefix) => [...map.keys()].filter((name) => name.startsWith(prefix)),
}));

const withoutIterator = once((map) => ({ get: (key) => map.get(key), set: (key, value) => map.set(key, value), delete: (key) => map.delete(key) }));

const driverOver = once((items) => ({
  hasItem: (key) => items.has(key),
  getItem: (key) => items.get(key) ?? null,
  setItem: (key, value) => void items.set(key, value),
  removeItem: (key) => void items.delete(key),
  getKeys: () => [...items.keys()],
}));

/** The rows of the largest case where each is a file: what many do takes too long for the life of a worker. */
const FEW = 200;

/** The length of large values. */
const LARGE = 1_000_000;
