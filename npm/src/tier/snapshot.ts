//! Entries on their way from one cache to another as plain JSON.

import { CachefnError, misconfigured, show } from "../errors.js";
import { type Life, plainLife } from "../life.js";
import type { Snapshot, SnapshotEntry } from "../snapshot.js";
import type { Inside } from "./memory.js";
import type { Left } from "./standing.js";

/** The fresh entries of a memory. Throws for a value that JSON would change. */
export function snapshotOf(memory: Inside<unknown>, made: number): Snapshot {
  const { store, table } = memory.opened;
  const now = store.time.read();
  const entries = store.slots(true).map((slot): SnapshotEntry => {
    const [key, value] = [table.keyAt(slot) as string, table.valueAt(slot)];
    checkJson(key, value, 0);
    const { due, idle, revalidates, bridges, tags } = table.givenAt(slot);
    const left = due === 0 ? null : due - now;
    return { key, value, fresh: left, idle: idle || null, revalidates: finite(revalidates), bridges: finite(bridges), tags };
  });
  return { format: 1, made, entries };
}

/** The entries of a snapshot with what they have left, if it is one. */
export function entriesOf(snapshot: Snapshot, age: number): (SnapshotEntry & { readonly left: Left; readonly idleFor: number })[] {
  if (snapshot?.format !== 1 || !Array.isArray(snapshot.entries)) {
    throw misconfigured("hydrate", `the snapshot is ${show(snapshot)}; use what dehydrate() gave`);
  }
  return snapshot.entries.flatMap((entry) => {
    const fresh = endless(entry.fresh) - age;
    const left: Left = { fresh, revalidates: endless(entry.revalidates), bridges: endless(entry.bridges) };
    return fresh > 0 ? [{ ...entry, left, idleFor: endless(entry.idle) }] : [];
  });
}

/** A life with so much left; what is not fresh any more is made stale at once. */
export function lifeOf({ fresh, revalidates, bridges }: Left, idle: number): Life {
  const life = plainLife(fresh || 1);
  return { ...life, tti: idle, revalidates, bridges, isLimited: life.isLimited || idle < Number.POSITIVE_INFINITY, isSpecial: true };
}

/** Refuses what would be something else after a way through JSON. Members that are `undefined` may get lost. */
function checkJson(key: string, value: unknown, depth: number): void {
  if (value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)) return;
  const isList = Array.isArray(value);
  const isPlain = isList || (typeof value === "object" && [Object.prototype, null].includes(Object.getPrototypeOf(value)));
  if (!isPlain || depth > DEEPEST || "toJSON" in (value as object)) {
    throw new CachefnError("codec", "dehydrate", `the value of ${show(key)} is more than JSON can say; keep plain objects, lists, texts and numbers`);
  }
  for (const part of Object.values(value as object)) if (isList || part !== undefined) checkJson(key, part, depth + 1);
}

function finite(length: number): number | null {
  return Number.isFinite(length) ? length : null;
}

function endless(length: number | null): number {
  return length ?? Number.POSITIVE_INFINITY;
}

/** Deeper than that JSON is not read by everybody, and circles end. */
const DEEPEST = 500;
