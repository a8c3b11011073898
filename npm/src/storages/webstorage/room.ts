//! Room where the browser gives no more: the dead go first, then the oldest.

import { unbase64 } from "../../records/base64.js";
import { deadAt, timesOf } from "../../records/envelope.js";
import { isTokenName } from "../bytes/stored-names.js";
import type { Area } from "./area.js";

/** Which entries of ours go next. */
export class Room {
  readonly #prefix: string;
  /** The oldest last. Found by one look at all, and used up before the next one. */
  #oldest: { key: string; created: number }[] = [];

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Removes some entries, about as many as have so many characters; how many characters went, 0 when there is nothing left. */
  free(area: Area, characters: number): number {
    let freed = 0;
    if (this.#oldest.length === 0) freed = this.#look(area);
    while (freed < characters) {
      const next = this.#oldest.pop();
      if (next === undefined) break;
      // Others may have removed it, or written it anew.
      if (createdUnder(area, next.key) === next.created) freed += remove(area, next.key);
    }
    return freed > 0 ? freed : this.#freeTokens(area, characters);
  }

  /** Removes the dead, and lists the others by their age. */
  #look(area: Area): number {
    const now = Date.now();
    let freed = 0;
    for (const key of this.#keys(area)) {
      const times = timesUnder(area, key);
      if (times === undefined) continue;
      if (deadAt(times) <= now) freed += remove(area, key);
      else this.#oldest.push({ key, created: times.created });
    }
    this.#oldest.sort((one, other) => other.created - one.created);
    return freed;
  }

  /** Where nothing else is left: a token that is lost costs misses. */
  #freeTokens(area: Area, characters: number): number {
    let freed = 0;
    for (const key of this.#keys(area)) {
      if (freed >= characters) break;
      if (isTokenName(key.slice(this.#prefix.length))) freed += remove(area, key);
    }
    return freed;
  }

  #keys(area: Area): string[] {
    return Object.keys(area).filter((key) => key.startsWith(this.#prefix));
  }
}

function createdUnder(area: Area, key: string): number | undefined {
  return timesUnder(area, key)?.created;
}

/** The times of a record, which stand at its beginning. */
function timesUnder(area: Area, key: string): ReturnType<typeof timesOf> {
  const bytes = unbase64(area.getItem(key)?.slice(0, BEGINNING) ?? "");
  return bytes && timesOf(bytes);
}

function remove(area: Area, key: string): number {
  const characters = key.length + (area.getItem(key)?.length ?? 0);
  area.removeItem(key);
  return characters;
}

/** Characters of base64 for more bytes than come before the end of the times. */
const BEGINNING = 96;
