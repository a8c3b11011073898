//! A hundred tabs and browsers that are killed while they write: what was acknowledged is there afterwards, or nothing at
//! all where Chromium says that it discarded the database.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Profile } from "./browser.mjs";
import { serve } from "./server.mjs";
import { after as afterStep } from "./steps.mjs";

const KILLS = Number(process.env.KILLS ?? 100);
const SEED = Number(process.env.SEED ?? 20_261_121);
/** In milliseconds, for everything: a browser that hangs ends here. */
const LIMIT = 900_000;
const NOTHING = { row: -1, token: -1 };
const profile = new Profile();
let server;

before(async () => {
  assert(existsSync(join(import.meta.dirname, "../../dist/indexeddb.js")), "dist/ is missing; run `npm run build` first");
  server = await serve();
});
after(async () => {
  await profile.close();
  server?.close();
});

test(`h_30 after each of ${KILLS} kills every write that was acknowledged is found, and none in halves`, { timeout: LIMIT }, async () => {
  const draw = drawing(SEED);
  const ways = Object.keys(profile.ways);
  const counts = { acknowledged: 0, unheard: 0, discarded: 0 };
  let page = await open();
  /** What each writer has, as far as anybody has heard. */
  let known = (await page.evaluate(() => globalThis.read())).map(() => NOTHING);
  for (let kill = 0; kill < KILLS; kill++) {
    // A browser that has to start anew takes longer than all else together.
    const way = kill % 10 === 9 ? "browser killed" : ways[draw(3)];
    const wanted = 1 + draw(60);
    const next = known.map(() => kill * 10_000);
    await new Promise((resolve, reject) => {
      let left = wanted;
      const acknowledge = (_, writer, step) => {
        known[writer] = afterStep(known[writer], writer, step);
        next[writer] = step + 1;
        counts.acknowledged++;
        if (--left === 0) resolve();
      };
      page.exposeBinding("acknowledge", acknowledge).then(() => page.evaluate((from) => globalThis.write(from), kill * 10_000)).catch(reject);
    });
    counts[way] = (counts[way] ?? 0) + 1;
    await profile.ways[way](page);
    page = await open();
    const found = await page.evaluate(() => globalThis.read());
    if (way === "browser killed" && found.every(isEmpty)) {
      await profile.discarded().catch(() => assert.fail(`kill ${kill}, SEED=${SEED}: nothing is found, and the browser has not said that it discarded the database`));
      counts.discarded++;
      known = known.map(() => NOTHING);
    }
    known = found.map(({ steps, isWhole, token }, writer) => {
      const when = `kill ${kill} (${way}, after ${wanted} acknowledgements, SEED=${SEED}), writer ${writer}`;
      const acknowledged = known[writer];
      // The step after the last one may have been kept too: nobody was left to hear of it.
      const unheard = afterStep(acknowledged, writer, next[writer]);
      const [row] = steps;
      assert(isWhole, `${when}: a row is not as it was written`);
      assert(steps.every((step) => step === row), `${when}: rows that were written together are of the steps ${steps}`);
      const is = (state) => state.row === row && state.token === token;
      const words = [{ row, token }, acknowledged, unheard].map((state) => JSON.stringify(state));
      assert(is(acknowledged) || is(unheard), `${when}: found ${words[0]}, acknowledged was ${words[1]}, possible ${words[2]}`);
      if (!is(acknowledged)) counts.unheard++;
      return { row, token };
    });
  }
  console.log(`kills: ${JSON.stringify(counts)}`);
  assert(counts.acknowledged >= KILLS);
  assert(counts.discarded < (counts["browser killed"] ?? 1), "each browser that was killed lost its database");
});

/** Whether a writer finds no row and no token. */
function isEmpty({ steps, token }) {
  return token === NOTHING.token && steps.every((step) => step === NOTHING.row);
}

/** A page that is ready to write or to read. */
async function open() {
  const page = await profile.page(`${server.url}tests/kills/page.html`);
  await page.waitForFunction(() => globalThis.isReady === true);
  return page;
}

/** The same numbers with the same seed. */
function drawing(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
