//! Three pictures made of nothing but arithmetic: the same on every machine.

export const WIDTH = 480;
export const HEIGHT = 300;

/** By name, a function that gives red, green and blue (0 to 1) for a place (0 to 1). */
const SCENES = {
  mountains(x, y) {
    const sky = mix([0.98, 0.72, 0.5], [0.32, 0.45, 0.78], 1 - y * 1.1);
    const sun = Math.hypot((x - 0.7) * 1.6, y - 0.34);
    let color = sun < 0.09 ? [1, 0.95, 0.8] : mix([1, 0.85, 0.6], sky, Math.min(1, sun * 2.4));
    for (let range = 0; range < 4; range++) {
      const ridge = 0.42 + range * 0.13 - 0.16 * layers(x * (2.2 + range) + range * 7.3, range * 3.1);
      if (y > ridge) {
        const depth = range / 3;
        const grain = 0.12 * layers(x * 40, y * 40 + range);
        color = mix([0.5 + grain, 0.46 + grain, 0.62], [0.08 + grain, 0.17 + grain, 0.16], depth + (y - ridge) * 0.5);
      }
    }
    return color;
  },
  fractal(x, y) {
    let [re, im] = [0, 0];
    const [a, b] = [-0.7436 + (x - 0.5) * 0.011, 0.1318 + (y - 0.5) * 0.0069];
    let step = 0;
    for (; step < 260 && re * re + im * im < 64; step++) [re, im] = [re * re - im * im + a, 2 * re * im + b];
    if (step === 260) return [0.05, 0.05, 0.12];
    const smooth = (step + 1 - Math.log2(Math.log2(re * re + im * im) / 2)) / 38;
    return [0, 0.33, 0.62].map((shift) => 0.5 + 0.48 * Math.cos(6.283 * (smooth + shift)));
  },
  marble(x, y) {
    const bend = layers(x * 4, y * 3) * 5;
    const vein = Math.abs(Math.sin((x * 3 + y * 2 + bend) * 2.4));
    const gold = Math.max(0, 1 - Math.abs(layers(x * 3 + 9, y * 3) - 0.52) * 34);
    return mix(mix([0.12, 0.26, 0.31], [0.9, 0.92, 0.9], vein ** 0.45), [0.83, 0.66, 0.3], gold * 0.9);
  },
};

export const NAMES = Object.keys(SCENES);

/** The pixels of a scene: red, green, blue and opacity of each. */
export function scene(name) {
  const color = SCENES[name];
  if (color === undefined) throw new RangeError(`no scene is called ${name}; there are ${NAMES.join(", ")}`);
  const pixels = new Uint8ClampedArray(4 * WIDTH * HEIGHT);
  for (let place = 0, y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++, place += 4) {
      const [red, green, blue] = color(x / WIDTH, y / HEIGHT);
      pixels[place] = 255 * red;
      pixels[place + 1] = 255 * green;
      pixels[place + 2] = 255 * blue;
      pixels[place + 3] = 255;
    }
  }
  return pixels;
}

function mix(one, other, part) {
  const share = Math.max(0, Math.min(1, part));
  return one.map((value, at) => value + (other[at] - value) * share);
}

/** Noise of five sizes on top of each other, from 0 to 1. */
function layers(x, y) {
  let [sum, size, weight] = [0, 1, 0.5];
  for (let layer = 0; layer < 5; layer++, size *= 2, weight /= 2) sum += weight * noise(x * size, y * size);
  return sum;
}

function noise(x, y) {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, bottom] = [soften(x - left), soften(y - top)];
  const above = grain(left, top) * (1 - right) + grain(left + 1, top) * right;
  const beneath = grain(left, top + 1) * (1 - right) + grain(left + 1, top + 1) * right;
  return above * (1 - bottom) + beneath * bottom;
}

function soften(part) {
  return part * part * (3 - 2 * part);
}

function grain(x, y) {
  let hash = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 0x1_0000_0000;
}
