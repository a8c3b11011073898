//! The package required.

const cachefn = require("cachefn-wasm");
const testing = require("cachefn-wasm/testing");
const { runTests } = require("../built/vectors.cjs");

import("../common/run.mjs").then(async ({ print, runAll }) => print(await runAll(cachefn, testing, runTests)));
