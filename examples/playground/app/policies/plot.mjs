//! Seven lines over time, with their names at their ends.

const HEIGHT = 300;
const LEFT = 40;
const RIGHT = 84;
const TOP = 10;
const BOTTOM = 26;

/** A picture of as many points as there will be in the end. */
export class Plot {
  #picture;
  #place;
  #width;
  #ticks = [];
  #points;
  #label;
  #lines = new Map();

  constructor(place, names, points, label) {
    this.#points = points;
    this.#label = label;
    this.#place = place;
    this.#width = widthOf(place);
    this.#picture = svg("svg", { viewBox: `0 0 ${this.#width} ${HEIGHT}`, role: "img" });
    for (const part of [0, 0.25, 0.5, 0.75, 1]) {
      const y = TOP + (1 - part) * (HEIGHT - TOP - BOTTOM);
      const text = svg("text", { class: "tick", x: LEFT - 8, y: y + 4, "text-anchor": "end" }, `${100 * part} %`);
      this.#ticks.push({ part, text });
      this.#picture.append(svg("line", { class: "axis", x1: LEFT, x2: this.#width - RIGHT, y1: y, y2: y }), text);
    }
    for (const [part, text, anchor] of [[0, "first request", "start"], [1, label, "end"]]) {
      const x = LEFT + part * (this.#width - LEFT - RIGHT);
      this.#picture.append(svg("text", { class: "tick", x, y: HEIGHT - 6, "text-anchor": anchor }, text));
    }
    for (const [at, name] of names.entries()) {
      const line = svg("polyline", { class: `policy p${at}` });
      const text = svg("text", { class: `name p${at}`, x: this.#width - RIGHT + 8 }, name);
      this.#lines.set(name, { line, text });
      this.#picture.prepend(line);
      this.#picture.append(text);
    }
    place.replaceChildren(this.#picture);
  }

  /** Whether it is as wide as its place still is. */
  get fits() {
    return this.#width === widthOf(this.#place);
  }

  /** Draws `lanes` as far as they have come. */
  draw(lanes) {
    const ends = [];
    const highest = Math.max(...lanes.flatMap(({ points }) => points));
    const most = [0.2, 0.4, 0.6, 0.8, 1].find((top) => top >= highest) ?? 1;
    for (const { part, text } of this.#ticks) text.textContent = `${Math.round(100 * part * most)} %`;
    for (const { policy, points } of lanes) {
      const { line, text } = this.#lines.get(policy);
      const places = points.map((part, at) => [LEFT + (at / Math.max(1, this.#points - 1)) * (this.#width - LEFT - RIGHT), TOP + (1 - part / most) * (HEIGHT - TOP - BOTTOM)]);
      line.setAttribute("points", places.map((place) => place.map((number) => number.toFixed(1)).join(",")).join(" "));
      ends.push({ text, y: places.at(-1)[1], x: places.at(-1)[0] });
    }
    // Names that would stand on each other make room.
    ends.sort((one, other) => one.y - other.y);
    let free = TOP + 4;
    for (const end of ends) {
      end.y = Math.max(end.y + 4, free);
      free = end.y + 14;
    }
    let lowest = HEIGHT - BOTTOM + 4;
    for (const end of ends.reverse()) {
      end.y = Math.min(end.y, lowest);
      lowest = end.y - 14;
      end.text.setAttribute("y", end.y.toFixed(1));
      end.text.setAttribute("x", (end.x + 8).toFixed(1));
    }
    const best = [...lanes].sort((one, other) => other.hitRate - one.hitRate);
    this.#picture.setAttribute("aria-label", `Hit ratios over ${this.#label}: ${best.map(({ policy, hitRate }) => `${policy} ${(100 * hitRate).toFixed(1)} %`).join(", ")}`);
  }
}

function widthOf(place) {
  return Math.max(300, place.clientWidth);
}

function svg(tag, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
