//! What must hold of caches over a storage: what outlives them, and what they tell each other.

import { equal } from "./program.mjs";

/** Facts about the caches that share a storage; `hears` says whether tabs can tell each other anything here. */
export function overStorage({ createCache, memoize }, { tabs }, { name, open, hears, lists }) {
  let places = FIRST;
  const place = () => (places += 10);
  const users = async (at, options) => createCache({ name: "users", storage: await open(at), ttl: "1h", ...options });
  const fetchedAnew = () => "fetched anew";
  return {
    "what a cache kept is found by the next one, with its tags and the rest of its life": async () => {
      const at = place();
      const one = await users(at);
      await one.set("7", { name: "Ada" }, { tags: ["eu"] });
      await one.set("8", "short", { ttl: 0 });
      await one.close();
      const next = await users(at);
      equal([await next.getOrFetch("7", fetchedAnew), await next.getOrFetch("8", fetchedAnew)], [{ name: "Ada" }, "fetched anew"]);
      await next.invalidateByTag("eu");
      equal([await next.get("7"), await next.getOrFetch("7", fetchedAnew)], [undefined, "fetched anew"]);
      await next.close();
    },
    "a memoised function remembers what an earlier one computed, and not of another version": async () => {
      const at = place();
      let runs = 0;
      const user = async (version) => memoize(async (id) => (runs++, { id }), { storage: await open(at), id: "user", version });
      for (const [version, wanted] of [[1, 1], [1, 1], [2, 2]]) {
        const remembered = await user(version);
        equal([await remembered("7"), await remembered("7"), runs], [{ id: "7" }, { id: "7" }, wanted]);
        equal(await remembered.cache.has(remembered.key("7")), true);
        await remembered.cache.close();
      }
    },
    "a tag that one cache invalidates is gone for another that looks": async () => {
      const at = place();
      const [one, other] = [await users(at, { boot: "lazy" }), await users(at, { boot: "lazy", tier: "storage" })];
      await one.set("7", "Ada", { tags: ["eu"] });
      await one.set("8", "Bob", { tags: ["us"] });
      await one.flush();
      equal([await other.get("7"), await other.get("8")], ["Ada", "Bob"]);
      await other.invalidateByTag("eu");
      await other.flush();
      const third = await users(at);
      equal([await third.get("7"), await third.get("8"), await other.get("7")], [undefined, "Bob", undefined]);
      for (const cache of [one, other, third]) await cache.close();
    },
    [lists ? "a pattern removes what is kept" : "a pattern is not supported where names cannot be listed"]: async () => {
      const at = place();
      const [one, other] = [await users(at), await users(at, { boot: "lazy" })];
      for (const key of ["a:1", "a:2", "b:1"]) await one.set(key, key);
      await one.flush();
      const removed = await other.invalidateByPattern("a:*").then(() => "removed", ({ code }) => code);
      equal(removed, lists ? "removed" : "unsupported");
      await other.flush().catch(() => {});
      const third = await users(at, { boot: "lazy" });
      equal([await third.get("a:1"), await third.get("b:1")], [lists ? undefined : "a:1", "b:1"]);
      await third.clear();
      equal([await third.get("a:1"), await third.get("b:1")], [undefined, undefined]);
      for (const cache of [one, other, third]) await cache.close();
    },
    [hears ? "caches with a bus tell each other what is gone" : "a bus that carries nothing here harms no cache"]: async () => {
      const at = place();
      const buses = [tabs({ channel: name }), tabs({ channel: name })];
      const [one, other] = await Promise.all(buses.map((bus) => users(at, { bus, boot: "lazy" })));
      const heard = hears ? hearing(buses[1]) : { all: async () => {}, end() {} };
      await one.set("7", "Ada", { tags: ["eu"] });
      await one.set("8", "Bob");
      await one.flush();
      await heard.all("keys", 2);
      equal([await other.get("7"), await other.get("8"), await other.peek("7"), await other.peek("8")], ["Ada", "Bob", "Ada", "Bob"]);
      await one.invalidateByTag("eu");
      await one.delete("8");
      await one.flush();
      await heard.all("tags", 1);
      await heard.all("keys", 3);
      for (const cache of hears ? [one, other] : [one]) equal([await cache.get("7"), await cache.get("8")], [undefined, undefined]);
      heard.end();
      for (const cache of [one, other]) await cache.close();
    },
  };
}

/** Facts about a storage that this place cannot have: it says so, and the cache goes on in memory. */
export function withoutStorage({ createCache }, name, open) {
  if (name === "kv") {
    return {
      "kv: what is no binding is refused": () => {
        let error;
        try {
          open(FIRST);
        } catch (thrown) {
          error = thrown;
        }
        equal([error?.name, error?.code], ["CachefnError", "config"]);
      },
    };
  }
  return {
    [`${name}: every method is rejected with the code unavailable`]: async () => {
      const storage = await open(FIRST);
      for (const call of [() => storage.get(["n:a"]), () => storage.delete(["n:a"]), () => storage.tokens(["%n:n"])]) {
        equal(await outcome(call()), ["CachefnError", "unavailable"]);
      }
      // What lists nothing anywhere else does not know that it is not even there.
      const [, code] = await outcome(storage.scan("n:", 1));
      equal(code === "unavailable" || code === "unsupported", true);
    },
    [`${name}: a cache serves from memory`]: async () => {
      const cache = createCache({ name: "users", storage: await open(FIRST) });
      let runs = 0;
      const load = async () => ++runs;
      equal([await cache.getOrFetch("7", load), await cache.getOrFetch("7", load), (await cache.stats()).storageFailures > 0], [1, 1, true]);
      await cache.close().catch(({ code }) => equal(code, "unavailable"));
    },
  };
}

const outcome = (promise) => promise.then(() => "an answer", ({ name, code }) => [name, code]);

/** What comes by a bus, after the caches that were made with it have heard it. */
function hearing(bus) {
  const counts = {};
  let look = () => {};
  const end = bus.subscribe(({ message }) => {
    counts[message?.what.kind] = (counts[message?.what.kind] ?? 0) + 1;
    look();
  });
  /** Waits until so many of a kind have come, but not for ever. */
  const all = (kind, count) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`heard ${JSON.stringify(counts)} instead of ${count} of ${kind}`)), 20_000);
      look = () => {
        if ((counts[kind] ?? 0) >= count) resolve(clearTimeout(timer));
      };
      look();
    });
  return { all, end };
}

/** The suite has the places below. */
const FIRST = 10_000;
