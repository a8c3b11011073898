//! The types of every subpath, as a program sees them.

import { type AsyncCache, type Cache, type CacheEvent, CachefnError, createCache, type Duration, Glob, memoize } from "cachefn-wasm";
import { createCache as withoutWasm, memoize as memoizeWithoutWasm } from "cachefn-wasm/no-wasm";
import { type CacheAPIOptions, cacheAPI } from "cachefn-wasm/cache-api";
import { unwatch, watch } from "cachefn-wasm/devtools";
import { type IndexedDBOptions, indexedDB } from "cachefn-wasm/indexeddb";
import { cachefnKeyv, keyvStorage } from "cachefn-wasm/keyv";
import { type KeyValueBinding, kv } from "cachefn-wasm/kv";
import { useCached } from "cachefn-wasm/react";
import { messagePack, readRecord, writeRecord } from "cachefn-wasm/records";
import { withModule } from "cachefn-wasm/slim";
import { type Bus, byteStorage, type CacheStorage, memoryStorage, type Storage, withTier } from "cachefn-wasm/storage";
import { tabs } from "cachefn-wasm/tabs";
import { describeStorage, type ManualClock, manualClock } from "cachefn-wasm/testing";
import { type UnstorageDriver, unstorage } from "cachefn-wasm/unstorage";
import { localStorage, sessionStorage } from "cachefn-wasm/webstorage";

const clock: ManualClock = manualClock();
const ttl: Duration = "5m";
const cache: Cache<number> = createCache<number>({ ttl, clock });
const found: number | undefined = cache.get("a");
cache.on("eviction", (event: CacheEvent) => event.key);
const user = memoize(async (id: string) => ({ id }));
const promised: Promise<{ id: string }> = user("7");
const same: Cache<number> = withoutWasm<number>();
const area: number = memoizeWithoutWasm((width: number, height: number) => width * height)(2, 3);
declare const module: Parameters<typeof withModule>[0];
const slim: Cache<number> = withModule(module).createCache<number>();
const matches: boolean = new Glob("a*").matches("ab");
const isOurs = (error: unknown): boolean => error instanceof CachefnError && error.code === "config";
declare const [binding, driver, plain]: [KeyValueBinding, UnstorageDriver, Storage];
const options: [IndexedDBOptions, CacheAPIOptions] = [{ database: "d" }, { name: "n", codec: messagePack }];
const bus: Bus = tabs({ channel: "c" });
const storages: CacheStorage[] = [indexedDB(options[0]), cacheAPI(options[1]), kv(binding), unstorage(driver), withTier(plain), memoryStorage()];
storages.push(localStorage(), sessionStorage(), keyvStorage(new Map<string, string>()), byteStorage({ get: () => undefined, set() {}, delete: () => false }));
const users: AsyncCache<number> = createCache<number>({ name: "users", storage: indexedDB(), bus });
const awaited: Promise<number | undefined> = users.get("7");
const kept: Promise<{ id: string }> = memoize(async (id: string) => ({ id }), { id: "kept", storage: memoryStorage() })("7");
const shown = (): { id: string } => useCached(user, ["7"]);
const count: number = describeStorage("mine", () => memoryStorage(), { test: (name, run) => [name, run], lists: true });
const again = readRecord(writeRecord({ name: "n:a", value: 1, created: 0, freshFor: 1, revalidatesFor: 0, bridgesFor: 0, idleFor: 1, namespaceToken: "", tags: [] }));
const store = cachefnKeyv(createCache<unknown>());
watch("users", users);
const isOver: boolean = unwatch("users");
// @ts-expect-error a misspelt option
createCache({ maxEntires: 1 });
// @ts-expect-error a key of another type
cache.get({});

export { again, area, awaited, count, found, isOurs, isOver, kept, matches, promised, same, shown, slim, storages, store };
