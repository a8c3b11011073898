//! The engine from a module that the platform has compiled: edge workers forbid compiling at run time.

import module from "../../generated/engine.wasm";
import { Engine, type EngineExports } from "../engine/engine.js";

let engine: Engine | undefined;

/** The engine of this worker, made when it is first asked for. */
export function compiledEngine(): Engine {
  return (engine ??= new Engine(new WebAssembly.Instance(module).exports as unknown as EngineExports));
}
