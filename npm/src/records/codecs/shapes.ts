//! What kind of value something is for a codec, whatever page or program it was made in.

import { CachefnError } from "../../errors.js";

/** A list, a record of members, a map, … or `"other"`: what cannot be written. */
export type Shape = "list" | "record" | "map" | "set" | "date" | "view" | "buffer" | "other";

/** What an object is. Instances of classes are `"other"`: what would be read is not what was written. */
export function shapeOf(object: object): Shape {
  const prototype = Object.getPrototypeOf(object) as object | null;
  const parent = prototype === null ? null : (Object.getPrototypeOf(prototype) as object | null);
  if (parent === null) return "record";
  if (ArrayBuffer.isView(object)) return object instanceof DataView ? "other" : "view";
  // Those of the language have a prototype that stands right above that of all objects; classes over them do not.
  if (Object.getPrototypeOf(parent) !== null) return "other";
  if (Array.isArray(object)) return "list";
  return SHAPES[Object.prototype.toString.call(object)] ?? "other";
}

/** Walks into the parts of one value, and ends where that leads nowhere. */
export class Walk {
  #depth = 0;
  #left = MOST_PARTS;
  readonly #path: object[] = [];

  /** What `visit` returns for an object, whose parts it visits. */
  into<T>(object: object, visit: () => T): T {
    if (this.#path.includes(object)) throw unwritable("it leads back to itself");
    if (++this.#depth > DEEPEST) throw unwritable(`it is nested deeper than ${DEEPEST} levels`);
    if (--this.#left < 0) throw unwritable("it has too many parts");
    this.#path.push(object);
    const visited = visit();
    this.#path.pop();
    this.#depth--;
    return visited;
  }
}

/** The enumerable members of a record. */
export function membersOf(record: object): [string, unknown][] {
  if (Object.getOwnPropertySymbols(record).some((symbol) => Object.prototype.propertyIsEnumerable.call(record, symbol))) {
    throw unwritable("a member of it is named by a symbol");
  }
  return Object.entries(record);
}

/** An error for a value that no codec can write; whoever knows its key adds that. */
export function unwritable(why: string): CachefnError {
  return new CachefnError("codec", "encode", why);
}

/** The error for something that is not data. */
export function notData(value: unknown): CachefnError {
  if (typeof value !== "object") return unwritable(`a ${typeof value} in it is not data`);
  const name = (value as object).constructor?.name;
  return unwritable(`an instance of ${typeof name === "string" && name !== "" ? name : "a class"} in it would not be read as what it is`);
}

/** Values nested deeper are refused in both directions. */
export const DEEPEST = 500;

/** More than any value that is worth keeping; ends the walk through one whose parts are shared again and again. */
const MOST_PARTS = 1 << 22;

const SHAPES: Readonly<Record<string, Shape>> = {
  "[object Map]": "map",
  "[object Set]": "set",
  "[object Date]": "date",
  "[object ArrayBuffer]": "buffer",
};
