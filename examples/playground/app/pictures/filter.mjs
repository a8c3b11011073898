//! The slow function: a scene through a filter, made by a worker.

const worker = new Worker(new URL("worker.mjs", import.meta.url), { type: "module" });
const waiting = new Map();
let latest = 0;

worker.addEventListener("message", ({ data: { number, pixels } }) => {
  waiting.get(number)(pixels);
  waiting.delete(number);
});

/** How often it has run: what a cache saves is what this does not count. */
export const runs = { count: 0 };

/** The pixels of the scene `name` after `filter` with a strength from 1 to 8. */
export async function filter(name, filter, strength) {
  runs.count++;
  const number = ++latest;
  const made = new Promise((resolve) => waiting.set(number, resolve));
  worker.postMessage({ number, name, filter, strength });
  return made;
}
