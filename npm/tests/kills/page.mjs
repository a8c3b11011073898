//! Writers in a page that will be killed, and a reader in the page after it.

import { indexedDB } from "/dist/indexeddb.js";
import { KINDS } from "./steps.mjs";

const WRITERS = 4;
/** Rows that are written together are found together. */
const TOGETHER = 3;
/** Where nothing is. */
const NONE = -1;
const storage = indexedDB({ database: "kills" });

/** Writes for ever from a step on; `acknowledge(writer, step)` is called when a step is kept. */
globalThis.write = (from) => {
  for (let writer = 0; writer < WRITERS; writer++) writing(writer, from);
};

/** What is there: of each writer the steps of its rows and of its token. */
globalThis.read = async () => {
  const found = [];
  for (let writer = 0; writer < WRITERS; writer++) {
    const rows = await storage.get(names(writer));
    const [token] = await storage.tokens([tokenName(writer)]);
    const steps = rows.map((one) => one?.row.value.step);
    const isWhole = rows.every((one, at) => one === undefined || one.row.value.text === text(writer, at, one.row.value.step));
    found.push({ steps: steps.map((step) => step ?? NONE), isWhole, token: token === undefined ? NONE : Number.parseInt(token, 16) });
  }
  return found;
};

/** Each step is acknowledged before the next one begins, so that one at most is unheard of. */
async function writing(writer, from) {
  for (let step = from; ; step++) {
    const kind = KINDS[step % KINDS.length];
    if (kind === "delete") await storage.delete(names(writer));
    else if (kind === "token") await storage.replaceTokens([[tokenName(writer), step.toString(16).padStart(32, "0")]]);
    else await storage.set(names(writer).map((name, at) => row(name, { step, text: text(writer, at, step) })));
    await acknowledge(writer, step);
  }
}

const names = (writer) => Array.from({ length: TOGETHER }, (_, at) => `kills:${writer}:${at}`);
const tokenName = (writer) => `%t:kills:${writer}`;
/** Some kilobytes that are others for each step; now and then so many that browsers keep them elsewhere. */
const text = (writer, at, step) => `${writer}/${at}/${step} `.repeat(step % 7 === 0 ? 20_000 : 300);

function row(name, value) {
  const times = { created: Date.now(), freshFor: Infinity, revalidatesFor: 0, bridgesFor: 0, idleFor: Infinity };
  return { name, value, ...times, namespaceToken: "0".repeat(32), tags: [] };
}

globalThis.isReady = true;
