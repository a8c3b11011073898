//! The entries of a watched cache, as they are listed.

import { inspection } from "../engine/inspecting.js";
import { matcher } from "../glob.js";
import type { Key } from "../key.js";
import type { Store } from "../store.js";
import type { Recording } from "./recording.js";

/** What is shown of an entry. */
export interface Row {
  readonly key: Key;
  readonly state: "fresh" | "stale" | "failed" | "unknown";
  /** For how many milliseconds it has been there; `undefined` where that was before the recording. */
  readonly age: number | undefined;
  /** For how many milliseconds it is fresh; `undefined` where nobody knows. */
  readonly left: number | undefined;
  /** `undefined` where nobody knows. */
  readonly tags: readonly string[] | undefined;
}

/** Some rows, and how many there would be. */
export interface Listing {
  readonly rows: readonly Row[];
  readonly total: number;
}

/** By what rows can be sorted. */
export type Order = "key" | "age" | "left" | "state";

/** A text without any character of a pattern is looked for anywhere in a key. */
export function patternOf(text: string): string | undefined {
  if (text === "") return undefined;
  return /[*?[\\]/.test(text) ? text : `*${text}*`;
}

/**
 * The entries whose keys match, in an order.
 *
 * @throws {CachefnError} code `glob` when the pattern cannot be parsed.
 */
export async function list(recording: Recording, pattern: string | undefined, order: Order, descending: boolean): Promise<Listing> {
  const { store, cache, born } = recording;
  const now = recording.now();
  const age = (key: Key): number | undefined => {
    const since = born.get(key);
    return since === undefined ? undefined : Math.max(now - since, 0);
  };
  let rows: Row[];
  let total: number;
  if (store === undefined) {
    const keys = await cache.keys(pattern);
    total = keys.length;
    rows = keys.slice(0, MOST_ROWS).map((key) => ({ key, state: "unknown", age: age(key), left: undefined, tags: undefined }));
  } else {
    const matches = matcher(pattern);
    const all = store
      .slots(false)
      .map((slot): [number, Key] => [slot, store.publicKey(store.table.keyAt(slot))])
      .filter(([, key]) => matches(key));
    total = all.length;
    const look = looking(store);
    rows = all.slice(0, MOST_ROWS).map(([slot, key]) => ({ key, age: age(key), ...look(slot, now) }));
  }
  const sign = descending ? -1 : 1;
  return { rows: rows.sort((one, other) => sign * (compare(one[order], other[order]) || compare(one.key, other.key))), total };
}

type Looks = Pick<Row, "state" | "left" | "tags">;

function looking(store: Store): (slot: number, now: number) => Looks {
  const { table, time } = store;
  const { freshUntil, tags } = inspection(table);
  return (slot, now) => {
    const isFresh = table.isFresh(slot, time);
    return {
      state: store.isFailure(slot) ? "failed" : isFresh ? "fresh" : "stale",
      left: isFresh ? Math.max(freshUntil(slot) - now, 0) : 0,
      tags: tags(slot).map((tag) => table.tagName(tag)),
    };
  };
}

/** Numbers before texts, and what is not known at the end. */
function compare(one: Key | undefined, other: Key | undefined): number {
  if (one === other) return 0;
  if (one === undefined || other === undefined) return one === undefined ? 1 : -1;
  if (typeof one === typeof other) return one < other ? -1 : 1;
  return typeof one === "number" ? -1 : 1;
}

/** More are counted, but neither sorted nor shown. */
export const MOST_ROWS = 10_000;
