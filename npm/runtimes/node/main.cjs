//! The package required.

const cachefn = require("cachefn-wasm");
const testing = require("cachefn-wasm/testing");
const NAMES = ["cache-api", "devtools", "indexeddb", "keyv", "kv", "records", "storage", "tabs", "unstorage", "webstorage"];
const subpaths = Object.assign({}, ...NAMES.map((name) => require(`cachefn-wasm/${name}`)));
const { runTests } = require("../built/vectors.cjs");

Promise.all([import("../common/run.mjs"), import("../common/storages.mjs")]).then(async ([{ print, runAll }, { tryStorages }]) => {
  const all = await runAll(cachefn, testing, runTests);
  print({ places: { "": all, ...(await tryStorages(cachefn, testing, subpaths, { place: "node" })) } });
});
