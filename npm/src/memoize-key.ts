//! How the arguments of a memoised function become the key inside its cache, and which text users see.

import { Arguments, copyOf, EXACT } from "./arguments.js";
import { SHORT } from "./hash.js";
import { argumentsText, Pair, type Primitive } from "./key.js";
import { Reference } from "./kind.js";

/**
 * The key of a list of arguments that was hashed just now.
 *
 * One primitive is itself, two of them a pair: such keys cost a hit no allocation, and nothing is copied.
 */
export function keyOfArguments(args: ArrayLike<unknown>): unknown {
  const [first, second] = [exact(args[0]), exact(args[1])];
  if (args.length === 1 && isOwn(first)) return first;
  if (args.length === 2 && isPart(first) && isPart(second)) return new Pair(first, second);
  return new Arguments(copyOf(args));
}

/** The text of such a key. */
export function textOfKey(key: unknown): string {
  if (key instanceof Pair) return argumentsText([key.first, key.second]);
  if (!(key instanceof Arguments)) return argumentsText([key]);
  return key.list[0] === NO_ARGUMENT ? (key.list[1] as string) : argumentsText(key.list);
}

/**
 * The key that has a text. Equal arguments have one text, so it leads back to one key. `find` gives the
 * reference with a number, where there are some.
 */
export function keyOfText(text: string, find = (id: number): unknown => new Reference(id)): unknown {
  try {
    const args = parse(text, find);
    if (argumentsText(args) === text) return keyOfArguments(args);
  } catch {
    // No list of arguments has this text.
  }
  return new Arguments([NO_ARGUMENT, text]);
}

/** Whether a single argument is its own key. */
export function isOwn(value: unknown): boolean {
  if (typeof value === "number") return isExact(value);
  return typeof value === "string" || typeof value === "boolean" || value === undefined || value === null;
}

/** Whether a value may be half of a pair. */
export function isPart(value: unknown): value is Primitive {
  if (typeof value === "number") return isExact(value);
  return typeof value === "string" ? value.length <= SHORT : typeof value === "boolean";
}

/** Whether a number is the only value with its text. */
function isExact(number: number): boolean {
  return (number | 0) === number || (number < EXACT && number > -EXACT);
}

/** A bigint has the text of the number that it equals, so it is one key with it. */
function exact(value: unknown): unknown {
  return typeof value === "bigint" && value < EXACT && value > -EXACT ? Number(value) : value;
}

/**
 * The arguments that have a text: JSON, once each value is marked as a text or as a word that JSON may lack.
 * A record without a prototype becomes a list behind a text that has neither mark.
 */
function parse(text: string, find: (id: number) => unknown): unknown[] {
  const json = text.replace(/("(?:[^"\\]|\\.)*"):|"((?:[^"\\]|\\.)*")|[^"[\]{},:]+/g, (word, name, value) => {
    if (name !== undefined) return word;
    if (value !== undefined) return `" ${value}`;
    if (word === "Bare(") return '["",';
    return word.startsWith(")") ? word.replaceAll(")", "]") : `"${word}"`;
  });
  return unmark(JSON.parse(`[${json}]`), find) as unknown[];
}

function unmark(value: unknown, find: (id: number) => unknown): unknown {
  if (typeof value === "string") return value.startsWith(" ") ? value.slice(1) : valueOfWord(value, find);
  if (Array.isArray(value) && value[0] === "") return Object.assign(Object.create(null), unmark(value[1], find));
  const parts = value as Record<string, unknown>;
  for (const name of Object.keys(parts)) parts[name] = unmark(parts[name], find);
  return parts;
}

function valueOfWord(word: string, find: (id: number) => unknown): unknown {
  const [, type, of] = /^(\w+)\((.+)\)$/.exec(word) ?? [];
  if (type === "Date") return new Date(Number(of));
  if (type === "Reference" && Number(of) > 0) return find(Number(of));
  if (word === "undefined") return undefined;
  if (word === "true" || word === "false" || word === "null") return JSON.parse(word);
  return String(Number(word)) === word ? Number(word) : BigInt(word);
}

/** Stands before a text that no list of arguments has. */
const NO_ARGUMENT = /* @__PURE__ */ new Reference(0);
