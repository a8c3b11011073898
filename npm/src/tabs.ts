//! `cachefn-wasm/tabs`: what one tab invalidates, the others know at once.

import type { Bus } from "./bus.js";
import { TabsBus, type TabsOptions } from "./tabs/tabs-bus.js";

export type { Bus, Invalidation, Message, Notice } from "./bus.js";
export type { TabsOptions } from "./tabs/tabs-bus.js";

/**
 * A bus between all tabs, frames and workers of one origin, for the option `bus` of caches that share a
 * storage. Only what is invalid passes, never a value.
 *
 * It takes a `BroadcastChannel`, or where there is none the events of the local storage, which reach pages
 * only. Where Web Locks are, one tab fetches a value and the others take what it stored. A tab that was frozen or
 * kept aside asks the storage anew for everything, because messages may have passed it by.
 *
 * @throws {CachefnError} code `config` for an option that cannot work or does not exist.
 *
 * @example
 * ```ts
 * const bus = tabs();
 * const here = createCache<number>({ name: "prices", storage: memoryStorage(), bus });
 * await here.set("a", 1);
 * await here.close();
 * ```
 */
export function tabs(options?: TabsOptions): Bus {
  return new TabsBus(options);
}
