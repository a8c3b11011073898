//! Which caches are watched, on this page.

import { misconfigured, show } from "../errors.js";
import { Recording } from "./recording.js";
import type { Watchable } from "./watchable.js";

/** By name, in the order in which they came. */
export const recordings = new Map<string, Recording>();

/** Told of what comes, goes and happens; it must be quick. */
export const watchers = new Set<(recording: Recording | undefined) => void>();

/** Begins to record a cache, instead of the one that had this name. */
export function begin(name: string, cache: Watchable): void {
  if (typeof name !== "string" || name === "") throw misconfigured("watch", `the name is ${show(name)}; use a text`);
  const missing = METHODS.find((method) => typeof cache?.[method] !== "function");
  if (missing !== undefined) {
    throw misconfigured(`watch ${name}`, `${show(cache)} has no ${missing}(); give a cache, such as the one of createCache`);
  }
  if (recordings.get(name)?.cache === cache) return;
  const recording = new Recording(name, cache, () => tell(recording));
  recordings.get(name)?.end();
  recordings.set(name, recording);
  tell(undefined);
}

/** Ends a recording; whether there was one. */
export function end(name: string): boolean {
  const recording = recordings.get(name);
  recording?.end();
  recordings.delete(name);
  if (recording !== undefined) tell(undefined);
  return recording !== undefined;
}

function tell(recording: Recording | undefined): void {
  for (const watcher of watchers) watcher(recording);
}

const METHODS = ["keys", "peek", "stats", "on", "off", "delete", "expire", "clear", "invalidateByTag", "invalidateByPattern"] as const;
