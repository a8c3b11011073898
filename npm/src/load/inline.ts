//! The engine from text inside the package: nothing to fetch, nothing to wait for.

import { engineText } from "../../generated/engine.js";
import { Engine, type EngineExports } from "../engine/engine.js";
import { CachefnError } from "../errors.js";

let engine: Engine | undefined;

/** The engine of this copy of the package, made when it is first asked for. */
export function inlineEngine(): Engine {
  return (engine ??= new Engine(instantiate()));
}

function instantiate(): EngineExports {
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(bytes(engineText))).exports as unknown as EngineExports;
  } catch (cause) {
    const advice =
      'this place does not let WebAssembly be compiled: import from "cachefn-wasm/no-wasm" instead, or allow it ' +
      "('wasm-unsafe-eval' in the content security policy)";
    throw new CachefnError("unavailable", "create cache", advice, cause);
  }
}

/** What `xtask/src/wasm/embed.rs` has written: one digit of 92 for most bytes, two for the others. */
function bytes(text: string): Uint8Array<ArrayBuffer> {
  // Read and written in place. A function that is called for each is compiled early, a loop that runs once never.
  const bytes = new TextEncoder().encode(text);
  let length = 0;
  let first = 0;
  bytes.forEach((digit) => {
    const value = digit - FIRST;
    if (first > 0) {
      bytes[length++] = first + value;
      first = 0;
    } else if (value < SINGLE) bytes[length++] = value - NEGATIVE;
    else first = SINGLE - NEGATIVE + (value - SINGLE) * DIGITS;
  });
  return bytes.subarray(0, length);
}

const FIRST = 35;
const DIGITS = 92;
const SINGLE = DIGITS - 2;
const NEGATIVE = 4;
