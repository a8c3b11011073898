//! Mistakes that storages make with values.

import { changing, type Mistake, valuing } from "./wrong.js";

export const VALUE_MISTAKES: readonly Mistake[] = [
  ["an empty text is nothing", ["what JSON"], (right) => changing(right, (one) => (one.row.value === "" ? undefined : one))],
  ["values go through JSON", ["h_34 typed", "cycles"], (right) => valuing(right, (value) => JSON.parse(JSON.stringify(value, flat()) ?? "null"))],
  ["undefined is nothing", ["undefined is a value"], (right) => changing(right, (one) => (one.row.value === undefined ? undefined : one))],
  [
    "values are the caller's own",
    ["h_34 what the caller"],
    (right) => {
      const own = new Map<string, unknown>();
      return {
        ...changing(right, ({ row }) => ({ row: { ...row, value: own.get(row.name) } })),
        set: (rows) => (rows.forEach(({ name, value }) => own.set(name, value)), right.set(rows)),
      };
    },
  ],
  [
    "a value is given out again and again",
    ["h_34 what the caller"],
    (right) => {
      const given = new Map<string, unknown>();
      return changing(right, ({ row }) => {
        if (!given.has(row.name)) given.set(row.name, row.value);
        return { row: { ...row, value: given.get(row.name) } };
      });
    },
  ],
  [
    "one that cannot be kept loses the others",
    ["h_36 what cannot"],
    (right) => ({ set: (rows) => right.set(rows.some(({ name }) => name.includes("call")) ? rows.slice(1, 2) : rows) }),
  ],
  ["an error is the platform's, and shows the value", ["h_36 what cannot"], (right) => ({ set: async (rows) => right.set(structuredClone(rows as never)) })],
  ["a large text loses its end", ["a large value"], (right) => valuing(right, (value) => (typeof value === "string" ? value.slice(0, 9999) : value))],
  ["large bytes lose their end", ["many large bytes"], (right) => valuing(right, (value) => (value instanceof Uint8Array ? value.slice(0, 500) : value))],
];

/** What JSON can say: no cycles, no bigints. */
function flat(): (name: string, value: unknown) => unknown {
  const seen = new Set<unknown>();
  return (_, value) => {
    if (typeof value === "bigint") return String(value);
    if (typeof value !== "object" || value === null) return value;
    if (seen.has(value)) return null;
    seen.add(value);
    return value;
  };
}
