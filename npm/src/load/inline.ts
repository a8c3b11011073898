//! The engine from bytes inside the package: nothing to fetch, nothing to wait for.

import { engineBase64 } from "../../generated/engine.js";
import { Engine, type EngineExports } from "../engine/engine.js";
import { CachefnError } from "../errors.js";

let engine: Engine | undefined;

/** The engine of this copy of the package, made when it is first asked for. */
export function inlineEngine(): Engine {
  return (engine ??= new Engine(instantiate()));
}

function instantiate(): EngineExports {
  try {
    const module = new WebAssembly.Module(bytes(engineBase64));
    return new WebAssembly.Instance(module).exports as unknown as EngineExports;
  } catch (cause) {
    const advice =
      "this place does not let WebAssembly be compiled; allow it ('wasm-unsafe-eval' in the content " +
      "security policy), or bundle with the condition \"workerd\" or \"edge-light\", which imports a compiled module";
    throw new CachefnError("unavailable", "create cache", advice, cause);
  }
}

/** By the platform where it can: a loop that runs once is never compiled, and takes milliseconds. */
function bytes(base64: string): Uint8Array<ArrayBuffer> {
  const { Uint8Array: List, Buffer: Octets } = globalThis as unknown as Decoders;
  if (List.fromBase64 !== undefined) return List.fromBase64(base64);
  if (Octets !== undefined) return Octets.from(base64, "base64");
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

interface Decoders {
  readonly Uint8Array: { fromBase64?(text: string): Uint8Array<ArrayBuffer> };
  readonly Buffer: { from(text: string, encoding: "base64"): Uint8Array<ArrayBuffer> } | undefined;
}
