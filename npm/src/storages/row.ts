//! Whether what lies in a storage is a row, whoever put it there.

import type { Found, Row, RowTag, Token } from "../storage.js";

/** The row with this name, and nothing beside it; `undefined` for anything else. */
export function asRow(found: unknown, name: unknown): Row | undefined {
  if (typeof found !== "object" || found === null) return undefined;
  const { value, created, freshFor, revalidatesFor, bridgesFor, idleFor, namespaceToken, tags, ...rest } = found as Row;
  const times = [created, freshFor, revalidatesFor, bridgesFor, idleFor];
  const isRow =
    typeof name === "string" &&
    rest.name === name &&
    "value" in found &&
    times.every((time) => typeof time === "number" && time >= 0) &&
    isToken(namespaceToken) &&
    Array.isArray(tags) &&
    tags.every(isTag);
  return isRow ? { name, value, created, freshFor, revalidatesFor, bridgesFor, idleFor, namespaceToken, tags } : undefined;
}

/** Whether it is 32 hexadecimal digits. */
export function isToken(found: unknown): found is Token {
  return typeof found === "string" && /^[\da-f]{32}$/.test(found);
}

/** When nothing can be done with a row any more; `Infinity` for never. */
export function diesAt({ created, freshFor, revalidatesFor, bridgesFor }: Row): number {
  return created + freshFor + Math.max(revalidatesFor, bridgesFor);
}

/**
 * Whether nothing can be done with a row any more: its time is over, or its namespace or a tag was invalidated, as
 * the tokens that are there say.
 */
export function isDead({ row, tokens = [] }: Found, now: number): boolean {
  const [namespace, ...others] = tokens;
  const isOther = (there: Token | undefined, own: Token): boolean => there !== undefined && there !== own;
  return isOther(namespace, row.namespaceToken) || row.tags.some(({ remove }, at) => isOther(others[2 * at], remove)) || diesAt(row) <= now;
}

function isTag(tag: RowTag | null | undefined): boolean {
  return typeof tag?.name === "string" && isToken(tag.remove) && isToken(tag.expire);
}
