//! A worker on the edge: the program, and one cache that outlives requests.

import * as cachefn from "cachefn-wasm";
import * as testing from "cachefn-wasm/testing";
import { runAll } from "../common/run.mjs";
import { tryStorages } from "../common/storages.mjs";
import { subpaths } from "../common/subpaths.mjs";
import { runTests } from "../common/vectors.mjs";
import { kindsHere } from "./kinds.mjs";

const cache = cachefn.createCache();

export default {
  async fetch(request, { GATE, FIRST, SECOND }, context) {
    const gate = async (name) => (await GATE.fetch(`http://gate/${name}`)).text();
    const { pathname, searchParams } = new URL(request.url);
    const answer = searchParams.get("answer");
    const over = (storage, options) => cachefn.createCache({ name: "pages", storage, waitUntil: (work) => context.waitUntil(work), ...options });
    switch (pathname) {
      case "/all":
        return Response.json(await runAll(cachefn, testing, runTests));
      case "/storages":
        return Response.json(await tryStorages(cachefn, testing, subpaths, { place: "workerd", only: [searchParams.get("name")], kinds: kindsHere({ FIRST, SECOND }) }));
      case "/page":
        return new Response(await over(subpaths.kv(FIRST)).getOrFetch("/", async () => answer, { ttl: "1h", tags: ["pages"] }));
      case "/invalidate":
        await over(subpaths.kv(FIRST)).invalidateByTag("pages");
        return new Response("done");
      case "/keys":
        return Response.json((await FIRST.list()).keys);
      case "/default": {
        const storage = subpaths.cacheAPI({ cache: caches.default });
        const listed = await storage.scan("n:", 10).then(() => "listed", ({ code }) => code);
        return Response.json([await over(storage).getOrFetch("/", async () => answer), listed]);
      }
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
        return new Response("no such path", { status: 404 });
    }
  },
};
