//! The program in a worker of any kind.

import * as cachefn from "cachefn-wasm";
import * as testing from "cachefn-wasm/testing";
import { runAll } from "../common/run.mjs";
import { runTests } from "../common/vectors.mjs";
import { send } from "./send.mjs";

const KINDS = {
  DedicatedWorkerGlobalScope: "dedicated worker",
  SharedWorkerGlobalScope: "shared worker",
  ServiceWorkerGlobalScope: "service worker",
};
const kind = KINDS[Object.keys(KINDS).find((name) => name in self && self instanceof self[name])];
const sent = send(kind, runAll(cachefn, testing, runTests));
// Without this a service worker may be stopped at any time.
if (kind === "service worker") self.addEventListener("install", (event) => event.waitUntil(sent));
