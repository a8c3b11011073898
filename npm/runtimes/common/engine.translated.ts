//! Stands where the tests ask for the inlined engine, in places that do not let WebAssembly be compiled.

export { translatedEngine as inlineEngine } from "../../src/load/translated.js";
