//! One after the other, where a place cannot do two things as one; and a few at the same time, where there are many.

import type { Awaitable } from "./byte-store.js";

/** Runs `act` when all that began before at the same place, for the same name if there is one, has ended. */
export function inTurn<T>(place: object, act: () => Awaitable<T>, name = ""): Promise<T> {
  turns ??= new WeakMap();
  const own = turns.get(place) ?? new Map<string, Promise<unknown>>();
  turns.set(place, own);
  const before = own.get(name);
  const result = before === undefined ? Promise.resolve().then(act) : before.then(act);
  const ended: Promise<unknown> = result
    .catch(() => {})
    .then(() => {
      if (own.get(name) === ended) own.delete(name);
    });
  own.set(name, ended);
  return result;
}

/** Calls `act` for each part, a few at the same time, and tries all; the first failure fails. */
export async function forEach<T, R>(parts: readonly T[], act: (part: T) => Awaitable<R>): Promise<R[]> {
  const results: R[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const run = async (): Promise<void> => {
    while (next < parts.length) {
      const at = next++;
      try {
        results[at] = await act(parts[at] as T);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, parts.length) }, run));
  if (failures.length > 0) throw failures[0];
  return results;
}

const AT_ONCE = 16;

/** The last turns at each place, by name; made when it is first asked for. */
let turns: WeakMap<object, Map<string, Promise<unknown>>> | undefined;
