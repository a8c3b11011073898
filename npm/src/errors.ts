//! What this package throws.

/**
 * What kind of failure a {@link CachefnError} reports; the kinds are the same in every language.
 *
 * @example
 * ```ts
 * let code: ErrorCode | undefined;
 * try {
 *   cache.keys("[a");
 * } catch (error) {
 *   if (error instanceof CachefnError) code = error.code;
 * }
 * assert(code === "glob");
 * ```
 */
export type ErrorCode =
  | "codec"
  | "config"
  | "corrupt"
  | "glob"
  | "key"
  | "reentrant"
  | "timeout"
  | "too-heavy"
  | "unavailable"
  | "unsupported";

/**
 * An operation of the cache that could not be done.
 *
 * The message starts with the operation and never contains a cached value.
 *
 * @example
 * ```ts
 * try {
 *   createCache({ ttl: "5 parsecs" });
 * } catch (error) {
 *   assert(error instanceof CachefnError && error.code === "config");
 * }
 * ```
 */
export class CachefnError extends Error {
  override readonly name = "CachefnError";
  /** What kind of failure this is. */
  readonly code: ErrorCode;
  /** The operation that failed, such as `"create cache"` or `"set"`. */
  readonly operation: string;
  /** Whether the same call may succeed later without a change to its arguments. */
  readonly retryable: boolean;

  constructor(code: ErrorCode, operation: string, detail: string, cause?: unknown) {
    super(`${operation}: ${detail}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.operation = operation;
    this.retryable = code === "unavailable" || code === "timeout";
  }
}

/** A setting that cannot work, with what would. */
export function misconfigured(operation: string, detail: string): CachefnError {
  return new CachefnError("config", operation, detail);
}

/** A value in an error text; never a cached one. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  return Array.isArray(value) ? "a list" : value instanceof Promise ? "a promise" : "an object";
}
