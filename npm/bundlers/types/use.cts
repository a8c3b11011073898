//! The types of every subpath, as a program sees them.

import { type Cache, type CacheEvent, CachefnError, createCache, type Duration, Glob, memoize } from "cachefn-wasm";
import { createCache as withoutWasm, memoize as memoizeWithoutWasm } from "cachefn-wasm/no-wasm";
import { withModule } from "cachefn-wasm/slim";
import { type ManualClock, manualClock } from "cachefn-wasm/testing";

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
// @ts-expect-error a misspelt option
createCache({ maxEntires: 1 });
// @ts-expect-error a key of another type
cache.get({});

export { area, found, isOurs, matches, promised, same, slim };
