//! What a cache hears from outside for as long as it lives, without being kept alive by it.

/**
 * Lets `begin` tell `act`, which is told of `target` as long as that exists; what ends it. `act` must not hold the
 * target.
 */
export function weakly<T extends object, A>(target: T, act: (target: T, said: A) => void, begin: (hear: (said: A) => void) => () => void): () => void {
  const hear = heldWeakly(new WeakRef(target), act, () => stop());
  const stop = begin(hear);
  return stop;
}

function heldWeakly<T extends object, A>(target: WeakRef<T>, act: (target: T, said: A) => void, stop: () => void): (said: A) => void {
  return (said) => {
    const own = target.deref();
    if (own === undefined) stop();
    else act(own, said);
  };
}

/** Calls `act` when the page is hidden or left, where there is one, until the returned function is called. */
export function whenLeaving(act: (said: unknown) => void): () => void {
  const { document } = globalThis;
  if (typeof document === "undefined" || typeof addEventListener !== "function") return () => {};
  const hidden = (): void => {
    if (document.visibilityState === "hidden") act(undefined);
  };
  addEventListener("pagehide", act);
  document.addEventListener("visibilitychange", hidden);
  return () => {
    removeEventListener("pagehide", act);
    document.removeEventListener("visibilitychange", hidden);
  };
}
