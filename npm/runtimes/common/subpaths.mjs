//! The subpaths of the package that keep entries outside of memory.

import * as cacheApi from "cachefn-wasm/cache-api";
import * as indexeddb from "cachefn-wasm/indexeddb";
import * as kv from "cachefn-wasm/kv";
import * as storage from "cachefn-wasm/storage";
import * as tabs from "cachefn-wasm/tabs";
import * as webstorage from "cachefn-wasm/webstorage";

export const subpaths = { ...cacheApi, ...indexeddb, ...kv, ...storage, ...tabs, ...webstorage };
