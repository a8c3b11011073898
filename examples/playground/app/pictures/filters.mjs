//! Filters over pixels: each looks at the neighbourhood of every one, and takes its time.

/** By name: what it makes of `pixels` of a width and a height, with a strength from 1 to 8. */
export const FILTERS = {
  /** The colour that most of the neighbours have. */
  oil(pixels, width, height, strength) {
    const made = new Uint8ClampedArray(pixels);
    const radius = strength;
    const [count, red, green, blue] = [0, 0, 0, 0].map(() => new Float64Array(LEVELS));
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (const sums of [count, red, green, blue]) sums.fill(0);
        for (let dy = -radius; dy <= radius; dy++) {
          for (let dx = -radius; dx <= radius; dx++) {
            if (dx * dx + dy * dy > radius * radius) continue;
            const from = 4 * (clamp(y + dy, height) * width + clamp(x + dx, width));
            const level = ((pixels[from] + pixels[from + 1] + pixels[from + 2]) * LEVELS / 768) | 0;
            count[level]++;
            red[level] += pixels[from];
            green[level] += pixels[from + 1];
            blue[level] += pixels[from + 2];
          }
        }
        let best = 0;
        for (let level = 1; level < LEVELS; level++) if (count[level] > count[best]) best = level;
        const to = 4 * (y * width + x);
        made[to] = red[best] / count[best];
        made[to + 1] = green[best] / count[best];
        made[to + 2] = blue[best] / count[best];
      }
    }
    return made;
  },

  /** Smooth areas, sharp edges: neighbours count by how near they are, and how alike. */
  smooth(pixels, width, height, strength) {
    const made = new Uint8ClampedArray(pixels);
    const radius = strength;
    const alike = 1 / (2 * (14 + 5 * strength) ** 2);
    const near = 1 / (2 * (radius * 0.7) ** 2);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const to = 4 * (y * width + x);
        let [red, green, blue, sum] = [0, 0, 0, 0];
        for (let dy = -radius; dy <= radius; dy++) {
          for (let dx = -radius; dx <= radius; dx++) {
            const from = 4 * (clamp(y + dy, height) * width + clamp(x + dx, width));
            const [r, g, b] = [pixels[from] - pixels[to], pixels[from + 1] - pixels[to + 1], pixels[from + 2] - pixels[to + 2]];
            const weight = Math.exp(-(dx * dx + dy * dy) * near - (r * r + g * g + b * b) * alike);
            red += weight * pixels[from];
            green += weight * pixels[from + 1];
            blue += weight * pixels[from + 2];
            sum += weight;
          }
        }
        made[to] = red / sum;
        made[to + 1] = green / sum;
        made[to + 2] = blue / sum;
      }
    }
    return made;
  },

  /** Ink where the brightness changes, on paper. */
  ink(pixels, width, height, strength) {
    const bright = new Float64Array(width * height);
    for (let at = 0; at < bright.length; at++) bright[at] = 0.3 * pixels[4 * at] + 0.6 * pixels[4 * at + 1] + 0.1 * pixels[4 * at + 2];
    const fine = blurred(bright, width, height, 0.5 + strength * 0.35);
    const coarse = blurred(bright, width, height, 1 + strength * 0.7);
    const made = new Uint8ClampedArray(pixels);
    for (let at = 0; at < bright.length; at++) {
      const ink = Math.max(0, Math.min(1, 0.5 + (fine[at] - 0.985 * coarse[at]) / 9));
      const tone = Math.min(1, 0.45 + bright[at] / 190);
      made[4 * at] = 22 + 228 * ink * tone;
      made[4 * at + 1] = 24 + 220 * ink * tone;
      made[4 * at + 2] = 40 + 192 * ink * tone;
    }
    return made;
  },
};

/** By a bell curve in both directions, written so that it is easy to read. */
function blurred(values, width, height, deviation) {
  const radius = Math.ceil(deviation * 3);
  const made = new Float64Array(values.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let [total, sum] = [0, 0];
      for (let dy = -radius; dy <= radius; dy++) {
        for (let dx = -radius; dx <= radius; dx++) {
          const weight = Math.exp(-(dx * dx + dy * dy) / (2 * deviation * deviation));
          total += weight * values[clamp(y + dy, height) * width + clamp(x + dx, width)];
          sum += weight;
        }
      }
      made[y * width + x] = total / sum;
    }
  }
  return made;
}

function clamp(at, size) {
  return at < 0 ? 0 : at >= size ? size - 1 : at;
}

const LEVELS = 20;
