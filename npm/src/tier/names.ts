//! Under which names the entries of one namespace lie in a storage.

import { CachefnError } from "../errors.js";
import type { Token } from "../storage.js";
import { tagTokenName, tokenNames } from "../token-names.js";

/** The part of a storage that belongs to one namespace. */
export class Space {
  readonly #namespace: string;

  constructor(namespace: string) {
    this.#namespace = escaped(namespace);
  }

  /** What the full name of every entry begins with. */
  get prefix(): string {
    return `${this.#namespace}:`;
  }

  /** The full name of the key with this text. */
  name(text: string, operation: string): string {
    if (text.length > LONGEST_KEY / 3 && new TextEncoder().encode(text).length > LONGEST_KEY) {
      throw new CachefnError("key", operation, `the text of the key has more than ${LONGEST_KEY} bytes; use a shorter one`);
    }
    return this.prefix + text;
  }

  /** The text of the key with this full name. */
  text(name: string): string {
    return name.slice(this.prefix.length);
  }

  /** The names of all tokens that an entry with these tags depends on. */
  tokens(tags: readonly string[]): string[] {
    return tokenNames(this.#namespace, tags);
  }

  /** The names of the tokens whose change makes the entries with these tags invalid, or stale. */
  tagTokens(tags: readonly string[], expires: boolean): string[] {
    return tags.map((tag) => tagTokenName(this.#namespace, tag, expires));
  }
}

/** A namespace as it stands in names. */
export function escaped(namespace: string): string {
  return namespace.replace(/[%:]/g, (sign) => (sign === "%" ? "%25" : "%3A"));
}

/** 128 random bits that nobody has drawn before. */
export function draw(): Token {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** In bytes, as UTF-8. */
const LONGEST_KEY = 65_536;
