//! The package imported by a page as it is, without a bundler; then the page starts the workers.

import * as cachefn from "cachefn-wasm";
import * as testing from "cachefn-wasm/testing";
import { runTests } from "../built/vectors.mjs";
import { runAll } from "../common/run.mjs";
import { send } from "./send.mjs";

await send("page", runAll(cachefn, testing, runTests));
new Worker("/built/worker.js");
new SharedWorker("/built/worker.js").port.start();
await navigator.serviceWorker.register("/built/worker.js", { scope: "/" });
