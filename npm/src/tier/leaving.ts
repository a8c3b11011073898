//! What a cache hears from outside for as long as it lives, without being kept alive by it.

/** A function for others to keep that acts on `target`, and calls `stop` instead when that is gone. */
export function weakly<T extends object, A>(target: T, act: (target: T, said: A) => void, stop: () => void): (said: A) => void {
  const held = new WeakRef(target);
  return (said) => {
    const own = held.deref();
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
