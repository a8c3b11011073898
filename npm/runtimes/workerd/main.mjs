//! The package in workerd: Miniflare starts it and sends it requests.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Miniflare, Response } from "miniflare";
import { bundle } from "../build.mjs";
import { PLACES } from "../common/places.mjs";
import { MISSING } from "../common/storages.mjs";
import { print, tryAll } from "../common/run.mjs";

const version = JSON.parse(readFileSync(join(import.meta.dirname, "../node_modules/workerd/package.json"), "utf8")).version;
const { outputFiles } = await bundle({
  entryPoints: ["workerd/worker.mjs"],
  conditions: ["workerd", "worker"],
  engine: "compiled",
  format: "esm",
  write: false,
});

/** Loads wait here until as many requests as are expected have asked for the value. */
const gate = { loads: 0, asked: 0 };
const opened = new Promise((resolve) => (gate.open = resolve));

const miniflare = new Miniflare({
  compatibilityDate: "2026-01-01",
  cf: false,
  telemetry: { enabled: false },
  kvNamespaces: ["FIRST", "SECOND"],
  modules: [
    { type: "ESModule", path: "worker.mjs", contents: outputFiles[0].text },
    { type: "CompiledWasm", path: "engine.wasm", contents: readFileSync(join(import.meta.dirname, "../node_modules/cachefn-wasm/dist/engine.wasm")) },
  ],
  serviceBindings: {
    async GATE(request) {
      if (new URL(request.url).pathname === "/asked") {
        if (++gate.asked === REQUESTS) gate.open();
        return new Response("yes");
      }
      gate.loads++;
      await opened;
      return new Response(`load ${gate.loads}`);
    },
  },
});
const ask = async (path) => (await miniflare.dispatchFetch(`http://worker/${path}`)).text();
const REQUESTS = 5;

const all = JSON.parse(await ask("all"));
const storages = {};
for (const name of [...PLACES.workerd.has, MISSING]) Object.assign(storages, JSON.parse(await ask(`storages?name=${encodeURIComponent(name)}`)));
const requests = await tryAll({
  async "requests that ask for one value at the same time share one load"() {
    const answers = await Promise.all(Array.from({ length: REQUESTS }, () => ask("load")));
    same([...new Set(answers)], ["load 1"]);
    same(await ask("load"), "load 1");
    same(gate.loads, 1);
  },
  async "an entry dies between requests when its time has come"() {
    same(await ask("set"), "alive");
    const until = Date.now() + 10_000;
    let found;
    do found = JSON.parse(await ask("get"));
    while (found[0] === "alive" && Date.now() < until);
    same(found, ["gone", "alive"]);
  },
  async "an entry that one request kept in a binding is found by the next one, until its tag is invalid"() {
    same([await ask("page?answer=1"), await ask("page?answer=2")], ["1", "1"]);
    same([await ask("invalidate"), await ask("page?answer=3"), await ask("page?answer=4")], ["done", "3", "3"]);
  },
  async "a binding forgets entries in time, and tokens never"() {
    const ends = Object.fromEntries(JSON.parse(await ask("keys")).map(({ name, expiration }) => [name, expiration !== undefined]));
    same([ends["cachefn:pages:/"], ends["cachefn:%n:pages"], ends["cachefn:%t:pages:pages"]], [true, false, false]);
    same(Object.keys(ends).every((name) => name.startsWith("cachefn:")), true);
  },
  async "the cache of the data centre keeps entries, and does not list them"() {
    same([JSON.parse(await ask("default?answer=1")), JSON.parse(await ask("default?answer=2"))], [["1", "unsupported"], ["1", "unsupported"]]);
  },
});
await miniflare.dispose();
print({ version, places: { "one worker": all, "across requests": requests, ...storages } });
process.exit(0);

function same(found, wanted) {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) throw new Error(`${JSON.stringify(found)} is not ${JSON.stringify(wanted)}`);
}
