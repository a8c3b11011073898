//! The package in Deno.

import * as cachefn from "cachefn-wasm";
import * as testing from "cachefn-wasm/testing";
import { runTests } from "../built/vectors.mjs";
import { print, runAll } from "../common/run.mjs";
import { tryStorages } from "../common/storages.mjs";
import { subpaths } from "../common/subpaths.mjs";

const all = await runAll(cachefn, testing, runTests);
print({ places: { "": all, ...(await tryStorages(cachefn, testing, subpaths, { place: "deno" })) } });
