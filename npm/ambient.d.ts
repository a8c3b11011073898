//! What the build puts beside the sources: the engine as text, as a module, and in JavaScript.

declare module "*/generated/engine.js" {
  export const engineText: string;
}

declare module "*/generated/translated.js" {
  export function instantiate(): import("./src/engine/engine.js").EngineExports;
}

declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
