//! Files of a profile that were damaged while no browser ran: no wrong value, no error but our own, and writing goes on.

import assert from "node:assert/strict";
import { readdir, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Profile } from "./browser.mjs";
import { serve } from "./server.mjs";

/** In milliseconds, for each: a browser that hangs ends here. */
const LIMIT = 120_000;
const SMALL = "small ".repeat(10);
let server;
before(async () => (server = await serve()));
after(() => server.close());

/** What is done to a file of the database. */
const DAMAGES = {
  "large values are gone": async (file) => /indexeddb\.blob\//.test(file) && rm(file),
  "large values are cut": async (file) => /indexeddb\.blob\//.test(file) && truncate(file, 1000),
  "all is overwritten": async (file) => writeFile(file, Buffer.alloc((await stat(file)).size, 0x5a)),
  "all is cut in its middle": async (file) => truncate(file, Math.floor((await stat(file)).size / 2)),
  "all is empty": async (file) => truncate(file, 0),
  "all is gone": (file) => rm(file),
};

for (const [name, damage] of Object.entries(DAMAGES)) {
  test(`h_30 ${name}`, { timeout: LIMIT }, async () => {
    const profile = new Profile();
    try {
      const first = await open(profile);
      await first.evaluate((small) => globalThis.keepThree(small), SMALL);
      await profile.ways["browser killed"]();
      const files = await filesOf(profile);
      assert(files.length > 0, "the browser keeps its databases elsewhere");
      const damaged = await Promise.all(files.map(damage));
      assert(damaged.some((done) => done !== false), `none of ${files.join(", ")} was damaged`);
      const second = await open(profile);
      const found = await second.evaluate((small) => globalThis.findThree(small), SMALL);
      console.log(`${name}: ${JSON.stringify(found)}`);
      for (const end of found.ends) assert(["right", "none", "unavailable"].includes(end), end);
      if (name.startsWith("large")) {
        assert.deepEqual(found.ends, ["right", "none", "right"]);
        assert.deepEqual(found.heard, ["corrupt n:large"]);
      }
      assert.deepEqual(found.again, ["right", "right", "right"]);
    } finally {
      await profile.close();
    }
  });
}

async function open(profile) {
  const page = await profile.page(`${server.url}tests/kills/damage.html`);
  await page.waitForFunction(() => globalThis.isReady === true);
  return page;
}

async function filesOf(profile) {
  const folder = join(profile.folder, "Default/IndexedDB");
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile() && entry.name !== "LOCK").map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}
