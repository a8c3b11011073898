//! Keeps three rows, and tells what of them is found.

import { indexedDB } from "/dist/indexeddb.js";

const storage = indexedDB({ database: "damage", openTimeout: "2m" });
const NAMES = ["n:small", "n:large", "n:last"];
/** So large that browsers keep it in a file of its own, and of a kind that cannot be made smaller. */
const large = () => Uint32Array.from({ length: 200_000 }, (_, at) => Math.imul(at, 2_654_435_761));

globalThis.keepThree = async (small) => {
  await storage.set(NAMES.map((name) => row(name, name === "n:large" ? large() : small)));
};

/** How each name ends, what was reported, and how it is when all three were written again. */
globalThis.findThree = async (small) => {
  const heard = [];
  storage.watch(({ code, name }) => heard.push(`${code} ${name}`));
  const ends = await look(small);
  const told = [...new Set(heard)];
  await globalThis.keepThree(small).catch(() => {});
  return { ends, heard: told, again: await look(small) };
};

function look(small) {
  return Promise.all(
    NAMES.map(async (name) => {
      try {
        const [found] = await storage.get([name]);
        if (found === undefined) return "none";
        const { value } = found.row;
        const isRight = name === "n:large" ? String(value) === String(large()) : value === small;
        return isRight ? "right" : "a wrong value";
      } catch (error) {
        return error.name === "CachefnError" ? error.code : `${error}`;
      }
    }),
  );
}

function row(name, value) {
  const times = { created: Date.now(), freshFor: Infinity, revalidatesFor: 0, bridgesFor: 0, idleFor: Infinity };
  return { name, value, ...times, namespaceToken: "0".repeat(32), tags: [] };
}

globalThis.isReady = true;
