//! The canonical text of arguments and keys: RFC 8785, and a text for what JSON lacks.

import { CachefnError } from "./errors.js";

/** What names an entry: numbers and texts are different keys, `-0` is `0`, `NaN` is itself. */
export type Key = string | number;

/** Two primitives as one key, which spares making a text of them. */
export class Pair {
  readonly first: string | number;
  readonly second: string | number;

  constructor(first: string | number, second: string | number) {
    this.first = first;
    this.second = second;
  }
}

/** The text of a key; one that is equal to nothing but itself, such as an object, has none. */
export function keyText(key: unknown): string | undefined {
  if (typeof key === "string") return key;
  return key !== null && OPAQUE.includes(typeof key) ? undefined : String(key);
}

/**
 * The text of a list of arguments: canonical JSON of the list without the outer brackets.
 *
 * @throws {CachefnError} code `key` when an argument has no text of its own.
 */
export function argumentsText(args: ArrayLike<unknown>): string {
  let text = "";
  for (let at = 0; at < args.length; at++) {
    if (at > 0) text += ",";
    text += valueText(args[at], 0);
  }
  return text;
}

function valueText(value: unknown, depth: number): string {
  switch (typeof value) {
    case "string":
      return quoted(value);
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
  if (depth > DEEPEST) throw unkeyable(`nested deeper than ${DEEPEST} levels, or in a circle`);
  if (Array.isArray(object)) return `[${listText(object, depth)}]`;
  if (object instanceof Date) return `Date(${object.getTime()})`;
  if (isPlain(object)) return recordText(object as Record<string, unknown>, depth);
  throw unkeyable(`an instance of ${object.constructor?.name || "a class"}`);
}

/** An instance of a class may hide what makes it different, so only plain objects tell all of themselves. */
function isPlain(object: object): boolean {
  const prototype = Object.getPrototypeOf(object) as object | null;
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

function listText(list: readonly unknown[], depth: number): string {
  let text = "";
  for (let at = 0; at < list.length; at++) {
    if (at > 0) text += ",";
    text += valueText(list[at], depth);
  }
  return text;
}

function recordText(record: Record<string, unknown>, depth: number): string {
  const names = Object.keys(record);
  if (!isSorted(names)) names.sort();
  let text = "{";
  for (let at = 0; at < names.length; at++) {
    const name = names[at] as string;
    text += `${at > 0 ? "," : ""}${quoted(name)}:${valueText(record[name], depth)}`;
  }
  return `${text}}`;
}

function isSorted(names: readonly string[]): boolean {
  for (let at = 1; at < names.length; at++) {
    if ((names[at - 1] as string) > (names[at] as string)) return false;
  }
  return true;
}

/** `JSON.stringify` of a text, which takes longer than to look whether there is anything to escape. */
function quoted(text: string): string {
  if (text.length > 100) return JSON.stringify(text);
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x20 || unit === 0x22 || unit === 0x5c || (unit & 0xf800) === 0xd800) return JSON.stringify(text);
  }
  return `"${text}"`;
}

function unkeyable(what: string): CachefnError {
  return new CachefnError("key", "key", `${what} has no text that tells it from others; give the option \`key\``);
}

const DEEPEST = 200;
const OPAQUE = ["object", "function", "symbol"];
