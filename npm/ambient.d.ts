//! What the build puts beside the sources: the engine as text and as a module.

declare module "*/generated/engine.js" {
  export const engineBase64: string;
}

declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
