//! What must hold in every place: a few facts about each part of the package, with no help from the platform.

/** The facts by name; each throws where it does not hold. */
export function facts({ CachefnError, createCache, Glob, memoize }, { manualClock }) {
  return {
    "a memoised function stays synchronous, computes once and knows its key": () => {
      let runs = 0;
      const area = memoize((w, h) => (runs++, w * h), { maxEntries: 10 });
      equal([area(2, 3), area(2, 3), area(3, 2), runs], [6, 6, 6, 2]);
      equal([area.cache.get(area.key(2, 3)), area.uncached(4, 5), area.cache.stats().hits > 0], [6, 20, true]);
    },
    "arguments are told apart by value": () => {
      const text = memoize((...args) => JSON.stringify(args));
      text({ a: 1, b: 2 });
      text({ b: 2, a: 1 });
      equal([text(1), text("1"), text(1, undefined)], ["[1]", '["1"]', "[1,null]"]);
      equal(text.cache.stats().sets, 4);
    },
    "everybody who asks while a promise is pending gets that promise": async () => {
      let runs = 0;
      let give;
      const user = memoize((id) => (runs++, new Promise((resolve) => (give = () => resolve({ id })))));
      const [one, other] = [user("7"), user("7")];
      equal(one === other, true);
      give();
      equal((await one) === (await other), true);
      equal([runs, (await user("7")) === (await one)], [1, true]);
    },
    "what fails is not remembered": async () => {
      let runs = 0;
      const failing = memoize(async () => {
        runs++;
        throw new TypeError("no");
      });
      for (let time = 0; time < 2; time++) {
        equal(await failing().catch((error) => error instanceof TypeError), true);
      }
      equal(runs, 2);
    },
    "an entry is dead at the very millisecond": () => {
      const clock = manualClock();
      const cache = createCache({ ttl: "1s", clock });
      cache.set("a", 1);
      cache.set("b", 2, { ttl: "1h" });
      clock.advance("999ms");
      equal(cache.get("a"), 1);
      clock.advance(1);
      equal([cache.get("a"), cache.get("b"), cache.size], [undefined, 2, 1]);
    },
    "the real clock keeps what is fresh": () => {
      const cache = createCache({ ttl: "1h" });
      cache.set("a", 1);
      equal(cache.get("a"), 1);
    },
    "one call makes all entries of a tag unreachable": () => {
      const cache = createCache({ maxEntries: 5000 });
      for (let key = 0; key < 5000; key++) cache.set(key, key, { tags: [key % 2 === 0 ? "even" : "odd"] });
      cache.invalidateByTag("even");
      equal([cache.get(2), cache.get(3), cache.size], [undefined, 3, 2500]);
    },
    "patterns remove and list": () => {
      const cache = createCache();
      for (const key of ["user:1", "user:2", "area:1"]) cache.set(key, key);
      equal(cache.keys("user:?").sort(), ["user:1", "user:2"]);
      equal([cache.invalidateByPattern("user:*"), cache.size], [2, 1]);
      equal(Glob.prefix("a").matches("ab"), true);
    },
    "a full cache stays full under every policy, while its memory grows": () => {
      for (const policy of ["adaptive", "lru", "lfu", "fifo", "sieve", "s3-fifo", "w-tinylfu"]) {
        const cache = createCache({ maxEntries: 2000, policy });
        for (let key = 0; key < 10_000; key++) {
          cache.set(key % 3 === 0 ? key : `k${key}`, key);
          cache.get(key >> 1);
        }
        equal([policy, cache.size], [policy, 2000]);
      }
    },
    "a value that was fetched while its key was deleted is not stored": async () => {
      const cache = createCache();
      let give;
      const fetched = cache.getOrFetch("a", () => new Promise((resolve) => (give = resolve)));
      cache.delete("a");
      give(1);
      equal([await fetched, cache.has("a")], [1, false]);
    },
    "events tell of departures": () => {
      const cache = createCache({ maxEntries: 1, policy: "lru" });
      const told = [];
      cache.on("eviction", ({ key, cause }) => told.push(key, cause));
      cache.set("a", 1);
      cache.set("b", 2);
      equal(told, ["a", "evicted"]);
    },
    "a wrong option says what would work": () => {
      let error;
      try {
        createCache({ maxEntires: 1 });
      } catch (thrown) {
        error = thrown;
      }
      equal([error instanceof CachefnError, error?.code, /maxEntries/.test(error?.message)], [true, "config", true]);
    },
  };
}

/** Throws where two values are not alike as JSON. */
export function equal(found, wanted) {
  const [one, other] = [found, wanted].map((value) => JSON.stringify(value, (_, part) => (part === undefined ? "undefined" : part)));
  if (one !== other) throw new Error(`${one} is not ${other}`);
}
