//! Bytes as texts in an area of the browser; Rust in the same page lays them out alike.

import { base64Of, unbase64 } from "../../records/base64.js";
import { bytesOf } from "../../records/text.js";
import type { ByteStore } from "../bytes/byte-store.js";
import { type AreaName, areaOf, isFull } from "./area.js";
import { Room } from "./room.js";

/** Under `cachefn:` and the name stands base64. */
export class WebStore implements ByteStore {
  readonly label: string;
  readonly isLocal = true;
  readonly #name: AreaName;
  readonly #room = new Room(PREFIX);

  constructor(name: AreaName) {
    this.label = name.toLowerCase();
    this.#name = name;
  }

  get(name: string): Uint8Array | undefined {
    const text = areaOf(this.#name).getItem(PREFIX + name);
    // What is no base64 is nothing of ours, and whoever reads it says so.
    return text === null ? undefined : (unbase64(text) ?? bytesOf(text));
  }

  set(name: string, bytes: Uint8Array): void {
    const area = areaOf(this.#name);
    const key = PREFIX + name;
    const text = base64Of(bytes);
    const wanted = key.length + text.length;
    let freed = 0;
    for (;;) {
      try {
        return area.setItem(key, text);
      } catch (error) {
        // What is there is not true any more.
        area.removeItem(key);
        // If so much room is not enough, it is not ours to make.
        const step = isFull(error) && freed <= 2 * wanted ? this.#room.free(area, wanted / 4) : 0;
        if (step === 0) throw error;
        freed += step;
      }
    }
  }

  delete(name: string): boolean {
    const area = areaOf(this.#name);
    const key = PREFIX + name;
    if (area.getItem(key) === null) return false;
    area.removeItem(key);
    return true;
  }

  keys(prefix: string): string[] {
    const keys = Object.keys(areaOf(this.#name)).filter((key) => key.startsWith(PREFIX + prefix));
    return keys.map((key) => key.slice(PREFIX.length));
  }
}

/** What our keys begin with: the others belong to somebody else. */
const PREFIX = "cachefn:";
