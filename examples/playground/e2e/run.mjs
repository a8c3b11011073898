//! All facts in one browser: `node run.mjs chromium|firefox|webkit`; prints how many hold.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium, firefox, webkit } from "../../../npm/runtimes/browser/browsers.mjs";
import { serve } from "../server.mjs";
import { FACTS } from "./facts.mjs";
import { Person } from "./person.mjs";
import { PRELUDE } from "./prelude.mjs";

const name = process.argv[2];
const open = { chromium, firefox, webkit }[name];
const folder = join(process.env.PICTURES ?? join(import.meta.dirname, "../../../target/playground"), name);
mkdirSync(folder, { recursive: true });
const server = await serve({ prelude: PRELUDE });
const browser = await open();
const person = new Person(browser.hands, folder);
let [held, failed] = [0, 0];
try {
  await person.hands.resize(1280, 860);
  for (const [fact, check] of Object.entries(FACTS)) {
    try {
      await check(person, server.url);
      held++;
    } catch (error) {
      failed++;
      console.log(`  FAILED ${name}: ${fact}\n    ${String(error?.message ?? error).replaceAll("\n", "\n    ")}`);
      await person.picture(`failed-${failed}`).catch(() => {});
    }
  }
} finally {
  await browser.close().catch(() => {});
  server.close();
}
console.log(`${name.padEnd(10)} ${browser.version.padEnd(14)} ${held} held, ${failed} did not`);
process.exit(failed > 0 || held === 0 ? 1 : 0);
