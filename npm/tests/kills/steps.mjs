//! What writers do step by step, and what is there afterwards.

/** Writers on a storage, and writers on a cache over it. */
export const WRITERS = ["storage", "storage", "cache", "cache"];

/** What a step is, by its remainder. */
const KINDS = { storage: ["set", "set", "token", "set", "delete"], cache: ["set", "set", "tag", "set", "delete"] };

export function kindOf(writer, step) {
  const kinds = KINDS[WRITERS[writer]];
  return kinds[step % kinds.length];
}

/** What a writer finds, of which -1 is nothing, after it has done a step. */
export function after({ row, token }, writer, step) {
  const kind = kindOf(writer, step);
  if (kind === "token") return { row, token: step };
  return { row: kind === "set" ? step : -1, token };
}
