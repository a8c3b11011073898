//! What the types promise and refuse. Checked by `npm run types`; never run.

import {
  type Cache,
  type CacheEvent,
  createCache,
  Glob,
  type Key,
  type Memoized,
  type MemoizeOptions,
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
  same<typeof own, string | 7>(true);
  const texts = memoize((user: User) => user.id, { key: (user) => `user:${user.id}` });
  const text = texts.key({ id: "7" });
  same<typeof text, `user:${string}`>(true);
  const withOptions: MemoizeOptions<(id: string) => string> = { key: (id) => id };
  const either = memoize((id: string) => id, withOptions).key("7");
  same<typeof either, Key>(true);
  // @ts-expect-error a key is a text or a number
  memoize((user: User) => user.id, { key: (user) => user });
  // @ts-expect-error an argument that the function does not have
  memoize((id: string) => id, { tags: (id: number) => [`${id}`] });

  const withDefaults = memoize((first: number, second = 2, ...others: number[]) => first + second + others.length);
  const sum = withDefaults(1);
  same<typeof sum, number>(true);
  withDefaults(1, 2, 3);
  // @ts-expect-error the default says what it is
  withDefaults(1, "2");

  const failing = memoize((): never => {
    throw new Error("no");
  });
  same<typeof failing.cache, Cache<never>>(true);
  const nothing = memoize(() => {});
  same<typeof nothing.cache, Cache<void>>(true);

  // @ts-expect-error not a function
  memoize("a text");
  // @ts-expect-error a parameter without a type
  memoize((id) => id);
  // @ts-expect-error a misspelt option
  memoize((id: string) => id, { weakkeys: true });
  // @ts-expect-error a weight that is no number
  memoize((id: string) => id, { maxWeight: 5, weigh: () => "heavy" });
  memoize(async (id: string): Promise<User> => ({ id }), { maxWeight: 5, weigh: (_, user) => user.id.length });
  memoize(async (id: string): Promise<User> => ({ id }), { staleWhileRevalidate: "1h", cacheErrors: () => "1s", jitter: 0.1 });
}

export function overloads(): void {
  function overloaded(value: string): string;
  function overloaded(value: number, more: boolean): Promise<number>;
  function overloaded(value: string | number, _more?: boolean): string | Promise<number> {
    return typeof value === "string" ? value : Promise.resolve(value);
  }
  const kept = memoize(overloaded, { key: (value, more) => `${value}${more === undefined || more}`, tags: (value) => [`${value}`] });
  const text = kept("a");
  const number = kept(1, true);
  same<typeof text, string>(true);
  same<typeof number, Promise<number>>(true);
  same<typeof kept.cache, Cache<string | number>>(true);
  kept.key("a");
  kept.key(1, false);
  // @ts-expect-error no overload takes that
  kept("a", true);
  // @ts-expect-error no overload takes that
  kept.key(1);
  same<typeof kept.uncached, typeof overloaded>(true);

  interface Five {
    (value: 1): "1";
    (value: 2): "2";
    (value: 3): "3";
    (value: 4): Promise<"4">;
    (value: 5): "5";
  }
  const five = memoize((() => "1") as unknown as Five);
  const four = five(4);
  same<typeof four, Promise<"4">>(true);
  same<typeof five.cache, Cache<"1" | "2" | "3" | "4" | "5">>(true);
  five.key(3);

  const untyped = memoize(JSON.parse as (...args: any[]) => any);
  const anything = untyped("1", 2, 3);
  same<typeof anything, any>(true);
}

export function generics(): void {
  const literal = memoize(<T extends string>(value: T): T => value);
  const one = literal("a");
  same<typeof one, "a">(true);

  function index<T, K extends string>(list: readonly T[], keyOf: (value: T) => K): Map<K, T> {
    return new Map(list.map((value) => [keyOf(value), value]));
  }
  const indexed = memoize(index, { weakKeys: true });
  const map = indexed([{ id: "a" as const }], ({ id }) => id);
  same<typeof map, Map<"a", { id: "a" }>>(true);
  // @ts-expect-error a key that is no text
  indexed([1], (value) => value);

  function wrapped<F extends (id: string) => Promise<User>>(load: F): Promise<User> {
    return memoize(load, { ttl: "5m" })("7");
  }
  void wrapped(async (id) => ({ id }));
}

export function surroundings(): void {
  function withThis(this: User, suffix: string): string {
    return this.id + suffix;
  }
  const bound = memoize(withThis);
  const called = bound.call({ id: "7" }, "!");
  same<typeof called, string>(true);
  // @ts-expect-error `this` is missing
  bound("!");

  memoize(withThis, { key(suffix) { return this.id + suffix; }, tags() { return [this.id]; } });
  // @ts-expect-error `this` has no such member
  memoize(withThis, { key() { return this.name; } });

  class Shop {
    readonly rate = 2;
    price(amount: number): number {
      return amount * this.rate;
    }
    readonly later = memoize(async (amount: number) => amount * this.rate);
  }
  Shop.prototype.price = memoize(Shop.prototype.price, { key(this: Shop, amount) { return this.rate * amount; } });
  const later = new Shop().later(5);
  same<typeof later, Promise<number>>(true);

  const marked = memoize(Object.assign((id: string) => id, { displayName: "find" }));
  same<typeof marked.displayName, string>(true);
  // @ts-expect-error the cache is not to be set
  marked.cache = marked.cache;

  const named: Memoized<(id: string) => User> = memoize((id: string) => ({ id }));
  named("7");
  const options: MemoizeOptions<(id: string) => User> = { ttl: "5m", tags: (id) => [id] };
  memoize((id: string): User => ({ id }), options);
}

export function testing(): void {
  const clock: ManualClock = manualClock();
  clock.advance("5m");
  // @ts-expect-error a duration is a number or a text
  clock.advance(new Date());
}
