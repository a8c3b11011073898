//! `cachefn-wasm/devtools`: caches watched in the page, by the element `<cachefn-devtools>`.

import { define } from "./devtools/element.js";
import { begin, end } from "./devtools/registry.js";
import type { Watchable } from "./devtools/watchable.js";

export type { Eventual, Watchable } from "./devtools/watchable.js";

/**
 * Shows a cache in every `<cachefn-devtools>` of the page, instead of the one that had this name.
 *
 * The cache of a memoised function is its `cache`. Each watched cache has a listener for all events, which
 * makes its hits slower, has a note for each entry, and is kept until {@link unwatch}: for looking, not for
 * production. The element wears the colours of the system, or those of its attribute `theme`, which is `light`
 * or `dark`. Where there is no page, nothing is shown.
 *
 * @throws {CachefnError} code `config` for a name that is no text, and for what is not a cache.
 *
 * @example
 * ```ts
 * const area = memoize((width: number, height: number) => width * height);
 * watch("areas", area.cache);
 * area(2, 3);
 * assert(unwatch("areas") && !unwatch("areas"));
 * ```
 */
export function watch(name: string, cache: Watchable): void {
  begin(name, cache);
  define();
}

// An element that stands in the page before anything is watched says so.
define();

/**
 * Shows a cache no longer; whether one of this name was shown.
 *
 * @example
 * ```ts
 * watch("users", cache);
 * assert(unwatch("users"));
 * ```
 */
export function unwatch(name: string): boolean {
  return end(name);
}
