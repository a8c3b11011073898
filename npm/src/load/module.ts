//! The engine from a module that is compiled already.

import { Engine, type EngineExports } from "../engine/engine.js";
import { CachefnError } from "../errors.js";

/** An engine of its own for whoever asks. */
export function engineOf(module: WebAssembly.Module): Engine {
  try {
    return new Engine(new WebAssembly.Instance(module).exports as unknown as EngineExports);
  } catch (cause) {
    throw new CachefnError("config", "use module", "it is not the one in cachefn-wasm/engine.wasm", cause);
  }
}
