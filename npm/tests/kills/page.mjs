//! Writers in a page that will be killed, and a reader in the page after it.

import { createCache } from "/dist/index.js";
import { indexedDB } from "/dist/indexeddb.js";
import { kindOf, WRITERS } from "./steps.mjs";

/** Rows that are written together are found together. */
const TOGETHER = 3;
/** Where nothing is. */
const NONE = -1;
const storage = indexedDB({ database: "kills", openTimeout: "2m" });
const cache = createCache({ name: "cached", storage });

/** Writes for ever from a step on; `acknowledge(writer, step)` is called when a step is kept. */
globalThis.write = (from) => {
  for (const writer of WRITERS.keys()) writing(writer, from);
};

/** What is there: of each writer the steps of its rows and of its token. */
globalThis.read = () => Promise.all(WRITERS.map((over, writer) => (over === "cache" ? readCache(writer) : readStorage(writer))));

/** Each step is acknowledged before the next one begins, so that one at most is unheard of. */
async function writing(writer, from) {
  for (let step = from; ; step++) {
    const kind = kindOf(writer, step);
    await (WRITERS[writer] === "cache" ? changeCache : changeStorage)(kind, writer, step);
    await acknowledge(writer, step);
  }
}

async function changeStorage(kind, writer, step) {
  if (kind === "delete") await storage.delete(names(writer));
  else if (kind === "token") await storage.replaceTokens([[tokenName(writer), step.toString(16).padStart(32, "0")]]);
  else await storage.set(names(writer).map((name, at) => row(name, { step, text: text(writer, at, step) })));
}

async function changeCache(kind, writer, step) {
  const key = `own:${writer}`;
  if (kind === "delete") await cache.delete(key);
  else if (kind === "tag") await cache.invalidateByTag(`tag:${writer}`);
  else {
    await cache.set(key, { step, text: text(writer, 0, step) }, { tags: [`tag:${writer}`] });
    await cache.flush();
  }
}

async function readStorage(writer) {
  const rows = await storage.get(names(writer));
  const [token] = await storage.tokens([tokenName(writer)]);
  const values = rows.map((one) => one?.row.value);
  return { ...seen(writer, values), token: token === undefined ? NONE : Number.parseInt(token, 16) };
}

async function readCache(writer) {
  return { ...seen(writer, [await cache.get(`own:${writer}`)]), token: NONE };
}

function seen(writer, values) {
  const isWhole = values.every((value, at) => value === undefined || value.text === text(writer, at, value.step));
  return { steps: values.map((value) => value?.step ?? NONE), isWhole };
}

const names = (writer) => Array.from({ length: TOGETHER }, (_, at) => `kills:${writer}:${at}`);
const tokenName = (writer) => `%t:kills:${writer}`;
/** Some kilobytes that are others for each step; now and then so many that browsers keep them elsewhere. */
const text = (writer, at, step) => `${writer}/${at}/${step} `.repeat(step % 7 === 0 ? 20_000 : 300);

function row(name, value) {
  const times = { created: Date.now(), freshFor: Infinity, revalidatesFor: 0, bridgesFor: 0, idleFor: Infinity };
  return { name, value, ...times, namespaceToken: "0".repeat(32), tags: [] };
}

globalThis.storage = storage;
globalThis.cache = cache;
globalThis.isReady = true;
