//! The two areas for texts that a browser gives a page.

/** `localStorage` or `sessionStorage`, as the browser has it. */
export type Area = Window["localStorage"];

/** What the areas are called. */
export type AreaName = "localStorage" | "sessionStorage";

/** The area, asked for anew each time: a page may lose it, and must not be denied anything when it only imports. */
export function areaOf(name: AreaName): Area {
  // In some private modes it is there and null; in a frame without an origin even the look throws.
  const area = globalThis[name] as Area | null | undefined;
  if (area == null) throw new Error(`there is no ${name} here`);
  return area;
}

/** Whether the browser gives no more room; older ones have names of their own for it. */
export function isFull(error: unknown): boolean {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  return name === "QuotaExceededError" || name === "NS_ERROR_DOM_QUOTA_REACHED" || code === 22 || code === 1014;
}
