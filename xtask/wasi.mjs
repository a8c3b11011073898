#!/usr/bin/env -S node --no-warnings --liftoff-only
// Runs a WASI program on Node, as cargo runs tests: wasi.mjs program.wasm [arguments].
// Only by the baseline compiler: what the other makes of long tests crashes Node 20 at their end.

import { readFile } from "node:fs/promises";
import { WASI } from "node:wasi";

const [program, ...rest] = process.argv.slice(2);
const preopens = { "/": "/" }; // the vectors are read by their absolute paths
const wasi = new WASI({ version: "preview1", args: [program, ...rest], env: process.env, preopens });
const module = await WebAssembly.compile(await readFile(program));
process.exitCode = wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject()));
