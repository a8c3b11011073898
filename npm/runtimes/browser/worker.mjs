//! The program in a worker of any kind.

import * as cachefn from "cachefn-wasm";
import * as testing from "cachefn-wasm/testing";
import { runAll } from "../common/run.mjs";
import { tryStorages } from "../common/storages.mjs";
import { subpaths } from "../common/subpaths.mjs";
import { runTests } from "../common/vectors.mjs";
import { send, sendEach } from "./send.mjs";

const KINDS = {
  DedicatedWorkerGlobalScope: "dedicated worker",
  SharedWorkerGlobalScope: "shared worker",
  ServiceWorkerGlobalScope: "service worker",
};
const kind = KINDS[Object.keys(KINDS).find((name) => name in self && self instanceof self[name])];
const sent = (async () => {
  await send(kind, runAll(cachefn, testing, runTests));
  await sendEach(kind, tryStorages(cachefn, testing, subpaths, { place: "worker", own: kind }));
})();
// Without this a service worker may be stopped at any time.
if (kind === "service worker") self.addEventListener("install", (event) => event.waitUntil(sent));
