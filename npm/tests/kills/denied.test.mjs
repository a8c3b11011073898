//! A page in which the browser lets nothing be kept: memory and fetchers go on.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Profile } from "./browser.mjs";
import { serve } from "./server.mjs";

const profile = new Profile();
let server;
before(async () => (server = await serve()));
after(async () => {
  await profile.close();
  server.close();
});

test("h_33 s_19 a frame without an origin gets values from memory and fetchers, and errors of our own elsewhere", { timeout: 120_000 }, async () => {
  const page = await profile.page(`${server.url}tests/kills/denied.html`);
  await page.waitForFunction(() => globalThis.told !== undefined);
  const { plain, heard, fetched, explicit, memory, memoized, thrown, waits } = await page.evaluate(() => globalThis.told);
  for (const { name, code, message } of plain) {
    assert.deepEqual([name, code], ["CachefnError", "unavailable"]);
    assert.match(message, /^(get|set|scan): .*indexeddb is unavailable: SecurityError/);
  }
  assert.deepEqual(heard, ["unavailable"], "it is reported once");
  assert.deepEqual(fetched, [1, 1, 1]);
  for (const { code } of explicit) assert.equal(code, "unavailable");
  assert.equal(waits, "fulfilled", "a removal waits for a storage that is down");
  assert.deepEqual(memory, [1, 2]);
  assert.deepEqual(memoized, [{ id: 7, call: 1 }, { id: 7, call: 1 }]);
  assert.deepEqual(thrown, [], "nothing reaches the page's own reports");
});
