//! The package in Deno.

import * as cachefn from "cachefn-wasm";
import * as testing from "cachefn-wasm/testing";
import { runTests } from "../built/vectors.mjs";
import { print, runAll } from "../common/run.mjs";

print(await runAll(cachefn, testing, runTests));
