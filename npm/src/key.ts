//! The canonical text of arguments and keys: RFC 8785, and a text for what JSON lacks.

import { BARE, beginWalk, DATE, kindOf, LIST, REFERENCE, type Reference, unkeyable } from "./kind.js";

/**
 * What names an entry: numbers and texts are different keys, `-0` is `0`, `NaN` is itself.
 *
 * @example
 * ```ts
 * const keys: Key[] = [7, "7"];
 * for (const key of keys) cache.set(key, typeof key);
 * assert(cache.get(7) === "number" && cache.get("7") === "string");
 * ```
 */
export type Key = string | number;

/** What one part of a {@link Pair} may be. */
export type Primitive = string | number | boolean;

/** Two primitives as one key, which spares making a text of them. */
export class Pair {
  readonly first: Primitive;
  readonly second: Primitive;

  constructor(first: Primitive, second: Primitive) {
    this.first = first;
    this.second = second;
  }
}

/**
 * The text of a list of arguments: canonical JSON of the list without the outer brackets. `operation` is
 * who asks, in the error.
 *
 * @throws {CachefnError} code `key` when an argument has no text of its own.
 */
export function argumentsText(args: ArrayLike<unknown>, operation?: string): string {
  beginWalk(operation);
  return listText(args, 0);
}

function valueText(value: unknown, depth: number): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
    case "bigint":
    case "boolean":
    case "undefined":
      return String(value);
    case "object":
      return value === null ? "null" : objectText(value, depth + 1);
    default:
      throw unkeyable(`a ${typeof value}`);
  }
}

function objectText(object: object, depth: number): string {
  switch (kindOf(object, depth)) {
    case LIST:
      return `[${listText(object as unknown[], depth)}]`;
    case DATE:
      return `Date(${(object as Date).getTime()})`;
    case BARE:
      return `Bare(${recordText(object as Record<string, unknown>, depth)})`;
    case REFERENCE:
      return `Reference(${(object as Reference).id})`;
    default:
      return recordText(object as Record<string, unknown>, depth);
  }
}

function listText(list: ArrayLike<unknown>, depth: number): string {
  let text = "";
  for (let at = 0; at < list.length; at++) {
    if (at > 0) text += ",";
    text += valueText(list[at], depth);
  }
  return text;
}

function recordText(record: Record<string, unknown>, depth: number): string {
  const members = Object.keys(record).sort();
  return `{${members.map((name) => `${JSON.stringify(name)}:${valueText(record[name], depth)}`).join(",")}}`;
}
