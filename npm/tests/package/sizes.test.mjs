//! How many bytes a page has to load for what it imports, after a bundler and gzip.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const root = join(import.meta.dirname, "../..");
const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
let home;

before(() => {
  home = mkdtempSync(join(tmpdir(), "cachefn-sizes-"));
  mkdirSync(join(home, "node_modules"));
  symlinkSync(root, join(home, "node_modules/cachefn-wasm"));
});

after(() => rmSync(home, { recursive: true, force: true }));

/** Each subpath by itself, with all that it exports; those of storages bring the asynchronous cache and the memory under it. */
const BUDGETS = {
  ".": 36_000,
  "./no-wasm": 45_200,
  "./slim": 16_600,
  "./storage": 33_400,
  "./testing": 10_000,
  "./devtools": 15_000,
  "./indexeddb": 28_700,
  "./records": 6300,
  "./webstorage": 33_400,
  "./cache-api": 33_400,
  "./kv": 33_400,
  "./keyv": 33_400,
  "./unstorage": 33_400,
  "./tabs": 2500,
  "./react": 2000,
  "./engine.wasm": 19_000,
};

/** What a subpath adds to a program that has the others. The first one brings the asynchronous cache. */
const ADDED = [
  { has: ["."], adds: "./indexeddb", most: 16_000 },
  { has: [".", "./storage"], adds: "./indexeddb", most: 3000 }, // without the asynchronous cache, which every storage brings along
  { has: [".", "./indexeddb"], adds: "./tabs", most: 1500 },
  { has: ["."], adds: "./react", most: 1024 },
  { has: ["."], adds: "./devtools", most: 15_000 },
];

test("every subpath stays within its budget of bytes", async () => {
  const { "./package.json": _, ...subpaths } = exports;
  assert.deepEqual(Object.keys(BUDGETS).sort(), Object.keys(subpaths).sort());
  const sizes = {};
  for (const subpath of Object.keys(BUDGETS)) {
    sizes[subpath] = subpath.endsWith(".wasm") ? zipped(readFileSync(join(root, "dist/engine.wasm"))) : await sizeOf([subpath]);
  }
  console.log("bytes after bundling, minifying and gzip:", JSON.stringify(sizes));
  assert.deepEqual(Object.entries(sizes).filter(([subpath, size]) => size > BUDGETS[subpath]), []);
});

for (const { has, adds, most } of ADDED) {
  test(`${adds} adds at most ${most} bytes to ${has.join(" and ")}`, async () => {
    const added = (await sizeOf([...has, adds])) - (await sizeOf(has));
    console.log(`${adds} adds ${added} bytes to ${has.join(" and ")}`);
    assert(added <= most, `it adds ${added}`);
  });
}

async function sizeOf(subpaths) {
  const contents = subpaths.map((subpath) => `export * from "${join("cachefn-wasm", subpath)}";`).join("");
  const stdin = { contents, resolveDir: home };
  const { outputFiles } = await build({ stdin, bundle: true, minify: true, format: "esm", external: ["react"], logLevel: "error", write: false });
  return zipped(outputFiles[0].contents);
}

function zipped(content) {
  return gzipSync(content, { level: 9 }).length;
}
