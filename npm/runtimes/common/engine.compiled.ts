//! Stands where the tests ask for the inlined engine, in places where the platform compiles it.

export { compiledEngine as inlineEngine } from "../../src/load/workerd.js";
