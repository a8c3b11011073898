//! Seeded random numbers, and ids drawn by Zipf's law.

/** Xorshift128 (Marsaglia: "Xorshift RNGs", 2003): a function that returns whole numbers below `end`. */
export function random(seed) {
  let [x, y, z, w] = [seed | 1, 0x159a55e5, 0x1f123bb5, 0x5491333];
  const next = () => {
    const t = x ^ (x << 11);
    [x, y, z] = [y, z, w];
    w = w ^ (w >>> 19) ^ t ^ (t >>> 8);
    return w >>> 0;
  };
  for (let discarded = 0; discarded < 64; discarded++) next();
  return (end) => Math.floor((next() / 0x1_0000_0000) * end);
}

/** `count` ids below `end`, id k with the weight 1 / (k + 1)^exponent. */
export function zipf(below, end, exponent, count) {
  const cumulative = new Float64Array(end);
  let sum = 0;
  for (let id = 0; id < end; id++) cumulative[id] = sum += (id + 1) ** -exponent;
  return Uint32Array.from({ length: count }, () => {
    const point = (below(0x1_0000_0000) / 0x1_0000_0000) * sum;
    let [low, high] = [0, end - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (cumulative[middle] > point) high = middle;
      else low = middle + 1;
    }
    return low;
  });
}
