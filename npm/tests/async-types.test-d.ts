//! What the types of asynchronous caches promise and refuse. Checked by `npm run types`; never run.

import {
  type AsyncCache,
  type AsyncMemoized,
  type AsyncStats,
  type Cache,
  createCache,
  memoize,
  type Memoized,
  type Snapshot,
} from "../src/index.js";
import { memoryStorage } from "../src/index.storage.js";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(yes: Same<A, B>): void;

interface User {
  readonly id: string;
}

const storage = memoryStorage();

export async function caches(): Promise<void> {
  const users = createCache<User>({ name: "users", storage, ttl: "5m", maxPending: 10, boot: "lazy", tier: "both" });
  same<typeof users, AsyncCache<User>>(true);
  const found = await users.get("7");
  same<typeof found, User | undefined>(true);
  const many = await users.getMany(["7", 8]);
  same<typeof many, (User | undefined)[]>(true);
  const made = users.getOrFetch("7", async ({ signal }) => ({ id: signal.aborted ? "" : "7" }), { tier: "storage", tags: ["users"] });
  same<typeof made, Promise<User>>(true);
  const stats = users.stats();
  same<typeof stats, AsyncStats>(true);
  const snapshot = await users.dehydrate();
  same<typeof snapshot, Snapshot>(true);
  const keys = await users.keys("*");
  same<typeof keys, string[]>(true);
  const reading = createCache<User>({ name: "users", storage, fetcher: async (key) => ({ id: String(key) }) });
  const read = await reading.get("7");
  same<typeof read, User>(true);
  const at = createCache<User>({ name: "users", storage, fetcher: (key) => ({ id: String(key) }) });
  same<typeof at, AsyncCache<User, User>>(true);
  const memory = createCache<User>({ ttl: "5m" });
  same<typeof memory, Cache<User>>(true);

  // @ts-expect-error a value of another type
  users.set("7", "a text");
  // @ts-expect-error a storage needs a name
  createCache<User>({ storage });
  // @ts-expect-error a name needs a storage
  createCache<User>({ name: "users" });
  // @ts-expect-error a tier that does not exist
  users.set("7", { id: "7" }, { tier: "disk" });
  // @ts-expect-error memory has no tiers
  memory.set("7", { id: "7" }, { tier: "memory" });
  // @ts-expect-error what was not made by a factory is no storage for a cache
  createCache<User>({ name: "users", storage: {} });
}

export async function functions(): Promise<void> {
  const area = memoize((w: number, h: number) => w * h, { storage, id: "area" });
  same<typeof area, AsyncMemoized<(w: number, h: number) => number>>(true);
  const size = area(2, 3);
  same<typeof size, Promise<number>>(true);
  const text = area.key(2, 3);
  same<typeof text, string>(true);
  same<typeof area.cache, AsyncCache<number>>(true);
  const load = async (id: string): Promise<User> => ({ id });
  const user = memoize(load, { storage, id: "user", version: 2, tags: (id) => [`user:${id}`], key: (id) => `user:${id}` });
  const loaded = user("7");
  same<typeof loaded, Promise<User>>(true);
  same<typeof user.uncached, typeof load>(true);
  const plain = memoize((n: number) => n);
  same<typeof plain, Memoized<(n: number) => number>>(true);

  // @ts-expect-error the arguments stay
  area("2", 3);
  // @ts-expect-error weakKeys cannot outlive the process
  memoize((n: object) => n, { storage, id: "f", weakKeys: true });
}
