//! How keys become 32-bit hashes, each cache with a seed of its own.

/** The longest text, in UTF-16 units, that is hashed here faster than looked up in a `Map`. */
export const SHORT = 24;

/** Hashes every UTF-16 unit of `text`; about 1 ns a unit. */
export function hashText(text: string, seed: number): number {
  let hash = seed ^ text.length;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), SPREAD);
  return hash ^ (hash >>> 15);
}

/** Equal numbers hash alike, so `0` and `-0` do. */
export function hashNumber(number: number, seed: number): number {
  const integer = number | 0;
  if (integer !== number) return hashDouble(number, seed);
  const hash = Math.imul(integer ^ seed, SPREAD);
  return hash ^ (hash >>> 15);
}

/** The hash of two parts from theirs; their order matters. */
export function hashBoth(first: number, second: number): number {
  const hash = Math.imul(Math.imul(first, 0x85ebca6b) ^ second, SPREAD);
  return hash ^ (hash >>> 15);
}

/** Unpredictable from outside, which is all a seed needs; allowed in the global scope of edge workers. */
export function randomSeed(): number {
  return (Math.random() * 0x1_0000_0000) | 0;
}

function hashDouble(number: number, seed: number): number {
  double[0] = number;
  return hashBoth((halves[0] as number) ^ seed, halves[1] as number);
}

const double = /* @__PURE__ */ new Float64Array(1);
const halves = /* @__PURE__ */ new Int32Array(double.buffer);

/**
 * 2^32 over the golden ratio, made odd (Knuth, TAOCP 6.4): the high bits of a product, which choose the
 * cell, depend on all bits of the key. A last shift lends them to the low ones, which tell neighbours apart.
 */
const SPREAD = 0x9e3779b1;
