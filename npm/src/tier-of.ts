//! The way to the asynchronous cache, which only a storage brings along.

import type { Engine } from "./engine/engine.js";
import { misconfigured, show } from "./errors.js";

/** Opens the asynchronous cache that `options` ask for, or makes `fn` remember in one. */
export type OpenTier = (engine: Engine, options: never, fn?: unknown) => unknown;

/** What opens the cache of these options, if they name a storage. */
export function tierOf(options: object | null | undefined, operation: string): OpenTier | undefined {
  const storage = (options as { readonly storage?: { readonly "~tier"?: OpenTier } } | undefined)?.storage;
  if (storage === undefined) return undefined;
  const open = storage?.["~tier"];
  if (typeof open === "function") return open;
  throw misconfigured(operation, `storage is ${show(storage)}; use one such as indexedDB()`);
}
