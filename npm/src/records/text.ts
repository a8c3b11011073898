//! Texts as bytes, without losing any: JavaScript's may hold halves of pairs, which UTF-8 has no place for.

import { Refusal } from "./why.js";

/** Whether a text is Unicode: without halves of pairs. */
export function isWellFormed(text: string): boolean {
  // Not by `\p{Surrogate}`: WebKit takes a half before U+FFFF for something whole.
  return !/[\ud800-\udbff](?![\udc00-\udfff])|(?:^|[^\ud800-\udbff])[\udc00-\udfff]/.test(text);
}

/** A text in UTF-8, and a lone half of a pair in three bytes, as if it were a character (WTF-8). */
export function bytesOf(text: string): Uint8Array {
  if (isWellFormed(text)) return encoder.encode(text);
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if (code < 0xd800 || code > 0xdfff) bytes.push(...encoder.encode(character));
    else bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
  }
  return Uint8Array.from(bytes);
}

/** The text that {@link bytesOf} made these bytes of; refused with `text` when there is none. */
export function textOf(bytes: Uint8Array): string {
  const text = utf8(bytes);
  if (text !== undefined) return text;
  let found = "";
  let begin = 0;
  // In UTF-8 this byte can only begin a character.
  for (let at = bytes.indexOf(0xed); at >= 0; at = bytes.indexOf(0xed, at + 1)) {
    const [second, third] = [bytes[at + 1] ?? 0, bytes[at + 2] ?? 0];
    if (second < 0xa0) continue;
    found += strict(bytes.subarray(begin, at)) + String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f));
    begin = at + 3;
  }
  found += strict(bytes.subarray(begin));
  // Two halves that belong together must be one character: a text has one spelling.
  if (!isSame(bytesOf(found), bytes)) throw new Refusal("text");
  return found;
}

/** Whether two lists of bytes are equal. */
export function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** The text in UTF-8; refused with `text` when it is none. */
export function strict(bytes: Uint8Array): string {
  const text = utf8(bytes);
  if (text === undefined) throw new Refusal("text");
  return text;
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

const encoder = /* @__PURE__ */ new TextEncoder();
const decoder = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
