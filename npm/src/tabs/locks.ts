//! One load at a time in all tabs, by Web Locks.

/**
 * Runs `load` while no other tab runs one of the same name; at once where the browser has no locks, refuses this
 * one, or does not give it for so many milliseconds. A tab that ends gives its lock back.
 */
export async function alone<T>(name: string, timeout: number, load: () => Promise<T>): Promise<T> {
  const locks = (globalThis as { navigator?: { locks?: LockManager } }).navigator?.locks;
  if (locks === undefined) return load();
  let running: Promise<T> | undefined;
  const signal = timeout < LONGEST ? { signal: AbortSignal.timeout(timeout) } : {};
  try {
    return (await locks.request(`cachefn:${name}`, signal, () => (running = load()))) as T;
  } catch {
    // The failure of a load passes; that of a lock keeps nobody from loading.
    return running ?? load();
  }
}

/** Longer than timers can wait. */
const LONGEST = 2 ** 31;
