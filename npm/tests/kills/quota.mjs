//! Writes more than there is room for, and tells how that ends.

import { indexedDB } from "/dist/indexeddb.js";

const storage = indexedDB({ database: "quota", openTimeout: "2m" });

/** Writes rows of random bytes; how many calls were kept, how the others ended, and what is left. */
globalThis.fill = async ({ count, size, batch }) => {
  const ends = {};
  for (let from = 0; from < count; from += batch) {
    const rows = Array.from({ length: batch }, (_, at) => row(from + at, size));
    const end = await storage.set(rows).then(() => "kept", ({ name, code }) => `${name} ${code}`);
    ends[end] = (ends[end] ?? 0) + 1;
  }
  const { names } = await storage.scan("n:", 1_000_000);
  const found = await storage.get(names);
  const isRight = found.every((one, at) => one?.row.value.at === Number(names[at].slice(2)) && one.row.value.bytes.length === size);
  return { ends, left: names.length, isRight };
};

/** Whether a small row is kept after some more tries, each of which makes a little room. */
globalThis.settle = async (tries) => {
  for (let time = 0; time < tries; time++) {
    const isKept = await storage.set([row(-1, 10)]).then(() => true, () => false);
    if (isKept) return (await storage.get(["n:-1"]))[0] !== undefined;
  }
  return false;
};

function row(at, size) {
  const bytes = new Uint8Array(size);
  for (let from = 0; from < size; from += 65_536) crypto.getRandomValues(bytes.subarray(from, from + 65_536));
  const times = { created: 1_700_000_000_000 + at, freshFor: Infinity, revalidatesFor: 0, bridgesFor: 0, idleFor: Infinity };
  return { name: `n:${at}`, value: { at, bytes }, ...times, namespaceToken: "0".repeat(32), tags: [] };
}

globalThis.isReady = true;
