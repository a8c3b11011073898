//! Walks over the names of rows in a place that lists what it has.

import { CachefnError } from "../../errors.js";
import { isWellFormed } from "../../records/text.js";
import type { Page } from "../../storage.js";
import type { ByteStore } from "./byte-store.js";
import { isTokenName, mayBeHash } from "./stored-names.js";

/** The full name of the row under a stored name that may be a hash. */
export type Resolve = (stored: string) => Promise<string | undefined>;

/** Lists names step by step. */
export class Walking {
  readonly #store: ByteStore;
  readonly #resolve: Resolve;
  /** What a place listed that lists everything at once. */
  #listed: { prefix: string; names: readonly string[] } | undefined;

  constructor(store: ByteStore, resolve: Resolve) {
    this.#store = store;
    this.#resolve = resolve;
  }

  /** One step of a walk over the full names that begin with `prefix`. */
  async page(prefix: string, limit: number, after: string | undefined): Promise<Page> {
    const places = placesOf(prefix);
    const at = after === undefined ? 0 : Number(after[0]);
    const place = places[at];
    if (place === undefined) return { names: [], next: undefined };
    const listed = await this.#list(place, Math.max(1, limit), after?.slice(1) || undefined);
    const names: string[] = [];
    for (const stored of listed.names) {
      const name = mayBeHash(stored) ? await this.#resolve(stored) : stored;
      // A name that is in another place as itself is listed there.
      if (name?.startsWith(prefix) && !isTokenName(name) && (at === 0 || name !== stored)) names.push(name);
    }
    const next = listed.next === undefined ? (at + 1 < places.length ? String(at + 1) : undefined) : `${at}${listed.next}`;
    return { names, next };
  }

  async #list(prefix: string, limit: number, after: string | undefined): Promise<Page> {
    const { keys } = this.#store;
    if (keys === undefined) throw new CachefnError("unsupported", "scan", "this storage cannot list its names; give the entries a tag and invalidate that");
    if (after === undefined || this.#listed?.prefix !== prefix) {
      const found = await keys.call(this.#store, prefix, limit, after);
      if (!Array.isArray(found)) return found as Page;
      this.#listed = { prefix, names: [...(found as string[])].sort() };
    }
    const { names } = this.#listed as { names: readonly string[] };
    // Where it lists everything at once, `after` is a name.
    const begin = after === undefined ? 0 : names.findIndex((name) => name > after);
    if (begin < 0) return { names: [], next: undefined };
    const step = names.slice(begin, begin + limit);
    const isEnd = begin + limit >= names.length;
    if (isEnd) this.#listed = undefined;
    return { names: step, next: isEnd ? undefined : step.at(-1) };
  }
}

/**
 * With what the names begin under which rows may lie whose full names begin with `prefix`: with the same, or with a hash
 * behind their namespace or alone.
 */
function placesOf(prefix: string): string[] {
  const halved = [...prefix].findIndex((character) => !isWellFormed(character));
  const own = halved < 0 ? prefix : [...prefix].slice(0, halved).join("");
  const namespace = prefix.slice(0, prefix.indexOf(":") + 1);
  const hashed = isWellFormed(namespace) && namespace !== "" ? [`${namespace}#`, "#"] : ["#"];
  return [own, ...hashed.filter((place) => !place.startsWith(own))];
}
