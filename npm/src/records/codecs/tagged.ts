//! JSON with tags for what JSON has no words for; `docs/record-format.md` lists them.

import { base64Of, unbase64 } from "../base64.js";
import { bytesOf } from "../text.js";
import { Refusal } from "../why.js";
import { isPlainNumber, readJson } from "./json.js";
import { DEEPEST, membersOf, notData, shapeOf, unwritable, Walk } from "./shapes.js";

/**
 * The tagged JSON of a value.
 *
 * @throws {CachefnError} code `codec` when something in it is not data, or is nested in a circle.
 */
export function taggedJson(value: unknown): Uint8Array {
  return bytesOf(JSON.stringify(written(value, new Walk())));
}

/** The value of tagged JSON; refused when it is none. */
export function readTagged(bytes: Uint8Array): unknown {
  return read(readJson(bytes), 0);
}

/** What JSON can hold instead of a value. */
function written(value: unknown, walk: Walk): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return isPlainNumber(value) ? value : { "%number": Object.is(value, -0) ? "-0" : value.toExponential() };
    case "undefined":
      return { "%undefined": null };
    case "bigint":
      return { "%bigint": String(value) };
    case "object":
      return value === null ? null : walk.into(value, () => writtenObject(value, walk));
    default:
      throw notData(value);
  }
}

function writtenObject(object: object, walk: Walk): unknown {
  const list = (parts: Iterable<unknown>): unknown[] => Array.from(parts, (part) => written(part, walk));
  switch (shapeOf(object)) {
    case "list":
      return writtenList(object as unknown[], walk);
    case "record": {
      const members = membersOf(object).map(([name, member]): [string, unknown] => [name, written(member, walk)]);
      const record = Object.fromEntries(members);
      return isTag(members.map(([name]) => name)) ? { "%record": record } : record;
    }
    case "map":
      return { "%map": Array.from(Map.prototype.entries.call(object), list) };
    case "set":
      return { "%set": list(Set.prototype.values.call(object)) };
    case "date":
      return { "%date": written(Date.prototype.getTime.call(object), walk) };
    case "view": {
      const { buffer, byteOffset, byteLength } = object as Uint8Array;
      return { "%bytes": [viewName(object), base64Of(new Uint8Array(buffer, byteOffset, byteLength))] };
    }
    case "buffer":
      return { "%bytes": ["ArrayBuffer", base64Of(new Uint8Array(object as ArrayBuffer))] };
    default:
      throw notData(object);
  }
}

function writtenList(list: unknown[], walk: Walk): unknown {
  const there = Object.keys(list);
  if (there.some((name) => String(Number(name) >>> 0) !== name)) throw unwritable("a list in it has members with names");
  if (there.length === list.length) return list.map((part) => written(part, walk));
  return { "%sparse": [list.length, ...there.map((at) => [Number(at), written(list[Number(at)], walk)])] };
}

/** The value that JSON stands for. */
function read(json: unknown, depth: number): unknown {
  if (typeof json !== "object" || json === null) return json;
  // Each level that was written is at most three in JSON.
  if (depth > 3 * DEEPEST) throw new Refusal("value");
  const inner = (part: unknown): unknown => read(part, depth + 1);
  if (Array.isArray(json)) return json.map(inner);
  const members = Object.entries(json);
  const names = members.map(([name]) => name);
  if (!isTag(names)) return recordOf(members, inner);
  const reads = READERS[names[0] as string];
  if (reads === undefined) throw new Refusal("value");
  return reads(members[0]?.[1], inner);
}

/** By the name of the tag; each refuses what was not written so. */
const READERS: Readonly<Record<string, (json: unknown, inner: (part: unknown) => unknown) => unknown>> = {
  "%undefined": (json) => sure(json === null, undefined),
  "%number": (json) => sure(typeof json === "string" && NUMBER.test(json), Number(json)),
  "%bigint": (json) => BigInt(sure(typeof json === "string" && /^-?\d+$/.test(json), json as string)),
  "%date": (json, inner) => new Date(number(inner(json))),
  "%map": (json, inner) => new Map(list(json).map((pair) => sure(list(pair).length === 2, list(pair).map(inner) as [unknown, unknown]))),
  "%set": (json, inner) => new Set(list(json).map(inner)),
  "%record": (json, inner) => recordOf(Object.entries(sure(typeof json === "object" && json !== null && !Array.isArray(json), json as object)), inner),
  "%bytes": (json) => {
    const [name, text] = list(json);
    const bytes = sure(typeof text === "string", unbase64(text as string));
    const view = sure(typeof name === "string", VIEWS.find((view) => view.name === name));
    if (bytes === undefined || (view === undefined && name !== "ArrayBuffer")) throw new Refusal("value");
    const size = view?.BYTES_PER_ELEMENT ?? 1;
    const buffer = sure(bytes.length % size === 0, bytes.buffer as ArrayBuffer);
    return view === undefined ? buffer : new view(buffer);
  },
  "%sparse": (json, inner) => {
    const [length, ...parts] = list(json);
    const sparse: unknown[] = [];
    sparse.length = sure(Number.isInteger(length) && (length as number) >= 0 && (length as number) < 2 ** 32, length as number);
    for (const part of parts) {
      const [at, value] = list(part);
      sparse[sure(Number.isInteger(at) && (at as number) >= 0 && (at as number) < sparse.length, at as number)] = inner(value);
    }
    return sparse;
  },
};

/** Made by definition, because a member may be called `__proto__`. */
function recordOf(members: [string, unknown][], inner: (part: unknown) => unknown): object {
  return Object.fromEntries(members.map(([name, member]) => [name, inner(member)]));
}

/** A record with one member whose name begins so is a tag, or was put into `%record`. */
function isTag(names: string[]): boolean {
  return names.length === 1 && (names[0] as string).startsWith("%");
}

function viewName(view: object): string {
  const name = VIEWS.find((known) => Object.prototype.toString.call(view) === `[object ${known.name}]`)?.name;
  if (name === undefined) throw notData(view);
  return name;
}

function list(json: unknown): unknown[] {
  if (!Array.isArray(json)) throw new Refusal("value");
  return json;
}

function number(value: unknown): number {
  return sure(typeof value === "number", value as number);
}

function sure<T>(fact: boolean, value: T): T {
  if (!fact) throw new Refusal("value");
  return value;
}

const NUMBER = /^(?:-0|NaN|-?Infinity|-?\d(?:\.\d+)?e[+-]\d+)$/;

type View = { readonly name: string; readonly BYTES_PER_ELEMENT: number; new (buffer: ArrayBuffer): object };

const VIEWS: readonly View[] = [
  Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array,
  Float64Array, BigInt64Array, BigUint64Array,
];
