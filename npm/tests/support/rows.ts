//! Rows for storages, and what goes wrong with these.

import { expect } from "vitest";
import type { CachefnError } from "../../src/errors.js";
import type { Row, Storage, Trouble } from "../../src/storage.js";

/** A row that is fresh for ever, unless `more` says otherwise. */
export function row(name: string, value: unknown, more: Partial<Row> = {}): Row {
  const times = { created: 1_700_000_000_000, freshFor: Infinity, revalidatesFor: 0, bridgesFor: 0, idleFor: Infinity };
  return { name, value, ...times, namespaceToken: "0".repeat(32), tags: [], ...more };
}

/** The values under names. */
export async function values(storage: Storage, ...names: string[]): Promise<unknown[]> {
  return (await storage.get(names)).map((found) => found?.row.value);
}

/** What a storage reports from now on, by code. */
export function troubles(storage: Storage): string[] {
  const heard: string[] = [];
  storage.watch?.(({ code, name }: Trouble) => heard.push(name === undefined ? code : `${code} ${name}`));
  return heard;
}

/** The text of the error of this code that a call is rejected with. */
export async function refused(code: string, call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => expect.fail("expected an error, got none"),
    (error: CachefnError) => error,
  );
  expect([error.name, error.code]).toEqual(["CachefnError", code]);
  return error.message;
}
