//! What time it is, and how long text such as "1h30m" lasts.

import { misconfigured, show } from "./errors.js";

/**
 * A source of the two times a cache needs. Deadlines in memory use only `monoMs`.
 *
 * A clock of your own is asked at every operation that needs the time; `cachefn-wasm/testing` has one
 * that stands still until it is told to advance.
 *
 * @example
 * ```ts
 * const clock = { monoMs: () => performance.now(), wallMs: () => Date.now() };
 * const cache = createCache<string>({ ttl: "1m", clock });
 * ```
 */
export interface Clock {
  /** Milliseconds since a start of the clock's choice; never goes backwards. */
  monoMs(): number;
  /** Milliseconds since 1970-01-01 UTC; may jump. */
  wallMs(): number;
}

/**
 * A length of time: milliseconds, or text such as `"250ms"`, `"30s"`, `"5m"`, `"1h30m"` or `"7d"`, the
 * longest unit first.
 *
 * Parts of a millisecond count as a whole one; `Infinity` means without end.
 *
 * @example
 * ```ts
 * cache.set("a", 1, { ttl: 90_000 });
 * cache.set("b", 1, { ttl: "1m30s" });
 * ```
 */
export type Duration = number | string;

/** The time a cache goes by, in whole milliseconds, kept in halves of 32 bits as the engine keeps its own. */
export class Now {
  readonly #clock: Clock;
  readonly #lasts: number;
  readonly #drop: () => void;
  #low = 0;
  #high = 0;
  #uses = 0;
  #dropping = false;

  /** `lasts` is for how many uses one reading may serve, never beyond the next microtask. */
  constructor(clock: Clock, lasts: number) {
    this.#clock = clock;
    this.#lasts = lasts;
    this.#drop = () => {
      this.#dropping = false;
      this.#uses = 0;
    };
  }

  read(): number {
    if (this.#uses > 0) this.#uses--;
    else this.#ask();
    return (this.#high >>> 0) * 0x1_0000_0000 + (this.#low >>> 0);
  }

  /** Whether it is earlier than a time given in halves. */
  isBefore(low: number, high: number): boolean {
    if (this.#uses > 0) this.#uses--;
    else this.#ask();
    return high === this.#high ? this.#low >>> 0 < low >>> 0 : this.#high >>> 0 < high >>> 0;
  }

  /** Foreign code ran, which may have taken any time. */
  forget(): void {
    this.#uses = 0;
  }

  #ask(): void {
    const ms = Math.floor(this.#clock.monoMs());
    this.#low = ms | 0;
    this.#high = (ms / 0x1_0000_0000) | 0;
    this.#uses = this.#lasts - 1;
    if (this.#uses > 0 && !this.#dropping) {
      this.#dropping = true;
      queueMicrotask(this.#drop);
    }
  }
}

/** The time of a cache: its own clock's, or the machine's, read once for up to 64 operations in a row. */
export function timeOf(clock: Clock | undefined): Now {
  return clock === undefined ? (machineTime ??= new Now(MACHINE, 64)) : new Now(clock, 1);
}

/** When an entry written at `now` dies; 0 stands for never. */
export function deadline(now: number, ttl: number): number {
  const due = now + ttl;
  return due <= Number.MAX_SAFE_INTEGER ? due : 0;
}

/**
 * Whole milliseconds of a duration; `Infinity` where no clock counts so far. `what` names the setting in
 * the error.
 */
export function milliseconds(duration: Duration, operation: string, what: string): number {
  const length = typeof duration === "string" ? parse(duration) : duration;
  if (typeof length === "number" && length >= 0) {
    return length > Number.MAX_SAFE_INTEGER ? Number.POSITIVE_INFINITY : Math.ceil(length);
  }
  const isNegative = typeof length === "number" && length < 0;
  const advice = isNegative ? "use 0 or more" : 'use milliseconds or text such as "250ms", "30s", "5m", "1h30m", "7d"';
  throw misconfigured(operation, `${what} is ${show(duration)}; ${advice}`);
}

/** NaN when the text is no duration: each unit once at most, the longest first. */
function parse(text: string): number {
  const parts = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/.exec(text);
  if (parts === null || text === "") return Number.NaN;
  const [, days = 0, hours = 0, minutes = 0, seconds = 0, ms = 0] = parts.map(Number).map((count) => count || 0);
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + ms;
}

const MACHINE: Clock = { monoMs: () => performance.now(), wallMs: () => Date.now() };
let machineTime: Now | undefined;
