//! Middles and means of what was measured round by round: results are cell -> contender -> list of figures.

/** The median of one figure of every cell and contender that has it. */
export function medians(results, figure) {
  const cells = Object.entries(results).map(([cell, contenders]) => {
    const own = Object.entries(contenders).filter(([, rounds]) => typeof rounds[0][figure] === "number");
    return [cell, Object.fromEntries(own.map(([name, rounds]) => [name, median(rounds.map((round) => round[figure]))]))];
  });
  return Object.fromEntries(cells.filter(([, contenders]) => Object.keys(contenders).length > 0));
}

/**
 * Speeds relative to `base`: 2 is twice as fast.
 *
 * A speed is the median of the ratios within a round: a machine that others use has slow and fast
 * seconds, and within a round both are in the same.
 */
export function speeds(results, base) {
  const cells = Object.entries(results).filter(([, contenders]) => contenders[base] !== undefined);
  const relative = ([cell, contenders]) => {
    const speed = (rounds) => median(rounds.map(({ ns }, round) => contenders[base][round].ns / ns));
    return [cell, Object.fromEntries(Object.entries(contenders).map(([name, rounds]) => [name, speed(rounds)]))];
  };
  return Object.fromEntries(cells.map(relative));
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function geometricMean(values) {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
