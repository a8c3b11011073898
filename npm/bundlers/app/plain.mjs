//! A program that keeps nothing outside of memory, and so has to carry nothing of what does.

import { createCache, memoize } from "cachefn-wasm";
import { print } from "../../runtimes/common/run.mjs";

const cache = createCache({ maxEntries: 10 });
const isKept = cache.set("a", 1) !== null && cache.get("a") === 1 && memoize((n) => n * 2)(21) === 42;
print(isKept ? { passed: 1, failures: [] } : { passed: 0, failures: ["a value is not there"] });
