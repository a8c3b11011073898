//! The figures that are promised, and which of them fall short.

import { aligned } from "./table.mjs";

export function atLeast(id, what, measured, limit) {
  return { id, what, measured, limit, atLeast: true, met: measured >= limit };
}

export function atMost(id, what, measured, limit) {
  return { id, what, measured, limit, atLeast: false, met: measured <= limit };
}

/** All bars of one runtime as a table. */
export function printed(title, bars) {
  const rows = bars.map((bar) => {
    return [`${bar.id} ${bar.what}`, bar.measured.toFixed(2), asked(bar), bar.met ? "met" : "MISSED"];
  });
  return aligned(title, [["bar", "measured", "asked", ""], ...rows]);
}

/** The last words: what falls short, each with its figure. */
export function verdict(bars) {
  if (bars.length === 0) return "No figure of this run is promised.";
  const missed = bars.filter((bar) => !bar.met);
  if (missed.length === 0) return `All ${bars.length} bars are met.`;
  const lines = missed.map((bar) => `  ${bar.where}: ${bar.id} ${bar.what}: ${bar.measured.toFixed(2)}, asked ${asked(bar)}`);
  return [`${missed.length} of ${bars.length} bars fall short:`, ...lines].join("\n");
}

function asked({ limit, atLeast }) {
  return `${atLeast ? ">=" : "<="} ${limit.toFixed(2)}`;
}
