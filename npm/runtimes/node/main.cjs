//! The package required.

const cachefn = require("cachefn-wasm");
const testing = require("cachefn-wasm/testing");
const subpaths = Object.assign({}, ...["cache-api", "indexeddb", "kv", "storage", "tabs", "webstorage"].map((name) => require(`cachefn-wasm/${name}`)));
const { runTests } = require("../built/vectors.cjs");

Promise.all([import("../common/run.mjs"), import("../common/storages.mjs")]).then(async ([{ print, runAll }, { tryStorages }]) => {
  const all = await runAll(cachefn, testing, runTests);
  print({ places: { "": all, ...(await tryStorages(cachefn, testing, subpaths, { place: "node" })) } });
});
