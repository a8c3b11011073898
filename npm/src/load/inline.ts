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
  const bytes = new TextEncoder().encode(text); // read and written in place: a loop over text takes twice as long
  let length = 0;
  for (let at = 0; at < bytes.length; ) {
    let value = (bytes[at++] as number) - FIRST;
    if (value >= SINGLE) value = SINGLE + (value - SINGLE) * DIGITS + (bytes[at++] as number) - FIRST;
    bytes[length++] = value - NEGATIVE;
  }
  return bytes.subarray(0, length);
}

const FIRST = 35;
const DIGITS = 92;
const SINGLE = DIGITS - 2;
const NEGATIVE = 4;
