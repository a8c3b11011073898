//! Under which names rows and tokens lie in a place that does not take every name, as in Rust.

import { bytesOf, isWellFormed } from "../../records/text.js";

/** Whether a place takes a name. */
export type Fits = (name: string) => boolean;

/** The name under which a row lies: a hash of its own where the place does not take it, behind its namespace if that fits. */
export function storedName(name: string, fits: Fits): string {
  if (isWellFormed(name) && fits(name)) return name;
  const namespace = name.slice(0, name.indexOf(":") + 1);
  const hash = `#${fingerprint(bytesOf(name))}`;
  return isWellFormed(namespace) && fits(namespace + hash) ? namespace + hash : hash;
}

/** The same for a token. */
export function storedTokenName(name: string, fits: Fits): string {
  return isWellFormed(name) && fits(name) ? name : `${name.slice(0, 3)}#${fingerprint(bytesOf(name))}`;
}

/** Whether a name may stand for another one: only the record under it tells. */
export function mayBeHash(stored: string): boolean {
  return /#[\da-f]{32}$/.test(stored);
}

/** Whether a token lies under a name: no namespace begins so, because `%` is escaped in it. */
export function isTokenName(stored: string): boolean {
  return /^%[ntx]:/.test(stored);
}

/** A measure of names. */
export function atMost(bytes: number): Fits {
  return (name) => name.length <= bytes / 3 || bytesOf(name).length <= bytes;
}

/** 128 bits of FNV-1a (Fowler, Noll, Vo) in hexadecimal digits, reckoned in four parts of 32 bits, the lowest first. */
export function fingerprint(bytes: Uint8Array): string {
  let [a, b, c, d] = OFFSET;
  for (const byte of bytes) {
    a = (a ^ byte) >>> 0;
    // Times 2^88 + 0x13B: once shifted by 88 bits, once multiplied with what stands below.
    const first = a * LOW;
    const second = b * LOW + Math.floor(first / WORD);
    const third = c * LOW + Math.floor(second / WORD) + ((a << 24) >>> 0);
    const fourth = d * LOW + Math.floor(third / WORD) + ((((b << 24) | (a >>> 8)) >>> 0));
    [a, b, c, d] = [first % WORD, second % WORD, third % WORD, fourth % WORD];
  }
  return [d, c, b, a].map((word) => word.toString(16).padStart(8, "0")).join("");
}

const WORD = 2 ** 32;
const LOW = 0x13b;
const OFFSET: readonly [number, number, number, number] = [0x6295c58d, 0x62b82175, 0x07bb0142, 0x6c62272e];
