//! What writers do step by step, and what is there afterwards.

/** What a step is, by its remainder. */
export const KINDS = ["set", "set", "token", "set", "delete"];

/** What a writer finds, of which -1 is nothing, after it has done a step. */
export function after({ row, token }, step) {
  const kind = KINDS[step % KINDS.length];
  if (kind === "token") return { row, token: step };
  return { row: kind === "delete" ? -1 : step, token };
}
