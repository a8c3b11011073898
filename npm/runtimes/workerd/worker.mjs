//! A worker on the edge: the program, and one cache that outlives requests.

import * as cachefn from "cachefn-wasm";
import * as testing from "cachefn-wasm/testing";
import { runAll } from "../common/run.mjs";
import { kindsHere } from "./kinds.mjs";
import { tryStorages } from "../common/storages.mjs";
import { subpaths } from "../common/subpaths.mjs";
import { runTests } from "../common/vectors.mjs";

const cache = cachefn.createCache();

export default {
  async fetch(request, environment) {
    const { GATE } = environment;
    const gate = async (name) => (await GATE.fetch(`http://gate/${name}`)).text();
    const { pathname } = new URL(request.url);
    switch (pathname) {
      case "/all":
        return Response.json(await runAll(cachefn, testing, runTests));
      case "/set":
        cache.set("dies", "alive", { ttl: "1s" });
        cache.set("lives", "alive", { ttl: "1h" });
        return new Response(cache.get("dies"));
      case "/get":
        return Response.json([cache.get("dies") ?? "gone", cache.get("lives") ?? "gone"]);
      case "/load": {
        const loaded = cache.getOrFetch("loaded", () => gate("load"));
        await gate("asked");
        return new Response(await loaded);
      }
      default:
        return Response.json(await tryStorages(cachefn, testing, subpaths, { place: "workerd", only: [named(pathname)], kinds: kindsHere(environment) }));
    }
  },
};

const named = (path) => decodeURIComponent(path.slice(1));
