//! The subpaths of the package that keep entries outside of memory.

import * as indexeddb from "cachefn-wasm/indexeddb";
import * as storage from "cachefn-wasm/storage";
import * as tabs from "cachefn-wasm/tabs";

export const subpaths = { ...indexeddb, ...storage, ...tabs };
