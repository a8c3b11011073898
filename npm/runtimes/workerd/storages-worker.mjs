//! A worker on the edge that keeps entries in what the platform has: a key-value binding, and caches.

import { createCache } from "cachefn-wasm";
import { cacheAPI } from "cachefn-wasm/cache-api";
import { kv } from "cachefn-wasm/kv";
import { trySuite } from "../common/storages.mjs";

const SUITES = {
  kv: ({ FIRST, SECOND }) =>
    trySuite("kv", emptied((which) => kv([FIRST, SECOND][which]), [FIRST, SECOND]), { lists: true, values: "bytes", largest: 5_000_000 }),
  caches: () => trySuite("caches.open", (place) => cacheAPI({ name: `place ${place}` }), { lists: false, values: "bytes", largest: 1_000_000 }),
};

export default {
  async fetch(request, environment, context) {
    const [, path, part] = new URL(request.url).pathname.split("/");
    switch (path) {
      case "suite":
        return Response.json(await SUITES[part](environment));
      case "default": {
        const storage = cacheAPI({ cache: caches.default });
        const refused = await storage.scan("n:", 10).then(() => "listed", ({ code }) => code);
        const cache = createCache({ name: "default", storage, waitUntil: (work) => context.waitUntil(work) });
        return new Response(`${await cache.getOrFetch("a", async () => part)} ${refused}`);
      }
      case "page": {
        const pages = createCache({ name: "pages", storage: kv(environment.FIRST), waitUntil: (work) => context.waitUntil(work) });
        return new Response(await pages.getOrFetch("/", async () => part, { ttl: "1h", tags: ["pages"] }));
      }
      case "clear":
        await createCache({ name: "pages", storage: kv(environment.FIRST) }).invalidateByTag("pages");
        return new Response("cleared");
      case "keys":
        await environment.FIRST.put("theirs", "theirs");
        return Response.json((await environment.FIRST.list()).keys);
      default:
        return new Response("no such path", { status: 404 });
    }
  },
};

/** A case has two places at most; each is emptied when it is opened by a number for the first time. */
function emptied(open, bindings) {
  const known = new Set();
  return async (place) => {
    const which = place % 10;
    if (!known.has(place)) {
      for (let list; list?.list_complete !== true; ) {
        list = await bindings[which].list();
        await Promise.all(list.keys.map(({ name }) => bindings[which].delete(name)));
        if (list.keys.length === 0) break;
      }
    }
    known.add(place);
    return open(which);
  };
}
