//! One load of a name at a time among all who share a bus.

import type { Bus } from "../bus.js";

/**
 * What `load` gives, run alone as far as the bus can do that. The others go on when `settled` is fulfilled, which
 * is later than the caller does: they look into the storage.
 */
export function alone<T>(bus: Bus, name: string, load: () => Promise<T>, settled: () => Promise<unknown>): Promise<T> {
  return new Promise((resolve, reject) => {
    let begun: Promise<unknown> | undefined;
    const begin = (): Promise<unknown> => (begun ??= load().then(resolve, reject));
    const held = async (): Promise<void> => {
      await begin();
      await settled();
    };
    const ask = async (): Promise<unknown> => bus.alone?.(name, held);
    ask().then(begin, begin); // a bus that fails keeps nobody from loading
  });
}
