//! Plain JSON, where it tells everything that there is to tell.

import { bytesOf, strict } from "../text.js";
import { Refusal } from "../why.js";
import { membersOf, shapeOf, Walk } from "./shapes.js";

/**
 * Plain JSON (RFC 8259), which everybody reads: for values of which it loses nothing.
 *
 * @example
 * ```ts
 * assert(new TextDecoder().decode(json.encode({ id: 7 })) === '{"id":7}');
 * assert(json.encode(new Date()) === undefined);
 * ```
 */
// In all but name a `Codec`; what that is knows tagged JSON, which is built on this.
export const json = {
  id: 2,
  encode: (value: unknown): Uint8Array | undefined => (isPlain(value, new Walk()) ? bytesOf(JSON.stringify(value)) : undefined),
  decode: readJson,
} as const;

/** The value of a JSON text; refused when it is none, or has a number that would be rounded. */
export function readJson(bytes: Uint8Array): unknown {
  const text = strict(bytes);
  if (/\d{16}/.test(text) && roundsNumbers(text)) throw new Refusal("value");
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal("value");
  }
}

/** Whether JSON has this number, and its text is read as the same in every language. */
export function isPlainNumber(number: number): boolean {
  if (!Number.isInteger(number)) return Number.isFinite(number);
  if (Number.isSafeInteger(number)) return !Object.is(number, -0);
  // From 1e21 on there is an exponent in the text, which makes it a float for everybody.
  return Math.abs(number) >= 1e21 || isExact(String(number));
}

function isPlain(value: unknown, walk: Walk): boolean {
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      return isPlainNumber(value);
    case "object":
      return value === null || walk.into(value, () => hasPlainParts(value, walk));
    default:
      return false;
  }
}

function hasPlainParts(object: object, walk: Walk): boolean {
  switch (shapeOf(object)) {
    case "list": {
      const list = object as unknown[];
      // A hole is read as `undefined`, which is not plain.
      for (let at = 0; at < list.length; at++) if (!isPlain(list[at], walk)) return false;
      return Object.keys(list).length === list.length;
    }
    case "record":
      return membersOf(object).every(([, member]) => isPlain(member, walk));
    default:
      return false;
  }
}

/** Whether a whole number in the text, outside of strings, is not the one that JavaScript would make of it. */
function roundsNumbers(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') {
      do at = text.indexOf('"', at + 1);
      while (at > 0 && isEscaped(text, at));
      if (at < 0) return false; // no JSON
    } else if (isDigit(text, at)) {
      const begin = at;
      while (/[\d.eE+-]/.test(text[at + 1] ?? "")) at++;
      const number = text.slice(begin, at + 1);
      if (number.length >= 16 && /^\d+$/.test(number) && !isExact(number)) return true;
    }
  }
  return false;
}

function isExact(digits: string): boolean {
  const number = Number(digits);
  return Number.isFinite(number) && BigInt(digits) === BigInt(number);
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

/** Whether an odd number of backslashes stands before. */
function isEscaped(text: string, at: number): boolean {
  let before = at;
  while (text[before - 1] === "\\") before--;
  return (at - before) % 2 === 1;
}
