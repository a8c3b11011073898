//! What a mistake of a storage is, and how answers are made wrong.

import type { Found, Storage } from "../../src/storage.js";

/** What stands in the place of methods of a right storage. */
export type Wrong = Partial<Storage>;

/** A mistake by what it is, the beginnings of the titles of cases that must fail, and how it is made. */
export type Mistake = readonly [is: string, found: readonly string[], wrong: (right: Storage, first: Storage) => Wrong];

/** Answers to `get` that were changed on their way. */
export function changing(right: Storage, change: (found: Found) => Found | undefined): Wrong {
  return { get: async (names) => (await right.get(names)).map((one) => one && change(one)) };
}

/** The same with other values. */
export function valuing(right: Storage, change: (value: unknown) => unknown): Wrong {
  return changing(right, ({ row, ...rest }) => ({ ...rest, row: { ...row, value: change(row.value) } }));
}
