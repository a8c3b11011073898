//! The package in a browser: a page that imports it, workers of three kinds, and a page with a strict policy.

import { join } from "node:path";
import { bundle } from "../build.mjs";
import { print } from "../common/run.mjs";
import { chromium, firefox, webkit } from "./browsers.mjs";
import { serve } from "./serve.mjs";

/** In milliseconds: nothing comes from a page that cannot start. On a busy machine one takes minutes. */
const LIMIT = 600_000;
/** Firefox ends a service worker a minute after it began to install, however much it has left to do. */
const PATIENT = { "dom.serviceWorkers.idle_timeout": LIMIT, "dom.serviceWorkers.idle_extended_timeout": LIMIT };
const open = { chromium, firefox: () => firefox(PATIENT), webkit }[process.argv[2]];
const built = join(import.meta.dirname, "../built");
const script = (entry, options) =>
  bundle({ entryPoints: [`browser/${entry}.mjs`], outfile: join(built, `${entry}.js`), format: "iife", ...options });
await script("worker");
await script("strict", { engine: "translated", from: "cachefn-wasm/no-wasm" });

const [places, ended] = [{}, new Set()];
const wanted = ["page", "dedicated worker", "shared worker", "service worker", "strict policy", "strict policy, no-wasm"];
const server = await serve(join(import.meta.dirname, ".."), (place, result) => {
  if (result === null) ended.add(place);
  else places[place] = { ...result, took: performance.now() - visited };
  if (wanted.every((place) => ended.has(place))) done();
});
let done;
const all = new Promise((resolve) => (done = resolve));
const browser = await open();
const visited = performance.now();
try {
  await browser.visit(`${server.url}browser/page.html`);
  await Promise.race([all, new Promise((resolve) => setTimeout(resolve, LIMIT).unref())]);
} finally {
  await browser.close();
  server.close();
}
for (const place of wanted.filter((place) => !ended.has(place))) places[`${place}: its end`] = { passed: 0, failures: ["it did not come"] };
const order = ([name]) => wanted.findLastIndex((place) => name.startsWith(place));
print({ version: browser.version, places: Object.fromEntries(Object.entries(places).sort((one, other) => order(one) - order(other))) });
process.exit(0);

