#!/usr/bin/env node
//! Opens the pages in real browsers and prints what they report: main.mjs FOLDER_OF_THE_PROGRAM [BROWSER...]

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as browsers from "../../npm/runtimes/browser/browsers.mjs";
import { serve } from "./serve.mjs";

/** In milliseconds: nothing comes from a page whose program ended. On a busy machine one takes minutes. */
const LIMIT = 300_000;
const [built, ...chosen] = process.argv.slice(2);

/** The crate for users exports nothing: a program has the functions of its own, and what every program has. */
const OWN = [
  "denied", "fetched", "full", "get_from_javascript", "invalidate", "invalidate_for_javascript", "made_twice", "set",
  "set_for_javascript", "tests", "token",
];
const program = await import(pathToFileURL(join(built, "pages.js")));
const exported = Object.keys(program).filter((name) => !["default", "initSync"].includes(name));
report("a program exports its own functions and no others", String(exported.sort()), String(OWN));

for (const name of chosen.length > 0 ? chosen : ["chromium", "firefox", "webkit"]) await inOne(name);
process.exit(0);

async function inOne(name) {
  await within(name, browsers[name](), async ({ visit, show }) => {
    for (const what of ["window", "worker", "programs", "exchange"]) show(what, await visit(what));
    show("sandbox", await visit("sandbox", "denied"));
    const first = await visit("reload");
    report(`${name}: a cached function makes its value once`, /^7 at 0\.\d+, same, made 1, found 0$/.test(first) || first, true);
    const again = first.replace("made 1, found 0", "made 0, found 1");
    report(`${name}: after a reload of the page the database has it`, await visit("reload"), again);
  });
  // Each browser has a way of its own to have little room; WebKit has none.
  if (name === "chromium") {
    await within(name, browsers.chromium(), async ({ browser, url, visit, show }) => {
      const session = await browser.page.createCDPSession();
      await session.send("Storage.overrideQuotaForOrigin", { origin: url.slice(0, -1), quotaSize: 8_000_000 });
      show("with room for 8 MB", await visit("full"));
    });
  }
  if (name === "firefox") {
    // In KiB, for all sites; one has half of it.
    const preferences = { "dom.quotaManager.temporaryStorage.fixedLimit": 20_480 };
    await within(name, browsers.firefox(preferences), async ({ visit, show }) => {
      show("with room for 10 MiB", await visit("full"));
    });
  }
}

/** Opens a browser and a server, and closes both in any case. */
async function within(name, opening, work) {
  const waiting = new Map();
  const server = await serve(built, (what, text) => waiting.get(what)?.(text));
  const browser = await opening;
  /** What a page reports; a frame or a worker in it may report in its place. */
  const visit = async (what, from = what) => {
    const text = new Promise((resolve) => waiting.set(from, resolve));
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(() => resolve(`test ${from} ... FAILED\nno report came`), LIMIT);
    });
    await browser.visit(`${server.url}page.html?${what}`);
    const told = await Promise.race([text, late]);
    clearTimeout(timer);
    return told;
  };
  const show = (what, text) => {
    console.log(`${name} ${browser.version}, ${what}:\n${text}`);
    if (!text.includes("test result: ")) console.log("test result: 0 passed; 1 failed");
  };
  try {
    browser.page?.on("console", (message) => console.log(`${name}: ${message.text()}`));
    await work({ browser, url: server.url, visit, show });
  } finally {
    await browser.close();
    server.close();
  }
}

/** Prints one test in the words of `cargo test`. */
function report(name, got, expected) {
  const held = got === expected;
  console.log(`test ${name} ... ${held ? "ok" : `FAILED\nexpected ${expected}, got ${got}`}`);
  console.log(`test result: ${held ? 1 : 0} passed; ${held ? 0 : 1} failed`);
}
