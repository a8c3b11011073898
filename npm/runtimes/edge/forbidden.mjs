//! The default entry where WebAssembly must not be compiled.

import * as cachefn from "cachefn-wasm";
import { forbidden } from "../common/forbidden.mjs";
import { tryAll } from "../common/run.mjs";

export const all = () => tryAll(forbidden(cachefn));
