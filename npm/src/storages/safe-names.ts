//! Names for places that have rules for names: files, addresses, tables that ignore case.

import { bytesOf } from "../records/text.js";

/** A name in small letters, digits, `-`, `_` and `~`; every other byte is `~` and two digits. */
export function safeName(name: string): string {
  let safe = "";
  for (const byte of bytesOf(name)) {
    const character = String.fromCharCode(byte);
    safe += /[a-z\d_-]/.test(character) ? character : `~${(byte + 256).toString(16).slice(1)}`;
  }
  return safe;
}

/** The name that is spelt so, or `undefined` when none is. */
export function nameOfSafe(safe: string): string | undefined {
  try {
    const name = decodeURIComponent(safe.replace(/~/g, "%"));
    return safeName(name) === safe ? name : undefined;
  } catch {
    return undefined;
  }
}
