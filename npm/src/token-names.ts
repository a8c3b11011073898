//! Under which names the tokens of an entry lie in a storage: the same in every language.

import type { Row } from "./storage.js";

/**
 * The names of all tokens that a row depends on: its namespace's, then two of each tag, to remove and to expire.
 *
 * @example
 * ```ts
 * const tags = [{ name: "eu", remove: "11".repeat(16), expire: "22".repeat(16) }];
 * assert(tokenNamesOf({ name: "users:7", tags }).join() === "%n:users,%t:users:eu,%x:users:eu");
 * ```
 */
export function tokenNamesOf({ name, tags }: Pick<Row, "name" | "tags">): string[] {
  return tokenNames(name.slice(0, name.indexOf(":")), tags.map((tag) => tag.name));
}

/** The same of a namespace, in which `:` and `%` are escaped, and these tags. */
export function tokenNames(namespace: string, tags: readonly string[]): string[] {
  return [`%n:${namespace}`, ...tags.flatMap((tag) => [tagTokenName(namespace, tag, false), tagTokenName(namespace, tag, true)])];
}

/** The name of the token whose change makes the entries with a tag invalid, or stale. */
export function tagTokenName(namespace: string, tag: string, expires: boolean): string {
  return `${expires ? "%x" : "%t"}:${scopeOf(namespace)}:${tag}`;
}

/** Whose tags the entries of a namespace have: those up to a `/`, so that the functions of one cache share them. */
export function scopeOf(namespace: string): string {
  return namespace.split("/", 1)[0] as string;
}
