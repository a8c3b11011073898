//! What a row of a storage is worth at one moment.

import type { Row, RowTag, Token } from "../storage.js";

/** A row that was not written yet: its tokens are asked for meanwhile. */
export type Draft = Omit<Row, "namespaceToken" | "tags">;

/** What a usable row has left, in milliseconds. */
export interface Left {
  /** How long it is fresh; 0 for a stale one. */
  readonly fresh: number;
  readonly revalidates: number;
  readonly bridges: number;
}

/** Whether something fresh was found. */
export function isFresh(look: { readonly left?: Left | undefined } | undefined): boolean {
  return look?.left !== undefined && look.left.fresh > 0;
}

/** Whether a row and the tokens that are there now (the namespace's, then two of each tag) are one. */
export function isValid(row: Row, tokens: readonly (Token | undefined)[]): boolean {
  return tokens[0] === row.namespaceToken && row.tags.every(({ remove }: RowTag, at) => tokens[2 * at + 1] === remove);
}

/** Whether a tag of a row was expired. */
export function isExpired(row: Row, tokens: readonly (Token | undefined)[]): boolean {
  return row.tags.some(({ expire }, at) => tokens[2 * at + 2] !== expire);
}

/** What a row has left, or `undefined` when it is dead. A deadline is inclusive: dead at the very millisecond. */
export function leftOf({ created, freshFor, revalidatesFor, bridgesFor }: Draft, expired: boolean, now: number): Left | undefined {
  const age = Math.max(0, now - created);
  const fresh = expired ? 0 : freshFor - age;
  if (fresh > 0) return { fresh, revalidates: revalidatesFor, bridges: bridgesFor };
  // When it was expired is not known: not before it was made.
  const since = Math.max(0, age - freshFor);
  const [revalidates, bridges] = [Math.max(0, revalidatesFor - since), Math.max(0, bridgesFor - since)];
  return revalidates + bridges > 0 ? { fresh: 0, revalidates, bridges } : undefined;
}

/** Whether a row comes from a clock that is too far ahead to be trusted. */
export function isSkewed({ created }: Draft, now: number): boolean {
  return created > now + SKEW;
}

/** So many milliseconds may a clock be ahead. */
export const SKEW = 5000;
