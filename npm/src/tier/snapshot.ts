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

/** An entry of a snapshot, with what it has left. */
export interface Arrival extends SnapshotEntry {
  readonly left: Left;
  readonly idleFor: number;
}

/** Refuses what is no snapshot. */
export function checkSnapshot(snapshot: Snapshot | undefined | null): asserts snapshot is Snapshot {
  const isSnapshot = snapshot?.format === 1 && typeof snapshot.made === "number" && Array.isArray(snapshot.entries);
  if (!isSnapshot || !snapshot.entries.every(isEntry)) {
    throw misconfigured("hydrate", `the snapshot is ${show(snapshot)}; use what dehydrate() gave`);
  }
}

/** The entries of a snapshot that are fresh at an age. */
export function arrivals({ entries }: Snapshot, age: number): Arrival[] {
  return entries.flatMap((entry) => {
    const fresh = endless(entry.fresh) - age;
    const left: Left = { fresh, revalidates: endless(entry.revalidates), bridges: endless(entry.bridges) };
    return fresh > 0 ? [{ ...entry, left, idleFor: endless(entry.idle) }] : [];
  });
}

function isEntry(entry: SnapshotEntry | undefined | null): boolean {
  const { key, tags, fresh, idle, revalidates, bridges } = entry ?? ({} as Partial<SnapshotEntry>);
  const isLength = (length: unknown): boolean => length === null || (typeof length === "number" && length >= 0);
  const isTexts = Array.isArray(tags) && [key, ...tags].every((text) => typeof text === "string");
  return isTexts && [fresh, idle, revalidates, bridges].every(isLength);
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
