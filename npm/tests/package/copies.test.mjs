//! Two copies of the package in one program, imported and required: what they share is what they were given.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import * as imported from "cachefn-wasm";
import * as importedStorage from "cachefn-wasm/storage";
import * as importedTabs from "cachefn-wasm/tabs";

const require = createRequire(import.meta.url);
const required = require("cachefn-wasm");
const [requiredStorage, requiredTabs] = [require("cachefn-wasm/storage"), require("cachefn-wasm/tabs")];

test("h_43 two copies over one storage, whichever made it, read each other's entries and heed each other's tags", async () => {
  assert.notEqual(imported.createCache, required.createCache);
  for (const storage of [importedStorage.memoryStorage(), requiredStorage.memoryStorage()]) {
    const [one, other] = [imported, required].map(({ createCache }) => createCache({ name: "users", storage, boot: "lazy" }));
    await one.set("7", { name: "Ada" }, { tags: ["eu"] });
    await one.flush();
    assert.deepEqual(await other.get("7"), { name: "Ada" });
    await other.invalidateByTag("eu");
    await other.flush();
    const third = imported.createCache({ name: "users", storage });
    assert.equal(await third.get("7"), undefined);
    for (const cache of [one, other, third]) await cache.close();
  }
});

test("h_43 tabs of one copy hear those of the other", async () => {
  const storage = importedStorage.memoryStorage();
  const buses = [importedTabs.tabs({ channel: "copies" }), requiredTabs.tabs({ channel: "copies" })];
  const [one, other] = [imported, required].map(({ createCache }, at) => createCache({ name: "users", storage, bus: buses[at], boot: "lazy" }));
  await one.set("7", "Ada");
  await one.flush();
  const heard = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("nothing was heard")), 20_000); // channels keep no process alive
    const end = buses[1].subscribe(({ message }) => {
      if (message?.what.kind === "everything") resolve(clearTimeout(timer), end());
    });
  });
  assert.equal(await other.get("7"), "Ada");
  await one.clear();
  await one.flush();
  await heard;
  assert.equal(await other.get("7"), undefined);
  for (const cache of [one, other]) await cache.close();
});

test("h_43 errors of both copies are told by their name and code", async () => {
  const { CachefnError } = imported;
  assert.notEqual(CachefnError, required.CachefnError);
  for (const { createCache } of [imported, required]) {
    assert.throws(() => createCache({ storage: {} }), ({ name, code }) => name === "CachefnError" && code === "config");
  }
});
