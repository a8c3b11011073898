//! What the package exports beside its two functions, the same from every entry.

export type { AsyncCache } from "./async-cache.js";
export type { AsyncCacheOptions, AsyncEntryOptions, AsyncFetchOptions, Tier } from "./async-options.js";
export type { AsyncMemoized, AsyncMemoizeOptions } from "./async-memoized.js";
export type { AsyncStats, CacheState } from "./async-watching.js";
export type { Cache } from "./cache.js";
export type { InvalidateOptions } from "./cache-removing.js";
export type { FetchContext } from "./context.js";
export type { Policy } from "./engine/codes.js";
export { CachefnError, type ErrorCode } from "./errors.js";
export type { CacheEvent, Cause, EventKind, Listener } from "./events.js";
export { Glob, type Patterns } from "./glob.js";
export type { Key } from "./key.js";
export type { MemoizeOptions, Memoized } from "./memoized.js";
export type { EntryOptions, FetchOptions } from "./life.js";
export type { CacheOptions } from "./options.js";
export type { Snapshot } from "./snapshot.js";
export type { Stats } from "./stats.js";
export type { Clock, Duration } from "./time.js";
