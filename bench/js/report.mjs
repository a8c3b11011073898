//! What is printed: tables with aligned columns, means, bars.

import { BASE, OURS, PEERS } from "./peers.mjs";

/** The median of one figure of every cell and peer that has it. */
export function medians(results, figure) {
  const cells = Object.entries(results).map(([cell, peers]) => {
    const own = Object.entries(peers).filter(([, costs]) => costs[0][figure] !== undefined);
    return [cell, Object.fromEntries(own.map(([peer, costs]) => [peer, median(costs.map((cost) => cost[figure]))]))];
  });
  return Object.fromEntries(cells.filter(([, peers]) => Object.keys(peers).length > 0));
}

/**
 * Results as speeds relative to the base: 2 is twice as fast. The loop alone is no peer.
 *
 * A speed is the median of the ratios within a round: a machine that others use has slow and fast
 * seconds, and within a round both are in the same.
 */
export function speeds(results) {
  const relative = Object.entries(results).map(([cell, peers]) => {
    const real = Object.entries(peers).filter(([peer]) => !peer.startsWith("("));
    const speed = (costs) => median(costs.map(({ cpu }, round) => peers[BASE][round].cpu / cpu));
    return [cell, Object.fromEntries(real.map(([peer, costs]) => [peer, speed(costs)]))];
  });
  const means = Object.keys(PEERS).map((peer) => {
    const own = relative.map(([, peers]) => peers[peer]).filter((speed) => speed !== undefined);
    return [peer, own.length === 0 ? 0 : geometricMean(own)];
  });
  return Object.fromEntries([...relative, [MEAN, Object.fromEntries(means.filter(([, mean]) => mean > 0))]]);
}

/** The bars, with what was measured. */
export function bars(speeds) {
  const bar = (what, measured, limit, ofThisVersion) => ({
    id: "J1",
    what,
    measured,
    limit,
    met: measured >= limit,
    ofThisVersion,
  });
  const verdicts = [];
  for (const [cell, peers] of Object.entries(speeds)) {
    if (cell === MEAN) continue;
    verdicts.push(bar(`${cell}, x ${BASE}`, peers[OURS], 0.8, true), bar(`${cell}, x ${BASE}`, peers[OURS], 0.95, false));
  }
  const { [OURS]: ours, ...others } = speeds[MEAN];
  verdicts.push(bar(`${MEAN}, x ${BASE}`, ours, 1.6, false));
  for (const peer of Object.keys(others)) {
    if (peer === BASE || peer.startsWith("cachefn")) continue;
    // Only over the cells that both have.
    const both = Object.values(speeds).filter((peers) => peers !== speeds[MEAN] && peers[peer] !== undefined);
    const ratio = geometricMean(both.map((peers) => peers[OURS] / peers[peer]));
    verdicts.push(bar(`${MEAN}, x ${peer}`, ratio, 1, false));
  }
  return verdicts;
}

/** The bars as text, those of this version first; what falls short says so. */
export function printed(verdicts) {
  const of = (title, ofThisVersion) => {
    const own = verdicts.filter((verdict) => verdict.ofThisVersion === ofThisVersion);
    const rows = own.map(({ id, what, measured, limit, met }) => {
      return [`${id} ${what}`, measured.toFixed(2), `>= ${limit.toFixed(2)}`, met ? "met" : "MISSED"];
    });
    return aligned(title, [["bar", "measured", "limit", ""], ...rows]);
  };
  return `${of("Bars of this version", true)}\n${of("Bars of the finished product", false)}`;
}

/** A row for every cell, a column for every peer. */
export function table(title, figures, digits) {
  const peers = Object.keys(PEERS).filter((peer) => Object.values(figures).some((row) => peer in row));
  const rows = Object.entries(figures).map(([cell, row]) => {
    return [cell, ...peers.map((peer) => (row[peer] === undefined ? "-" : row[peer].toFixed(digits)))];
  });
  return aligned(title, [["", ...peers], ...rows]);
}

function aligned(title, rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) => {
    const [first, ...rest] = row.map((cell, column) => {
      return column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]);
    });
    return `  ${[first, ...rest].join("  ")}`.trimEnd();
  };
  return `${title}\n${rows.map(line).join("\n")}\n`;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

function geometricMean(values) {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

const MEAN = "geometric mean";
