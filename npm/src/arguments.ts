//! Lists of arguments as keys: hashed, compared and copied by value, without a text being made of them.

import { hashBoth, hashNumber, hashText } from "./hash.js";
import { BARE, beginWalk, DATE, type Kind, kindOf, LIST, RECORD, REFERENCE, Reference, unkeyable } from "./kind.js";

/** A list of arguments as one key. Lists are equal when their texts are. */
export class Arguments {
  readonly list: ArrayLike<unknown>;

  /** The list must not change any more: {@link copyOf} makes one that nobody else has. */
  constructor(list: ArrayLike<unknown>) {
    this.list = list;
  }
}

/**
 * The hash of a list of arguments; equal lists hash alike.
 *
 * @throws {CachefnError} code `key` when an argument cannot be told from others.
 */
export function hashArguments(args: ArrayLike<unknown>, seed: number): number {
  beginWalk();
  return hashList(args, seed, 0);
}

/** Whether a copied list has the text that another one has, which was hashed just now. */
export function isSameList(copy: ArrayLike<unknown>, list: ArrayLike<unknown>): boolean {
  if (copy.length !== list.length) return false;
  for (let at = 0; at < copy.length; at++) if (!isSame(copy[at], list[at])) return false;
  return true;
}

/** A copy that later changes do not reach, of a list that was hashed just now. */
export function copyOf(list: ArrayLike<unknown>): unknown[] {
  return Array.from(list, copyOfValue);
}

function hashValue(value: unknown, seed: number, depth: number): number {
  switch (typeof value) {
    case "string":
      return hashText(value, seed);
    case "number":
      // Beyond, a number and a bigint may have one text; and `NaN` is more than one double.
      return value > -EXACT && value < EXACT ? hashNumber(value, seed) : hashText(String(value), seed);
    case "bigint":
      return value > -EXACT && value < EXACT ? hashNumber(Number(value), seed) : hashText(String(value), seed);
    case "boolean":
      return value ? seed : ~seed;
    case "undefined":
      return seed ^ 0x55555555;
    case "object":
      return value === null ? seed ^ 0x33333333 : hashObject(value, seed, depth + 1);
    default:
      throw unkeyable(`a ${typeof value}`);
  }
}

function hashObject(object: object, seed: number, depth: number): number {
  switch (kindOf(object, depth)) {
    case RECORD:
      return hashRecord(object as Record<string, unknown>, seed, depth);
    case BARE:
      return hashRecord(object as Record<string, unknown>, ~seed, depth);
    case LIST:
      return hashList(object as unknown[], ~seed, depth);
    case DATE:
      return hashText(String((object as Date).getTime()), seed);
    default:
      return hashNumber((object as Reference).id, ~seed);
  }
}

function hashList(list: ArrayLike<unknown>, seed: number, depth: number): number {
  let hash = list.length ^ seed;
  for (let at = 0; at < list.length; at++) hash = hashBoth(hash, hashValue(list[at], seed, depth));
  return hash;
}

/** A sum, so that the order of names makes no difference. `for in` reads a record faster than its names do. */
function hashRecord(record: Record<string, unknown>, seed: number, depth: number): number {
  let hash = seed;
  for (const name in record) hash += hashBoth(hashText(name, seed), hashValue(record[name], seed, depth));
  return hash | 0;
}

function isSame(copy: unknown, value: unknown): boolean {
  if (copy === value) return true;
  if (typeof copy === "object" && typeof value === "object") {
    return copy !== null && value !== null && isSameObject(copy, value);
  }
  return isNumeric(copy) && isNumeric(value) && String(copy) === String(value); // `NaN`, or a bigint
}

function isSameObject(copy: object, object: object): boolean {
  const kind = looksLike(copy);
  if (kind !== looksLike(object)) return false;
  if (kind === LIST) return isSameList(copy as unknown[], object as unknown[]);
  if (kind === DATE) return Object.is((copy as Date).getTime(), (object as Date).getTime());
  if (kind === REFERENCE) return (copy as Reference).id === (object as Reference).id;
  return isSameRecord(copy as Record<string, unknown>, object as Record<string, unknown>);
}

function isSameRecord(copy: Record<string, unknown>, record: Record<string, unknown>): boolean {
  let names = 0;
  for (const name in record) {
    names++;
    const one = copy[name];
    if (!isSame(one, record[name]) || (one === undefined && !Object.hasOwn(copy, name))) return false;
  }
  for (const _ in copy) names--;
  return names === 0;
}

/** {@link kindOf}, where that was asked before. */
function looksLike(object: object): Kind {
  if (Array.isArray(object)) return LIST;
  if (Object.getPrototypeOf(object) === null) return BARE;
  return object instanceof Date ? DATE : object instanceof Reference ? REFERENCE : RECORD;
}

function isNumeric(value: unknown): boolean {
  return typeof value === "number" || typeof value === "bigint";
}

function copyOfValue(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  switch (looksLike(value)) {
    case LIST:
      return copyOf(value as unknown[]);
    case DATE:
      return new Date((value as Date).getTime());
    case RECORD:
    case BARE: {
      const isBare = Object.getPrototypeOf(value) === null;
      const copy: Record<string, unknown> = isBare ? Object.assign(Object.create(null), value) : { ...value };
      for (const name in copy) copy[name] = copyOfValue(copy[name]);
      return copy;
    }
    default:
      return value;
  }
}

/** Numbers below it in size are the only ones with their text. */
export const EXACT = 2 ** 53;
