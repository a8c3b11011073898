//! The engine from a module that is compiled already.

import { Engine, type EngineExports } from "../engine/engine.js";

/** An engine of its own for whoever asks. */
export function engineOf(module: WebAssembly.Module): Engine {
  return new Engine(new WebAssembly.Instance(module).exports as unknown as EngineExports);
}
