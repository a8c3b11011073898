//! A browser that gives no more room, with its databases on a disk, where deleting takes room at first.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Profile } from "./browser.mjs";
import { serve } from "./server.mjs";

const QUOTA = 20_000_000;
let server;
before(async () => (server = await serve()));
after(() => server.close());

for (const [size, count, batch] of [[1000, 30_000, 100], [10_000, 4000, 10], [100_000, 400, 1]]) {
  test(`h_33 more than fits, in rows of ${size} bytes, is mostly kept, and the rest fails as unavailable`, { timeout: 300_000 }, async () => {
    const profile = new Profile();
    try {
      const page = await profile.page(`${server.url}tests/kills/quota.html`);
      const session = await page.context().newCDPSession(page);
      await session.send("Storage.overrideQuotaForOrigin", { origin: new URL(server.url).origin, quotaSize: QUOTA });
      await page.waitForFunction(() => globalThis.isReady === true);
      const { ends, left, isRight } = await page.evaluate((what) => globalThis.fill(what), { size, count, batch });
      console.log(`rows of ${size} bytes: ${JSON.stringify({ ...ends, left })}`);
      const { kept = 0, "CachefnError unavailable": failed = 0, ...others } = ends;
      assert.deepEqual(others, {});
      assert(kept > failed, `${kept} calls were kept and ${failed} failed`);
      assert(isRight, "a row is not as it was written");
      assert(left < count, "it all fitted");
      assert(left * size > QUOTA / 10, `only ${left} rows are left`);
      assert(await page.evaluate((tries) => globalThis.settle(tries), 1000), "nothing can be kept any more");
    } finally {
      await profile.close();
    }
  });
}
