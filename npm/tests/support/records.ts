//! The files of records that every language reads, and rows to write.

import { unbase64 } from "../../src/records/base64.js";
import type { Row } from "../../src/storage.js";

const files = import.meta.glob<string>("../../../tests/vectors/records/*.bin", { query: "?inline", import: "default", eager: true });

/** The bytes of every file, by its name. */
export const recordFiles = new Map(
  Object.entries(files).map(([path, url]) => [path.split("/").at(-1) as string, unbase64(url.split(",")[1] as string) as Uint8Array]),
);

/** A row like those of most caches. */
export function usualRow(value: unknown, name = "users:7"): Row {
  return {
    name,
    value,
    created: 1_700_000_000_000,
    freshFor: 3_600_000,
    revalidatesFor: 300_000,
    bridgesFor: 0,
    idleFor: Number.POSITIVE_INFINITY,
    namespaceToken: "101112131415161718191a1b1c1d1e1f",
    tags: [],
  };
}

/** Numbers from 0 to 2^32, by chance, the same for a seed (xorshift of 32 bits). */
export function chance(seed: number): (below: number) => number {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
