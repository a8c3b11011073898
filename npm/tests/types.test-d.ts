//! What the types promise and refuse. Checked by `npm run types`; never run.

import {
  type Cache,
  type CacheEvent,
  createCache,
  Glob,
  type Key,
  type Memoized,
  memoize,
  type Stats,
} from "../src/index.js";
import { type ManualClock, manualClock } from "../src/testing.js";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(yes: Same<A, B>): void;

interface User {
  readonly id: string;
}

export function caches(): void {
  const users = createCache<User>({ maxEntries: 10, policy: "lru", ttl: "5m", clock: manualClock() });
  same<typeof users, Cache<User>>(true);
  const found = users.get("7");
  same<typeof found, User | undefined>(true);
  const keys = users.keys(Glob.prefix("user:"));
  same<typeof keys, Key[]>(true);
  const stats = users.stats();
  same<typeof stats, Stats>(true);
  users.set(7, { id: "7" }, { ttl: 5, tags: ["users"] });
  users.on("eviction", (event) => same<typeof event, CacheEvent>(true));

  // @ts-expect-error a value of another type
  users.set("7", "a text");
  // @ts-expect-error no value
  users.set("7");
  // @ts-expect-error keys are texts and numbers
  users.get({});
  // @ts-expect-error there is no such event
  users.on("evicted", () => {});
  // @ts-expect-error a misspelt option
  createCache({ maxEntires: 10 });
  // @ts-expect-error a policy that does not exist
  createCache({ policy: "mru" });
  // @ts-expect-error tags are a list
  users.set("7", { id: "7" }, { tags: "users" });
  // @ts-expect-error the size is not to be set
  users.size = 5;
}

export async function loading(): Promise<void> {
  const cache = createCache<User>();
  const now = cache.getOrFetch("7", () => ({ id: "7" }));
  same<typeof now, User>(true);
  const later = cache.getOrFetch("7", async () => ({ id: "7" }), { ttl: "5m" });
  same<typeof later, User | Promise<User>>(true);
  const awaited = await cache.getOrFetch("7", (context) => {
    context.ttl("1m");
    context.tags("users", "all");
    context.skip();
    return Promise.resolve({ id: "7" });
  });
  same<typeof awaited, User>(true);
  const either = cache.getOrFetch("7", () => (Math.random() < 0.5 ? { id: "7" } : Promise.resolve({ id: "7" })));
  same<typeof either, User | Promise<User>>(true);
  // @ts-expect-error a fetcher of another type
  cache.getOrFetch("7", () => "a text");
  // @ts-expect-error a promise of another type
  cache.getOrFetch("7", async () => "a text");
}

export async function memoized(): Promise<void> {
  const area = memoize((w: number, h: number) => w * h);
  const answer = area(2, 3);
  same<typeof answer, number>(true);
  same<typeof area.cache, Cache<number>>(true);
  const key = area.key(2, 3);
  same<typeof key, string>(true);
  // @ts-expect-error too few arguments
  area(2);
  // @ts-expect-error an argument of another type
  area.key("2", 3);

  const user = memoize(async (id: string): Promise<User> => ({ id }), { ttl: "5m", tags: (id) => [`user:${id}`] });
  const promised = user("7");
  same<typeof promised, Promise<User>>(true);
  same<typeof user.cache, Cache<User>>(true);
  const uncached = await user.uncached("7");
  same<typeof uncached, User>(true);

  const numbered = memoize((user: User, _deep: boolean) => user.id, { key: (user, deep) => (deep ? user.id : 7) });
  const own = numbered.key({ id: "7" }, true);
  same<typeof own, Key>(true);
  // @ts-expect-error a key is a text or a number
  memoize((user: User) => user.id, { key: (user) => user });
  // @ts-expect-error an argument that the function does not have
  memoize((id: string) => id, { tags: (id: number) => [`${id}`] });

  function overloaded(value: string): string;
  function overloaded(value: number): number;
  function overloaded(value: string | number): string | number {
    return value;
  }
  const kept = memoize(overloaded);
  const [text, number] = [kept("a"), kept(1)];
  same<typeof text, string>(true);
  same<typeof number, number>(true);

  const generic = memoize(<T extends string>(value: T): T => value);
  const literal = generic("a");
  same<typeof literal, "a">(true);

  function withThis(this: User, suffix: string): string {
    return this.id + suffix;
  }
  const bound = memoize(withThis);
  const called = bound.call({ id: "7" }, "!");
  same<typeof called, string>(true);
  // @ts-expect-error `this` is missing
  bound("!");

  const named: Memoized<(id: string) => User> = memoize((id: string) => ({ id }));
  named("7");
}

export function testing(): void {
  const clock: ManualClock = manualClock();
  clock.advance("5m");
  // @ts-expect-error a duration is a number or a text
  clock.advance(new Date());
}
