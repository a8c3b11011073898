//! What the subpaths export that keep entries outside of memory, and those around them.

import * as cacheAPI from "cachefn-wasm/cache-api";
import * as devtools from "cachefn-wasm/devtools";
import * as indexeddb from "cachefn-wasm/indexeddb";
import * as keyv from "cachefn-wasm/keyv";
import * as kv from "cachefn-wasm/kv";
import * as records from "cachefn-wasm/records";
import * as storage from "cachefn-wasm/storage";
import * as tabs from "cachefn-wasm/tabs";
import * as unstorage from "cachefn-wasm/unstorage";
import * as webstorage from "cachefn-wasm/webstorage";

export const subpaths = { ...cacheAPI, ...devtools, ...indexeddb, ...keyv, ...kv, ...records, ...storage, ...tabs, ...unstorage, ...webstorage };
