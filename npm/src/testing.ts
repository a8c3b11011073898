//! `cachefn-wasm/testing`: what tests of caching code want.

import { type Clock, type Duration, milliseconds } from "./time.js";

export { describeStorage, type SuiteOptions } from "./suite/suite.js";

/**
 * A clock that stands still until it is told to advance; {@link manualClock} makes one.
 *
 * @example
 * ```ts
 * const clock: ManualClock = manualClock();
 * clock.advance("1h30m");
 * assert(clock.monoMs() === 5_400_000);
 * ```
 */
export interface ManualClock extends Clock {
  /** Moves the time forward. */
  advance(by: Duration): void;
}

/**
 * A clock that shows 0 and stands still.
 *
 * @example
 * ```ts
 * const clock = manualClock();
 * const cache = createCache<number>({ ttl: "1s", clock });
 * cache.set("a", 1);
 * clock.advance("999ms");
 * assert(cache.get("a") === 1);
 * clock.advance(1);
 * assert(cache.get("a") === undefined); // dead at the very millisecond
 * ```
 */
export function manualClock(): ManualClock {
  let now = 0;
  return {
    monoMs: () => now,
    wallMs: () => now,
    advance(by) {
      now += milliseconds(by, "advance", "the time");
    },
  };
}
