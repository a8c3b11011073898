//! What works where nothing may be kept.

import { createCache, memoize } from "/dist/index.js";
import { indexedDB } from "/dist/indexeddb.js";

const thrown = [];
addEventListener("error", (event) => thrown.push(event.message));
/** Rejections are reported in their order: when this one is, all before it have been. */
const LAST = "the last one";
const isReported = new Promise((resolve) => {
  addEventListener("unhandledrejection", ({ reason }) => (reason === LAST ? resolve() : thrown.push(String(reason))));
});

const storage = indexedDB();
const heard = [];
storage.watch(({ code }) => heard.push(code));
const reject = (promise) => promise.then(() => "fulfilled", ({ name, code, message }) => ({ name, code, message }));

const plain = [await reject(storage.get(["n:a"])), await reject(storage.set([])), await reject(storage.scan("n:", 10))];

const cache = createCache({ name: "denied", storage });
let runs = 0;
const fetched = [];
for (let time = 0; time < 3; time++) fetched.push(await cache.getOrFetch("a", () => ++runs));
const explicit = [await reject(cache.get("absent"))];
const waits = await reject(cache.delete("absent"));
await cache.set("b", 2);
explicit.push(await reject(cache.flush()));
const memory = [await cache.get("a"), await cache.get("b")];

let calls = 0;
const user = memoize(async (id) => ({ id, call: ++calls }), { id: "user", storage: indexedDB() });
const memoized = [await user(7), await user(7)];
Promise.reject(LAST);
await isReported;
parent.postMessage({ plain, heard, fetched, explicit, memory, memoized, thrown, waits }, "*");
