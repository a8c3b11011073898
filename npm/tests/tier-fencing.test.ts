//! s_18: whatever is removed while something is read or made for it stays removed, in every tier.

import { describe, expect, test } from "vitest";
import type { Notice } from "../src/bus.js";
import { type AsyncCache, createCache } from "../src/index.js";
import { manualClock } from "../src/testing.js";
import { pending } from "./support/loads.js";
import { idle, Stage } from "./support/stage.js";

/** A bus by which a test speaks. */
function speaker() {
  const hearers: ((notice: Notice) => void)[] = [];
  const say = (notice: Notice): void => hearers.forEach((hear) => hear(notice));
  const bus = {
    publish: () => {},
    subscribe: (hear: (notice: Notice) => void) => {
      hearers.push(hear);
      return () => {};
    },
  };
  return { bus, say };
}

interface Scene {
  readonly cache: AsyncCache<unknown>;
  readonly say: (notice: Notice) => void;
}

const other = { namespace: "n", origin: "another" };

/** Everything that makes what was read or made before worthless. */
const REMOVALS: [name: string, remove: (scene: Scene) => unknown, isWrite?: boolean][] = [
  ["delete", ({ cache }) => cache.delete("a")],
  ["deleteMany", ({ cache }) => cache.deleteMany(["a"])],
  ["expire", ({ cache }) => cache.expire("a")],
  ["clear", ({ cache }) => cache.clear()],
  ["invalidateByTag", ({ cache }) => cache.invalidateByTag("t")],
  ["invalidateByTags to expire", ({ cache }) => cache.invalidateByTags(["t"], { mode: "expire" })],
  ["invalidateByPattern", ({ cache }) => cache.invalidateByPattern("a*")],
  ["invalidateByPattern to expire", ({ cache }) => cache.invalidateByPattern("a*", { mode: "expire" })],
  ["set", ({ cache }) => cache.set("a", "newer"), true],
  ["a message of the key", ({ say }) => say({ kind: "message", message: { ...other, what: { kind: "keys", keys: ["a"] } } })],
  ["a message of the tag", ({ say }) => say({ kind: "message", message: { ...other, what: { kind: "tags", tags: ["t"], mode: "remove" } } })],
  ["a message of a pattern", ({ say }) => say({ kind: "message", message: { ...other, what: { kind: "patterns", patterns: ["?"], mode: "remove" } } })],
  ["a message of everything", ({ say }) => say({ kind: "message", message: { ...other, what: { kind: "everything" } } })],
  ["a message that was missed", ({ say }) => say({ kind: "missed" })],
];

describe.each(REMOVALS)("%s", (name, remove, isWrite) => {
  const isMessage = name.startsWith("a message");

  async function scene(isStored: boolean) {
    const stage = new Stage();
    if (isStored) {
      const writer = createCache<unknown>({ name: "n", storage: stage.storage });
      await writer.set("a", "old", { tags: ["t"] });
      await writer.flush();
    }
    const { bus, say } = speaker();
    const cache = createCache<unknown>({ name: "n", storage: stage.storage, bus });
    const fresh = () => createCache<unknown>({ name: "n", storage: stage.storage }).get("a");
    return { stage, cache, say, fresh };
  }

  test("s_18 while the row is read: it does not come to memory", async () => {
    for (const read of ["get", "getMany", "getOrFetch"] as const) {
      const { stage, cache, say, fresh } = await scene(true);
      const release = stage.hold("get");
      const asked = read === "getMany" ? cache.getMany(["a"]) : cache[read]("a", () => "made");
      await idle();
      const removed = remove({ cache, say });
      release();
      await asked;
      await removed;
      await cache.flush();
      // Whoever asked before may have got the old value; nobody does who asks afterwards, but from the storage of others.
      expect((await cache.entries()).map(([, value]) => value), read).toEqual(isWrite ? ["newer"] : []);
      expect(await fresh(), read).toBe(isWrite ? "newer" : isMessage ? "old" : undefined);
    }
  });

  test("s_18 while the tokens are read, or the fetcher runs: its callers get the value, and it is not stored", async () => {
    for (const step of ["createTokens", "fetcher"] as const) {
      const { stage, cache, say, fresh } = await scene(false);
      const release = step === "createTokens" ? stage.hold(step) : () => {};
      const load = pending<unknown>();
      const asked = cache.getOrFetch("a", load.fetcher, { tags: ["t"] });
      await idle();
      const removed = remove({ cache, say });
      const later = cache.getOrFetch("a", () => "anew");
      release();
      load.resolve("made");
      expect(await asked, step).toBe("made");
      await removed;
      expect(await later, step).toBe(isWrite ? "newer" : "anew");
      await cache.flush();
      expect([await cache.get("a"), await fresh()], step).toEqual(isWrite ? ["newer", "newer"] : ["anew", "anew"]);
      expect(cache.stats().fenced, step).toBe(1);
    }
  });

  test("s_18 while the value is written: it is gone afterwards", async () => {
    if (isMessage) return; // what others say is not newer than what is written after it
    const { stage, cache, say, fresh } = await scene(false);
    const release = stage.hold("set");
    await cache.getOrFetch("a", () => "made", { tags: ["t"] });
    await idle();
    const removed = remove({ cache, say });
    const meanwhile = cache.get("a");
    await idle();
    release();
    await removed;
    await cache.flush();
    const left = isWrite ? "newer" : undefined;
    expect([await meanwhile, await cache.get("a"), await fresh()]).toEqual([left, left, left]);
  });

  test("s_18 before the value is written: nobody reads it from the queue", async () => {
    if (isMessage) return;
    const { stage, cache, say, fresh } = await scene(true);
    const release = stage.hold("set");
    await cache.set("x", 0); // the storage is busy
    await idle();
    await cache.set("a", "queued", { tags: ["t"], tier: "storage" });
    expect(await cache.get("a")).toBe("queued");
    const removed = remove({ cache, say });
    const meanwhile = cache.get("a");
    await idle();
    release();
    await removed;
    await cache.flush();
    const left = isWrite ? "newer" : undefined;
    expect([await meanwhile, await cache.get("a"), await fresh()]).toEqual([left, left, left]);
  });
});

test("s_18 what others removed while a fetcher ran is not stored for them", async () => {
  const stage = new Stage();
  const [one, two] = [1, 2].map(() => createCache<unknown>({ name: "n", storage: stage.storage }));
  for (const remove of ["clear", "invalidateByTag"] as const) {
    const load = pending<unknown>();
    const asked = one?.getOrFetch("a", load.fetcher, { tags: ["t"] });
    await idle();
    await two?.[remove]("t");
    load.resolve("made");
    await asked;
    await one?.flush();
    expect(await two?.get("a"), remove).toBe(undefined);
    await one?.delete("a");
  }
});

test("s_28 a tag protects a value from when its fetcher named it", async () => {
  const stage = new Stage();
  const [one, two] = [1, 2].map(() => createCache<unknown>({ name: "n", storage: stage.storage }));
  const later = pending<void>();
  const asked = one?.getOrFetch("a", async (context) => {
    context.tags("late");
    await later.fetcher();
    context.tags("late", "later");
    return "made";
  });
  await idle();
  await two?.invalidateByTag("late");
  later.resolve();
  await asked;
  await one?.flush();
  expect(await two?.get("a")).toBe(undefined);
  await one?.getOrFetch("b", async (context) => (context.tags("late"), "kept"), { tags: ["t"] });
  await one?.flush();
  expect(await two?.get("b")).toBe("kept");
  await one?.invalidateByTag("late");
  expect(await createCache<unknown>({ name: "n", storage: stage.storage }).get("b")).toBe(undefined);
});

test("s_18 a late tag that was invalidated here while the fetcher ran wins over its value", async () => {
  const stage = new Stage();
  const cache = createCache<unknown>({ name: "n", storage: stage.storage });
  const load = pending<void>();
  const asked = cache.getOrFetch("a", async (context) => (await load.fetcher(), context.tags("t"), 1));
  await idle();
  await cache.invalidateByTag("t");
  load.resolve();
  expect(await asked).toBe(1);
  await cache.flush();
  expect([await cache.get("a"), await stage.value("n:a")]).toEqual([undefined, undefined]);
});

test("h_12 a row that dies while it is looked for and fetched is replaced by what is newer only", async () => {
  const [stage, clock] = [new Stage(), manualClock()];
  const cache = createCache<unknown>({ name: "n", storage: stage.storage, clock, ttl: 10 });
  const release = stage.hold("get");
  const asked = cache.getOrFetch("a", () => "made");
  await idle();
  const set = cache.set("a", "set");
  release();
  expect(await asked).toBe("set");
  await set;
  await cache.flush();
  expect([await cache.get("a"), await stage.value("n:a")]).toEqual(["set", "set"]);
});

test("s_28 to an invalidation by another process a value that was set is as new as its arrival, and flushed none survives", async () => {
  const stage = new Stage();
  const [one, two] = [1, 2].map(() => createCache<unknown>({ name: "n", storage: stage.storage })) as [AsyncCache<unknown>, AsyncCache<unknown>];
  const others = () => createCache<unknown>({ name: "n", storage: stage.storage }).get("a");
  await two.set("a", "old", { tags: ["t"] });
  await two.flush();
  // Before the set has asked for the tokens that protect it: the value is the newer of the two.
  let release = stage.hold("createTokens");
  await one.set("a", "new", { tags: ["t"] });
  await two.invalidateByTag("t");
  release();
  await one.flush();
  expect(await others()).toBe("new");
  // After that, and before the row is there: the invalidation is.
  release = stage.hold("set");
  await one.set("a", "newer", { tags: ["t"] });
  await idle();
  await two.invalidateByTag("t");
  release();
  await one.flush();
  expect(await others()).toBe(undefined);
  // And after a flush every later one ends it, whatever it is.
  for (const remove of [() => two.invalidateByTag("t"), () => two.delete("a"), () => two.invalidateByPattern("?"), () => two.clear()]) {
    await one.set("a", "newest", { tags: ["t"] });
    await one.flush();
    expect(await others()).toBe("newest");
    await remove();
    expect(await others()).toBe(undefined);
  }
});
