//! Whether two values are the same inside, and an error that says what differs.

/** Throws unless `found` is `wanted`; `what` begins the error. */
export function equal(what: string, found: unknown, wanted: unknown): void {
  if (same(found, wanted, new Map())) return;
  throw new Error(`${what}: expected ${shown(wanted)}, got ${shown(found)}`);
}

/** Throws unless it is so. */
export function holds(what: string, isSo: boolean): void {
  if (!isSo) throw new Error(what);
}

/** `pairs` are those under comparison: a cycle is equal where it closes in both. */
function same(one: unknown, other: unknown, pairs: Map<object, object>): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  const [kind, otherKind] = [one, other].map((value) => Object.prototype.toString.call(value));
  if (kind !== otherKind) return false;
  if (pairs.has(one)) return pairs.get(one) === other;
  pairs.set(one, other);
  if (one instanceof Date) return Object.is(one.getTime(), (other as Date).getTime());
  if (one instanceof RegExp || one instanceof Error) return String(one) === String(other);
  if (one instanceof Map) return same([...one], [...(other as typeof one)], pairs);
  if (one instanceof Set) return same([...one], [...(other as typeof one)], pairs);
  if (one instanceof ArrayBuffer || ArrayBuffer.isView(one)) return sameBytes(bytesOf(one), bytesOf(other as ArrayBuffer));
  const names = Object.keys(one);
  const isAlike = names.length === Object.keys(other).length && (one as unknown[]).length === (other as unknown[]).length;
  return isAlike && names.every((name) => Object.hasOwn(other, name) && same(one[name as never], other[name as never], pairs));
}

function bytesOf(value: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value);
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** The beginning of a value in words. */
function shown(value: unknown): string {
  const text = words(value, 4);
  return text.length > 300 ? `${text.slice(0, 300)}… (${text.length} characters)` : text;
}

function words(value: unknown, depth: number): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Object.is(value, -0)) return "-0";
  if (typeof value !== "object" || value === null) return String(value) + (typeof value === "bigint" ? "n" : "");
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (depth === 0) return kind;
  if (value instanceof Date) return `Date ${value.getTime()}`;
  const parts = value instanceof Map || value instanceof Set || ArrayBuffer.isView(value) ? [...(value as Set<unknown>)] : value;
  const inside = Object.entries(parts).slice(0, 20);
  const members = inside.map(([name, part]) => (Array.isArray(parts) ? "" : `${JSON.stringify(name)}: `) + words(part, depth - 1));
  return `${kind} [${members.join(", ")}]`;
}
