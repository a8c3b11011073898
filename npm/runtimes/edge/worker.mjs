//! The program, for a sandbox.

import * as cachefn from "cachefn-wasm";
import * as testing from "cachefn-wasm/testing";
import { runAll } from "../common/run.mjs";
import { tryStorages } from "../common/storages.mjs";
import { subpaths } from "../common/subpaths.mjs";
import { runTests } from "../common/vectors.mjs";

export const all = () => runAll(cachefn, testing, runTests);
export const storages = () => tryStorages(cachefn, testing, subpaths, { place: "edge" });
