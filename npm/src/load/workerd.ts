//! The engine from a module that the platform has compiled: edge workers forbid compiling at run time.

import module from "../../generated/engine.wasm";
import type { Engine } from "../engine/engine.js";
import { engineOf } from "./module.js";

let engine: Engine | undefined;

/** The engine of this worker, made when it is first asked for. */
export function compiledEngine(): Engine {
  return (engine ??= engineOf(module));
}
