//! The engine in JavaScript, translated from its module: for places that do not let WebAssembly be compiled.

import { instantiate } from "../../generated/translated.js";
import { Engine, type EngineExports } from "../engine/engine.js";

let engine: Engine | undefined;

/** The translated engine of this copy of the package, made when it is first asked for. */
export function translatedEngine(): Engine {
  return (engine ??= new TranslatedEngine(instantiate()));
}

/** Its memory grows by moving to a new buffer, and the old one stays attached: views do not tell. */
export class TranslatedEngine extends Engine {
  constructor(exports: EngineExports) {
    super(exports);
  }

  override look(): Int32Array {
    const { buffer } = this.exports.memory;
    if (this.memory.buffer !== buffer) this.memory = new Int32Array(buffer);
    return this.memory;
  }
}
