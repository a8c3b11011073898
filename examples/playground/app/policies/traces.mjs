//! Requests as programs make them, drawn from a seed.

/** By name: the requests, and what they are called. */
export const TRACES = {
  shop: "Shop",
  scans: "Scans",
  loop: "Loop",
  mixed: "All of them",
};

export const LENGTH = 120_000;

/** The keys of a trace, in order; the same for the same name and seed. */
export function trace(name, seed = 7) {
  const random = randomFrom(seed);
  const popular = zipf(20_000, 0.95, random);
  const keys = new Uint32Array(LENGTH);
  let fresh = 1_000_000;
  const makers = {
    // A few things are asked for often, and from time to time these are others.
    shop: (at) => popular() + 5003 * Math.floor(at / 40_000),
    // Meanwhile somebody reads everything once, a third of the time as every second request.
    scans: (at) => (at % 12_000 >= 8000 && at % 2 === 0 ? fresh++ : popular()),
    // Over and over through more things than there may be room for, with others in between.
    loop: (at) => (random() < 0.75 ? 500_000 + (at % 900) : popular()),
  };
  const phases = Object.values(makers);
  for (let at = 0; at < LENGTH; at++) {
    const make = makers[name] ?? phases[Math.floor((at * 6) / LENGTH) % phases.length];
    keys[at] = make(at);
  }
  return keys;
}

/** Numbers from 0 on, of which the first come most often: the nth in proportion to 1 / n^skew. */
function zipf(count, skew, random) {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let at = 0; at < count; at++) sums[at] = sum += 1 / (at + 1) ** skew;
  return () => {
    const drawn = random() * sum;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] < drawn) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** Numbers from 0 to 1 (mulberry32). */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
