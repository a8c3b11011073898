//! The storages for the edge in workerd: Miniflare starts it with two key-value bindings, and sends it requests.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Miniflare } from "miniflare";
import { bundle } from "../build.mjs";
import { print, tryAll } from "../common/run.mjs";

const modules = join(import.meta.dirname, "../node_modules");
const version = JSON.parse(readFileSync(join(modules, "workerd/package.json"), "utf8")).version;
const { outputFiles } = await bundle({
  entryPoints: ["workerd/storages-worker.mjs"],
  conditions: ["workerd", "worker"],
  engine: "compiled",
  format: "esm",
  write: false,
});
const miniflare = new Miniflare({
  compatibilityDate: "2026-01-01",
  cf: false,
  telemetry: { enabled: false },
  kvNamespaces: ["FIRST", "SECOND"],
  modules: [
    { type: "ESModule", path: "worker.mjs", contents: outputFiles[0].text },
    { type: "CompiledWasm", path: "engine.wasm", contents: readFileSync(join(modules, "cachefn-wasm/dist/engine.wasm")) },
  ],
});
const ask = async (path) => (await miniflare.dispatchFetch(`http://worker/${path}`)).text();

const [kv, caches] = [JSON.parse(await ask("suite/kv")), JSON.parse(await ask("suite/caches"))];
const requests = await tryAll({
  async "an entry that one request wrote is read by the next one, until its tag is invalid"() {
    same([await ask("page/1"), await ask("page/2")], ["1", "1"]);
    same([await ask("clear"), await ask("page/3"), await ask("page/4")], ["cleared", "3", "3"]);
  },
  async "entries lie under our prefix, with the shortest life that is taken, and tokens for ever"() {
    const keys = JSON.parse(await ask("keys")).filter(({ name }) => name !== "theirs");
    same(keys.every(({ name }) => name.startsWith("cachefn:")), true);
    const lives = Object.fromEntries(keys.map(({ name, expiration }) => [name, expiration !== undefined]));
    same([lives["cachefn:pages:/"], lives["cachefn:%n:pages"], lives["cachefn:%t:pages:pages"]], [true, false, false]);
  },
  async "the cache of the data centre keeps entries, and refuses to list them"() {
    same([await ask("default/1"), await ask("default/2")], ["1 unsupported", "1 unsupported"]);
  },
});
await miniflare.dispose();
print({ version, places: { "key-value binding": kv, "caches.open": caches, "storages across requests": requests } });
process.exit(0);

function same(found, wanted) {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) throw new Error(`${JSON.stringify(found)} is not ${JSON.stringify(wanted)}`);
}
