//! The package imported by a page as it is, without a bundler; then the page starts the workers.

import * as cachefn from "cachefn-wasm";
import * as testing from "cachefn-wasm/testing";
import { runTests } from "../built/vectors.mjs";
import { runAll } from "../common/run.mjs";
import { tryStorages } from "../common/storages.mjs";
import { subpaths } from "../common/subpaths.mjs";
import { send, sendEach } from "./send.mjs";

await send("page", runAll(cachefn, testing, runTests));
await sendEach("page", tryStorages(cachefn, testing, subpaths, { place: "page" }));
new Worker("/built/worker.js");
new SharedWorker("/built/worker.js").port.start();
await navigator.serviceWorker.register("/built/worker.js", { scope: "/" });
