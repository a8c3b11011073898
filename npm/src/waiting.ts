//! Waiting for a promise, as long as somebody wants to.

import type { Flight, Flights, Wait } from "./flight.js";

/** When a wait ends before the fetcher does, and how. */
export interface Bounds {
  readonly loadTimeout: number;
  /** The value that all get instead, or throws what they get. */
  readonly timeOut: () => unknown;
  readonly softTimeout: number;
  /** Whether the previous value may be given to all who wait now. */
  readonly answerEarly: () => boolean;
}

/** The promise of a flight for one more caller, who may end its wait by a signal. */
export function waitFor(flight: Flight, flights: Flights, signal: AbortSignal | undefined): unknown {
  const wait = flight.wait as Wait;
  const { promise } = wait;
  wait.waiting++;
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      reject(signal.reason);
      if (--wait.waiting > 0 || flight.isBackground || flight.isOver) return;
      flights.land(flight);
      flight.end(signal.reason);
    };
    const stay = (): void => signal.removeEventListener("abort", leave);
    promise.then(resolve, reject).finally(stay);
    if (signal.aborted) leave();
    else signal.addEventListener("abort", leave, { once: true });
  });
}

/** What a caller gets that had given up before it asked. */
export function abandoned(signal: AbortSignal, promised: boolean): Promise<never> {
  if (promised) return Promise.reject(signal.reason);
  throw signal.reason;
}

/** The promise of the value, or what stands in for it when it takes too long. The timers keep no program alive. */
export function bounded(flight: Flight, wait: Wait, bounds: Bounds): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const soft = after(bounds.softTimeout, () => {
      if (bounds.answerEarly()) resolve(flight.previous);
    });
    const giveUp = (): void => {
      clear();
      try {
        resolve(bounds.timeOut());
      } catch (error) {
        reject(error);
      }
    };
    const hard = after(bounds.loadTimeout, giveUp);
    wait.giveUp = giveUp;
    const clear = (): void => {
      clearTimeout(soft);
      clearTimeout(hard);
    };
    wait.landing.then(resolve, reject).finally(clear);
  });
}

function after(ms: number, act: () => void): Timer | undefined {
  if (ms > LONGEST) return undefined;
  const timer: Timer = setTimeout(act, ms);
  if (typeof timer === "object") (timer as { unref(): void }).unref(); // in Node; browsers give a number
  else runtime.Deno?.unrefTimer(timer);
  return timer;
}

/** A number, or in Node and its like an object. */
type Timer = ReturnType<typeof setTimeout>;

const runtime = globalThis as { Deno?: { unrefTimer(timer: Timer): void } };

/** Beyond that, in milliseconds, timers fire at once. */
const LONGEST = 0x7fff_ffff;
