//! One after the other, where a place cannot do two things as one.

/** Runs `act` when all that began before at the same place has ended. */
export function inTurn<T>(place: object, act: () => Promise<T>): Promise<T> {
  const before = (turns ??= new WeakMap<object, Promise<unknown>>()).get(place) ?? Promise.resolve();
  const own = before.then(act, act);
  turns.set(
    place,
    own.catch(() => {}),
  );
  return own;
}

/** Calls `act` for each part, a few at the same time, and tries all; the first failure fails. */
export async function forEach<T, R>(parts: readonly T[], act: (part: T) => Promise<R>): Promise<R[]> {
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

/** The last turn at each place; made when it is first asked for. */
let turns: WeakMap<object, Promise<unknown>> | undefined;
