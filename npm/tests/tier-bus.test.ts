//! Several caches over one storage that tell each other what is not valid any more, and load one at a time.

import { describe, expect, test } from "vitest";
import type { Bus, Message } from "../src/bus.js";
import { type AsyncCacheOptions, createCache } from "../src/index.js";
import { memoryStorage } from "../src/index.storage.js";
import { listen, pending } from "./support/loads.js";
import { LocalBus } from "./support/local-bus.js";
import { idle, Stage } from "./support/stage.js";

function three(options: Partial<AsyncCacheOptions<unknown>> = {}) {
  const [bus, storage] = [new LocalBus(), memoryStorage()];
  const open = () => createCache<unknown>({ name: "n", storage, bus, ...options });
  return { bus, storage, open, caches: [open(), open(), open()] as const };
}

describe("what one cache does", () => {
  test("h_38 with a key reaches the others, a set included, and leaves its own entry alone", async () => {
    const { caches } = three();
    const [one, two, other] = caches;
    await one.set("a", 1);
    await one.flush();
    for (const cache of caches) expect(await cache.get("a")).toBe(1);
    const told = listen(one);
    await one.set("a", 2);
    await one.flush();
    await idle();
    expect([await two.get("a"), await other.get("a"), await one.get("a")]).toEqual([2, 2, 2]);
    expect(told).toEqual(["set a replaced", "hit a"]);
    await two.update("a", () => 3);
    await two.flush();
    await idle();
    expect(await one.get("a")).toBe(3);
    await other.delete("a");
    await idle();
    expect([await one.get("a"), await two.get("a")]).toEqual([undefined, undefined]);
  });

  test("s_35 with tags, patterns or everything reaches the others", async () => {
    const { caches } = three({ staleIfError: "1h" });
    const [one, two] = caches;
    const fill = async () => {
      await one.setMany([["a", 1], ["b", 2], ["c", 3]], { tags: ["t"] });
      await one.flush();
      await two.getMany(["a", "b", "c"]);
    };
    const removals = [
      () => one.invalidateByTag("t"),
      () => one.invalidateByTags(["x", "t"], { mode: "expire" }),
      () => one.invalidateByPattern("[abc]"),
      () => one.invalidateByPattern(["a", "b*", "?"], { mode: "expire" }),
      () => one.deleteMany(["a", "b", "c"]),
      () => one.clear(),
    ];
    for (const [at, remove] of removals.entries()) {
      await fill();
      expect(await two.keys(), String(at)).toHaveLength(3);
      await remove();
      await idle();
      expect([await two.keys(), await two.getMany(["a", "b", "c"])], String(at)).toEqual([[], [undefined, undefined, undefined]]);
    }
  });

  test("s_34 is told after the storage has accepted it, and never with a value", async () => {
    const stage = new Stage();
    const bus = new LocalBus();
    const cache = createCache<unknown>({ name: "n", storage: stage.storage, bus });
    for (const [method, act] of [
      ["set", () => cache.set("a", "secret", { tags: ["t"] })],
      ["delete", () => cache.delete("a")],
      ["replaceTokens", () => cache.invalidateByTag("t")],
      ["replaceTokens", () => cache.clear()],
    ] as const) {
      const release = stage.hold(method);
      const before = bus.messages.length;
      const acting = act();
      await idle();
      expect(bus.messages.length, method).toBe(before);
      release();
      await acting;
      await cache.flush();
      expect(bus.messages.length, method).toBe(before + 1);
    }
    stage.down();
    await cache.clear().catch(() => {});
    expect([bus.messages.length, JSON.stringify(bus.messages).includes("secret")]).toEqual([4, false]);
  });

  test("s_35 concerns caches of its name only, and tags those of its scope", async () => {
    const [bus, storage] = [new LocalBus(), memoryStorage()];
    const names = ["app/one", "app/two", "app", "apple", "other"];
    const caches = names.map((name) => createCache<unknown>({ name, storage, bus }));
    const left = async () => (await Promise.all(caches.map((cache) => cache.size()))).join();
    const fill = () => Promise.all(caches.map((cache) => cache.set("a", 1, { tags: ["t"] })));
    await fill();
    await caches[0]?.invalidateByTag("t");
    await idle();
    expect(await left()).toBe("0,0,0,1,1");
    await Promise.all(caches.map((cache) => cache.flush()));
    await fill();
    await Promise.all(caches.map((cache) => cache.flush()));
    await caches[2]?.clear();
    await idle();
    expect(await left()).toBe("1,1,0,1,1");
    expect(await Promise.all(names.map((name) => createCache<unknown>({ name, storage }).get("a")))).toEqual([1, 1, undefined, 1, 1]);
  });

  test("h_38 of which messages were lost is found out when that is told", async () => {
    const { bus, caches } = three();
    const [one, two] = caches;
    await one.set("a", 1);
    await one.flush();
    await two.get("a");
    bus.isLost = true;
    await one.set("a", 2);
    await one.flush();
    await idle();
    expect(await two.get("a")).toBe(1);
    bus.restore();
    expect([await two.get("a"), await one.get("a")]).toEqual([2, 2]);
  });
});

describe("a bus", () => {
  test("s_39 that says what nobody understands costs misses", async () => {
    let say: Parameters<Bus["subscribe"]>[0] = () => {};
    const bus: Bus = { publish: () => {}, subscribe: (hear) => ((say = hear), () => {}) };
    const cache = createCache<unknown>({ name: "n", storage: memoryStorage(), bus });
    await cache.set("a", 1);
    const told = listen(cache, "error");
    say({ kind: "message", message: { namespace: "n", origin: "x", what: { kind: "patterns", patterns: ["[a"], mode: "remove" } } });
    expect([await cache.size(), told]).toEqual([0, ["error bus-failed"]]);
    await cache.flush();
    expect(await cache.get("a")).toBe(1);
  });

  test("h_38 that fails is told what it missed with the next message, in order, or all at once", async () => {
    const bus = new LocalBus();
    let isDown = true;
    const publish = (message: Message): void => {
      if (isDown) throw new Error("not connected");
      bus.publish(message);
    };
    const cache = createCache<unknown>({ name: "n", storage: memoryStorage(), bus: { publish, subscribe: (hear) => bus.subscribe(hear) } });
    const told = listen(cache, "error");
    await cache.delete("a");
    await cache.invalidateByTag("t");
    expect([bus.messages, told]).toEqual([[], ["error bus-failed", "error bus-failed"]]);
    isDown = false;
    await cache.delete("b");
    expect(bus.messages.map(({ what }) => what)).toEqual([
      { kind: "keys", keys: ["a"] },
      { kind: "tags", tags: ["t"], mode: "remove" },
      { kind: "keys", keys: ["b"] },
    ]);
    bus.messages.length = 0;
    isDown = true;
    await cache.invalidateByTag("u");
    await cache.invalidateByTag("v", { mode: "expire" });
    for (let at = 0; at < 70; at++) await cache.delete(`k${at}`);
    isDown = false;
    await cache.delete("last");
    const [everything, ...others] = bus.messages.map(({ what }) => what);
    expect(everything).toEqual({ kind: "everything" });
    expect(others.slice(0, 2)).toEqual([{ kind: "tags", tags: ["u"], mode: "remove" }, { kind: "tags", tags: ["v"], mode: "expire" }]);
    expect(others.length).toBeLessThan(20);
  });

  test("is left by a cache that is closed", async () => {
    const { bus, caches, open } = three();
    expect(bus.hearers).toBe(3);
    for (const cache of caches) await cache.close();
    expect(bus.hearers).toBe(0);
    const cache = open();
    await cache.set("a", 1);
    await cache.close();
    expect(bus.messages.length).toBe(1);
  });

  test("without the two functions is refused", () => {
    const bus = { publish: () => {} } as unknown as Bus;
    expect(() => createCache({ name: "n", storage: memoryStorage(), bus })).toThrow(/bus has no function subscribe/);
  });
});

describe("loads that are alone", () => {
  test("h_07 run the fetcher once for all caches: the others find what the first one has stored", async () => {
    const { caches } = three();
    const load = pending<unknown>();
    const asked = caches.flatMap((cache) => [cache.getOrFetch("a", load.fetcher), cache.getOrFetch("a", load.fetcher)]);
    await idle();
    load.resolve(7);
    expect(await Promise.all(asked)).toEqual(Array(6).fill(7));
    expect(load.runs).toBe(1);
    expect(caches.map((cache) => cache.stats().loads)).toEqual([1, 0, 0]);
  });

  test("that fail let the next one try", async () => {
    const { caches } = three();
    let runs = 0;
    const fetcher = async () => (++runs === 1 ? Promise.reject(new Error("no")) : runs);
    const ends = await Promise.allSettled(caches.map((cache) => cache.getOrFetch("a", fetcher)));
    expect(ends.map((end) => (end.status === "fulfilled" ? end.value : "failed"))).toEqual(["failed", 2, 2]);
  });

  test("give their callers the value before the storage has it", async () => {
    const stage = new Stage();
    const bus = new LocalBus();
    const open = () => createCache<unknown>({ name: "n", storage: stage.storage, bus });
    const [one, two] = [open(), open()];
    const release = stage.hold("set");
    expect(await one.getOrFetch("a", async () => 1)).toBe(1);
    const second = two.getOrFetch("a", async () => 2);
    await idle();
    release();
    expect(await second).toBe(1);
  });

  test("h_13 that ask for their own key run uncached", async () => {
    const { caches } = three();
    const [cache] = caches;
    expect(await cache.getOrFetch("a", async () => 1 + ((await cache.getOrFetch("a", () => 10)) as number))).toBe(11);
  });

  test("s_19 are none where that fails", async () => {
    const broken: ((name: string, load: () => Promise<unknown>) => Promise<unknown>)[] = [
      () => Promise.reject(new Error("no locks")),
      () => {
        throw new Error("no locks at all");
      },
      async () => undefined,
      async (_, load) => {
        await load();
        throw new Error("late");
      },
    ];
    for (const alone of broken) {
      const bus = { publish: () => {}, subscribe: () => () => {}, alone } as Bus;
      let runs = 0;
      const cache = createCache<unknown>({ name: "n", storage: memoryStorage(), bus });
      expect([await cache.getOrFetch("a", async () => ++runs), runs]).toEqual([1, 1]);
    }
  });
});
