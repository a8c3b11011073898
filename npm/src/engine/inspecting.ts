//! What the engine knows of single entries, for those who look at a cache from outside.

import type { EngineExports } from "./engine.js";
import * as at from "./layout.js";

/** A look at the entries of one cache. It is of no use any more after the cache has changed. */
export interface Inspection {
  /** Until when an entry is fresh if nothing happens, by the clock of its cache; `Infinity` for ever. */
  freshUntil(slot: number): number;
  /** The numbers of the tags that an entry carries, in the order in which it got them. */
  tags(slot: number): number[];
}

/** Looks at a cache as it is now. */
export function inspection({ exports, handle }: { readonly exports: EngineExports; readonly handle: number }): Inspection {
  const words = new Uint32Array(exports.memory.buffer);
  const header = (exports.header(handle) >>> 0) / 4;
  const column = (position: number): number => (words[header + position] as number) >>> 2;
  const time = (place: number): number => {
    const [low, high] = [words[place] as number, words[place + 1] as number];
    return high === 0xffff_ffff ? Number.POSITIVE_INFINITY : high * 0x1_0000_0000 + low;
  };
  return {
    freshUntil(slot) {
      const state = words[column(at.STATES) + slot] as number;
      if ((state & at.CAN_BE_STALE) !== 0) return time(column(at.STALE) + slot * at.AGEING_WORDS);
      if ((state & at.CAN_IDLE) !== 0) return time(column(at.IDLE) + slot * at.AGEING_WORDS + at.IDLE_DEADLINE);
      return (state & at.TIMED) === 0 ? Number.POSITIVE_INFINITY : time(column(at.DEADLINES) + (slot << 2));
    },
    tags(slot) {
      const tags: number[] = [];
      if (((words[column(at.STATES) + slot] as number) & at.TAGGED) === 0) return tags;
      exports.state(handle, slot, 0, 0); // says where the links are
      let link = words[column(at.TAGS) + (slot << 1) + 1] as number;
      while (link < at.LAST_LINK) {
        const place = column(at.LINKS) + (link << 1);
        tags.push(words[place] as number);
        link = words[place + 1] as number;
      }
      if (link !== at.NO_LINK) tags.push(link - at.LAST_LINK);
      return tags.reverse();
    },
  };
}
