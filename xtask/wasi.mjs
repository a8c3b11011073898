#!/usr/bin/env -S node --no-warnings
// Runs a WASI program on Node, as cargo runs tests: wasi.mjs program.wasm [arguments].

import { readFile } from "node:fs/promises";
import { WASI } from "node:wasi";

const [program, ...rest] = process.argv.slice(2);
const preopens = { "/": "/" }; // the vectors are read by their absolute paths
const wasi = new WASI({ version: "preview1", args: [program, ...rest], env: process.env, preopens });
const imports = wasi.getImportObject();
// Called by way of JavaScript: called straight from wasm they crash Node 20 at the end of long runs.
for (const calls of Object.values(imports)) {
  for (const [name, call] of Object.entries(calls)) calls[name] = (...args) => call(...args);
}
const module = await WebAssembly.compile(await readFile(program));
process.exitCode = wasi.start(await WebAssembly.instantiate(module, imports));
