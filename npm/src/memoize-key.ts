//! How the arguments of a memoised function become the key inside its cache, and which text users see.

import { SHORT } from "./hash.js";
import { argumentsText, Pair } from "./key.js";

/**
 * The key of a list of arguments.
 *
 * One text or small integer is itself, two of them a pair: such keys cost a hit neither a text nor an
 * allocation. Anything else is its canonical text behind a mark that no text argument of its own begins with.
 */
export function keyOfArguments(args: ArrayLike<unknown>): unknown {
  const [first, second] = [whole(args[0]), whole(args[1])];
  if (args.length === 1 && (isInteger(first) || isOwnText(first))) return first;
  if (args.length === 2 && isPart(first) && isPart(second)) return new Pair(first, second);
  return MARK + argumentsText(args);
}

/** The text of such a key. */
export function textOfKey(key: unknown): string {
  if (key instanceof Pair) return argumentsText([key.first, key.second]);
  return typeof key === "string" && key.startsWith(MARK) ? key.slice(1) : argumentsText([key]);
}

/** The key that has a text. Equal arguments have one text, so it leads back to one key. */
export function keyOfText(text: string): unknown {
  try {
    const args = JSON.parse(`[${text}]`) as unknown[];
    if (argumentsText(args) === text) return keyOfArguments(args);
  } catch {
    // Texts that are not JSON, such as `undefined`, belong to no short key.
  }
  return MARK + text;
}

/** Whether a single argument is its own key. */
export function isOwnText(value: unknown): value is string {
  return typeof value === "string" && value.charCodeAt(0) !== 0;
}

/** Whether a value may be half of a pair. */
export function isPart(value: unknown): value is string | number {
  return typeof value === "string" ? value.length <= SHORT : isInteger(value);
}

/** Whether a value is a number of 32 bits. */
export function isInteger(value: unknown): value is number {
  return typeof value === "number" && (value | 0) === value;
}

/** A bigint has the text of the number that it equals, so it is one key with it. */
function whole(value: unknown): unknown {
  return typeof value === "bigint" && BigInt.asIntN(32, value) === value ? Number(value) : value;
}

const MARK = "\0";
