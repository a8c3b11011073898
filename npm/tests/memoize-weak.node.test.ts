//! Arguments by reference, and what is left of them. Needs the collector, so Node only.

import { describe, expect, test, vi } from "vitest";
import { memoize } from "../src/index.js";
import { manualClock } from "../src/testing.js";

const collect = globalThis.gc as () => void;

interface User {
  readonly id: number;
  other?: unknown;
}

/** Lets the collector run, and the finalizers that it queues. */
async function collected(): Promise<void> {
  for (let round = 0; round < 5; round++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("with weakKeys", () => {
  test("objects are told apart by what they are, everything else by value", () => {
    const fn = vi.fn((..._: unknown[]) => ({}));
    const memoized = memoize(fn, { weakKeys: true });
    const [one, other] = [{ id: 7 }, { id: 7 }];
    expect(memoized(one)).toBe(memoized(one));
    expect(memoized(one)).not.toBe(memoized(other));
    expect(memoized(one, "a", 1n)).toBe(memoized(one, "a", 1));
    expect(memoized(one, "a")).not.toBe(memoized(one, "b"));
    expect(memoized(one, other)).toBe(memoized(one, other));
    expect(memoized(one, other)).not.toBe(memoized(other, one));
    expect(memoized("a", 1)).toBe(memoized("a", 1));
    expect(memoized("Reference(1)")).not.toBe(memoized(one));
    expect(fn).toHaveBeenCalledTimes(9);
  });

  test("what cannot be told apart by value can be: instances, functions, maps, circles", () => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    const objects = [new (class Point {})(), () => {}, new Map(), circle, new Proxy({}, {}), Object.freeze({}), [1, , 2]];
    const memoized = memoize((_: object) => ({}), { weakKeys: true });
    for (const object of objects) expect(memoized(object)).toBe(memoized(object));
    expect(new Set(objects.map((object) => memoized(object))).size).toBe(objects.length);
    objects.push({});
    expect(memoized.cache.stats()).toMatchObject({ loads: 7, size: 7 });
  });

  test("a changed object keeps its entry", () => {
    const memoized = memoize((user: User) => ({ ...user }), { weakKeys: true });
    const user = { id: 7, other: 1 };
    memoized(user);
    user.other = 2;
    expect(memoized(user).other).toBe(1);
  });

  test("a symbol runs uncached, as it does without", () => {
    const memoized = memoize((_: symbol) => ({}), { weakKeys: true });
    const symbol = Symbol("s");
    expect(memoized(symbol)).not.toBe(memoized(symbol));
  });

  test("the key of an object leads to its entry, and by hand back to the function", async () => {
    const memoized = memoize((user: User, area: string) => `${user.id}${area}`, { weakKeys: true });
    const user = { id: 7 };
    const key = memoized.key(user, "eu");
    expect(key).toMatch(/^Reference\(\d+\),"eu"$/);
    expect(memoized.cache.has(key)).toBe(false);
    expect(memoized(user, "eu")).toBe("7eu");
    expect([memoized.cache.get(key), memoized.cache.peek(key), memoized.cache.keys()]).toEqual(["7eu", "7eu", [key]]);
    memoized.cache.set(key, "by hand");
    expect([memoized(user, "eu"), memoized({ id: 7 }, "eu")]).toEqual(["by hand", "7eu"]);
    expect([memoized.cache.delete(key), memoized.cache.has(key)]).toEqual([true, false]);
    memoized.cache.set(memoized.key(user, "us"), "first by hand");
    expect(memoized(user, "us")).toBe("first by hand");
    expect(memoized.cache.invalidateByPattern("Reference(*),*")).toBe(2);

    const later = memoize(async (user: User) => user.id, { weakKeys: true });
    later.cache.set(later.key(user), 70);
    expect(later(user)).toBeInstanceOf(Promise);
    expect(await later(user)).toBe(70);
  });

  test("limits, lifetimes and tags hold as always", () => {
    const clock = manualClock();
    const fn = vi.fn((user: User) => ({ of: user.id }));
    const memoized = memoize(fn, { weakKeys: true, maxEntries: 2, policy: "lru", ttl: "5s", clock, tags: (user) => [`${user.id}`] });
    const users = [0, 1, 2].map((id) => ({ id }));
    for (const user of users) memoized(user);
    expect([memoized.cache.size, memoized.cache.stats().evictions]).toEqual([2, 1]);
    memoized(users[2] as User);
    expect(fn).toHaveBeenCalledTimes(3);
    memoized.cache.invalidateByTag("2");
    memoized(users[2] as User);
    expect(fn).toHaveBeenCalledTimes(4);
    clock.advance("5s");
    memoized(users[2] as User);
    expect(fn).toHaveBeenCalledTimes(5);
  });

  test("h_07 calls at the same time share one promise", async () => {
    const fn = vi.fn(async (user: User) => ({ of: user.id }));
    const memoized = memoize(fn, { weakKeys: true });
    const user = { id: 7 };
    const [one, other] = await Promise.all([memoized(user), memoized(user)]);
    expect(one).toBe(other);
    expect(await memoized(user)).toBe(one);
    expect(fn).toHaveBeenCalledTimes(1);
  });
});

describe("an entry dies with its object", () => {
  /** Calls a function with an object that nobody keeps; what came back is kept weakly. */
  function callOnce(memoized: (user: User, ...others: unknown[]) => object, ...others: unknown[]): WeakRef<object>[] {
    const user = { id: 7 };
    return [new WeakRef(user), new WeakRef(memoized(user, ...others))];
  }

  test.each<[string, (user: User, ...others: unknown[]) => object]>([
    ["a value of its own", (user) => ({ of: user.id })],
    ["a value that holds its argument", (user) => ({ user })],
    ["a value that its argument holds", (user) => (user.other = { user })],
    ["a function that closes over its argument", (user) => () => user],
  ])("with %s", async (_, fn) => {
    const memoized = memoize(fn, { weakKeys: true });
    const told: unknown[] = [];
    memoized.cache.on("expire", ({ key, cause }) => told.push(key, cause));
    const kept = { id: 8 };
    const value = memoized(kept);
    const refs = [...callOnce(memoized), ...callOnce(memoized, "area", 1), ...callOnce(memoized, kept)];
    expect(memoized.cache.stats().size).toBe(4);
    await collected();
    expect(refs.map((ref) => ref.deref())).toEqual(refs.map(() => undefined));
    expect([memoized.cache.size, memoized.cache.stats().expirations]).toEqual([1, 3]);
    expect(told.filter((cause) => cause === "expired")).toHaveLength(3);
    expect(memoized(kept)).toBe(value);
  });

  test("that came by a promise", async () => {
    const memoized = memoize(async (user: User) => ({ user }), { weakKeys: true });
    const refs = await (async () => {
      const user = { id: 7 };
      return [new WeakRef(user), new WeakRef(await memoized(user)), new WeakRef(memoized(user))];
    })();
    await collected();
    expect(refs.map((ref) => ref.deref())).toEqual([undefined, undefined, undefined]);
    expect(memoized.cache.size).toBe(0);
  });

  test("that comes when nobody has the object any more", async () => {
    let resolve = (_: object): void => {};
    const memoized = memoize((_: User) => new Promise<object>((ready) => { resolve = ready; }), { weakKeys: true });
    const user = ((): WeakRef<object> => {
      const user = { id: 7 };
      void memoized(user);
      return new WeakRef(user);
    })();
    await collected();
    resolve({});
    await collected();
    expect([user.deref(), memoized.cache.stats().sets, memoized.cache.size]).toEqual([undefined, 1, 0]);
  });

  test("whichever of its objects that is", async () => {
    const memoized = memoize((one: User, other: User) => [one.id, other.id], { weakKeys: true });
    const kept = { id: 1 };
    (() => {
      memoized(kept, { id: 2 });
      memoized({ id: 3 }, kept);
    })();
    await collected();
    expect(memoized.cache.size).toBe(0);
  });

  test("and a value leaves at once when it is evicted, while the object lives on", async () => {
    const memoized = memoize((user: User) => ({ user }), { weakKeys: true, maxEntries: 1, policy: "lru" });
    const [one, other] = [{ id: 1 }, { id: 2 }];
    const value = ((): WeakRef<object> => new WeakRef(memoized(one)))();
    memoized(other);
    await collected();
    expect([value.deref(), memoized.cache.size]).toEqual([undefined, 1]);
    expect(memoized(one).user).toBe(one);
  });

  test("and a hundred thousand of them leave nothing behind", async () => {
    const memoized = memoize((user: User, _: number) => ({ user }), { weakKeys: true, maxEntries: 1000 });
    const round = async (): Promise<number> => {
      for (let id = 0; id < 20_000; id++) memoized({ id }, id);
      await collected();
      return process.memoryUsage().heapUsed;
    };
    const first = await round();
    let last = first;
    for (let rounds = 0; rounds < 4; rounds++) last = await round();
    expect(memoized.cache.size).toBe(0);
    expect(last - first).toBeLessThan(2_000_000);
  });

  test("and a memoised function that is dropped is let go, though its objects live", async () => {
    const kept = { id: 7 };
    const dropped = ((): WeakRef<object>[] => {
      const memoized = memoize((user: User) => ({ user }), { weakKeys: true });
      return [new WeakRef(memoized), new WeakRef(memoized(kept))];
    })();
    await collected();
    expect(dropped.map((ref) => ref.deref())).toEqual([undefined, undefined]);
  });
});

test("s_19 where the platform cannot keep objects weakly, the limits alone let entries go", () => {
  vi.stubGlobal("WeakRef", undefined);
  try {
    const memoized = memoize((user: User) => ({ user }), { weakKeys: true });
    const user = { id: 7 };
    expect(memoized(user)).toBe(memoized(user));
    expect(memoized(user)).not.toBe(memoized({ id: 7 }));
    expect(memoized.cache.get(memoized.key(user))).toBe(memoized(user));
  } finally {
    vi.unstubAllGlobals();
  }
});
