//! All facts in one browser: `node run.mjs chromium|firefox|webkit`; prints how many hold.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium, firefox, webkit } from "../../../npm/runtimes/browser/browsers.mjs";
import { serve } from "../server.mjs";
import { FACTS } from "./facts.mjs";
import { Person } from "./person.mjs";
import { PRELUDE } from "./prelude.mjs";

const LIMIT = 240_000; // milliseconds
const name = process.argv[2];
const open = { chromium, firefox, webkit }[name];
const folder = join(process.env.PICTURES ?? join(import.meta.dirname, "../../../target/playground"), name);
mkdirSync(folder, { recursive: true });
const server = await serve({ prelude: PRELUDE });
const browser = await open();
const person = new Person(browser.hands, folder);
let [held, failed] = [0, 0];
/** A browser that does not answer must not be waited for. */
const within = (time, work, words) => {
  let timer;
  const end = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(words)), time)));
  return Promise.race([work, end]).finally(() => clearTimeout(timer));
};
try {
  await person.hands.resize(1280, 860);
  for (const [fact, check] of Object.entries(FACTS)) {
    try {
      await within(LIMIT, check(person, server.url), `it did not end within ${LIMIT / 1000} s`);
      held++;
    } catch (error) {
      failed++;
      console.log(`  FAILED ${name}: ${fact}\n    ${String(error?.message ?? error).replaceAll("\n", "\n    ")}`);
      await within(LIMIT / 10, person.picture(`failed-${failed}`), "no picture").catch(() => {});
    }
  }
} finally {
  await within(LIMIT / 10, browser.close(), "it does not close").catch(() => {});
  server.close();
}
console.log(`${name.padEnd(10)} ${browser.version.padEnd(14)} ${held} held, ${failed} did not`);
process.exit(failed > 0 || held === 0 ? 1 : 0);
