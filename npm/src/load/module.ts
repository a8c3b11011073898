//! The engine from a module that is compiled already.

import { Engine, type EngineExports } from "../engine/engine.js";
import { CachefnError, show } from "../errors.js";

/** An engine of its own for whoever asks. */
export function engineOf(module: WebAssembly.Module): Engine {
  try {
    return new Engine(new WebAssembly.Instance(module).exports as unknown as EngineExports);
  } catch (cause) {
    throw new CachefnError("config", "use module", problem(module), cause);
  }
}

/** What was given in the place of the module, and what makes one of it. */
function problem(given: unknown): string {
  if (given instanceof WebAssembly.Module) return "it is not the one in cachefn-wasm/engine.wasm";
  if (given instanceof ArrayBuffer || ArrayBuffer.isView(given)) {
    return "these are bytes; compile them: await WebAssembly.compile(bytes)";
  }
  if (given instanceof Promise) return "it is a promise; await it";
  return `it is ${show(given)}; compile cachefn-wasm/engine.wasm: await WebAssembly.compile(bytes)`;
}
