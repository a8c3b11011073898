//! The `Cache` of Deno as a storage.

import { cacheAPI } from "cachefn-wasm/cache-api";
import { print } from "../common/run.mjs";
import { trySuite } from "../common/storages.mjs";

print(await trySuite("cache api", (place) => cacheAPI({ name: `place ${place}` }), { lists: false, values: "bytes", largest: 1_000_000 }));
