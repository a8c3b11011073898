#!/usr/bin/env node
// Runs a module that needs nothing of its surroundings and prints the text that its `run` points at:
// bare.mjs program.wasm. With the name of a page it writes that instead, to do the same in a browser.

import { readFile, writeFile } from "node:fs/promises";

/** Works in Node and in a page, whose document is read as soon as it is loaded: nothing is awaited. */
function text(bytes) {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const place = BigInt.asUintN(64, instance.exports.run());
  const [start, length] = [Number(place >> 32n), Number(place & 0xffff_ffffn)];
  return new TextDecoder().decode(new Uint8Array(instance.exports.memory.buffer, start, length));
}

const [program, page] = process.argv.slice(2);
const bytes = await readFile(program);
if (page) {
  const script = `
    const bytes = Uint8Array.from(atob("${bytes.toString("base64")}"), (digit) => digit.charCodeAt(0));
    document.body.textContent = (${text})(bytes);`;
  // Chromium compiles no larger module at once.
  if (bytes.length > 8 << 20) {
    throw new Error(`${program} has ${bytes.length} bytes; strip it, a page takes 8 MiB at most`);
  }
  await writeFile(page, `<!doctype html><meta charset="utf-8"><body><script>${script}</script>`);
} else {
  process.stdout.write(text(bytes));
}
