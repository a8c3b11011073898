//! By what an argument is told apart from others, and which cannot be.

import { CachefnError } from "./errors.js";

/** What an object is told apart by. */
export type Kind = typeof RECORD | typeof LIST | typeof DATE | typeof REFERENCE | typeof BARE;
export const RECORD = 0;
export const LIST = 1;
export const DATE = 2;
export const REFERENCE = 3;
/** A record without a prototype, and so without `toString` and its like. */
export const BARE = 4;

/** Stands for an object that is known by what it is, not by what is in it. */
export class Reference {
  readonly id: number;

  constructor(id: number) {
    this.id = id;
  }
}

/** To be called before the objects of a list of arguments are looked at one after the other, by whoever is named in errors. */
export function beginWalk(operation = "key"): void {
  objectsLeft = MOST_OBJECTS;
  walker = operation;
}

/**
 * What kind of object this is, at some depth of an argument.
 *
 * Anything that may hide what makes it different from others is refused: instances of classes, lists with
 * names or holes, what has symbols or hidden members.
 */
export function kindOf(object: object, depth: number): Kind {
  if (depth > DEEPEST || objectsLeft-- === 0) throw unkeyable("an object that is too large, or in a circle,");
  const prototype = Object.getPrototypeOf(object) as object | null;
  if (prototype === null || prototype === Object.prototype || isForeignRecord(prototype)) {
    checkSymbols(object);
    // Both are fast where nothing is hidden, which is why it is asked in this way.
    if (Object.getOwnPropertyNames(object).length !== Object.keys(object).length) throw unkeyable("a hidden member");
    return prototype === null ? BARE : RECORD;
  }
  // The prototype of lists is a list itself, in every realm; that of a class which extends it is not.
  if (Array.isArray(object) && Array.isArray(prototype)) {
    if (Object.keys(object).length !== object.length) throw unkeyable("a list with holes or names");
    // Any other name would be dear to find, and nothing but the language itself hides one in lists.
    if ("raw" in object) throw unkeyable("a list that is half of a template");
    return LIST;
  }
  if (prototype === Date.prototype) {
    checkSymbols(object);
    if (Object.getOwnPropertyNames(object).length > 0) throw unkeyable("a date with members");
    return DATE;
  }
  if (object instanceof Reference) return REFERENCE;
  throw unkeyable(`an instance of ${object.constructor?.name || "a class"}`);
}

/** An error for what has no text of its own. */
export function unkeyable(what: string): CachefnError {
  return new CachefnError("key", walker, `${what} has no text that tells it from others; give the option \`key\``);
}

function isForeignRecord(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "isPrototypeOf");
}

function checkSymbols(object: object): void {
  const symbols = Object.getOwnPropertySymbols(object);
  if (symbols.length > 0 && symbols.some((symbol) => isTelling(object, symbol))) throw unkeyable("a symbol");
}

/** Symbols that are not enumerable belong to whoever hid them; namespaces such as `Math` have a tag. */
function isTelling(object: object, symbol: symbol): boolean {
  return symbol === Symbol.toStringTag || Object.prototype.propertyIsEnumerable.call(object, symbol);
}

/** Deeper, or with more objects, an argument is too dear to look at, or leads back to itself. */
const DEEPEST = 200;
const MOST_OBJECTS = 10_000;
let objectsLeft = 0;
let walker = "key";
