//! A minute of one number as a line.

import { mark, s, say, h } from "./dom.js";
import { type Sample, WINDOW } from "./recording.js";

/** How a number is drawn and called. */
export interface Line {
  readonly label: string;
  readonly of: (sample: Sample) => number | undefined;
  /** The top of the picture; without it, above the highest. */
  readonly most?: number;
  readonly show: (number: number | undefined) => string;
}

/** A picture with its number of now. */
export class Chart {
  readonly element: HTMLElement;
  readonly #line: Line;
  readonly #picture: SVGSVGElement;
  readonly #path = s("path", { class: "line" });
  readonly #area = s("path", { class: "area" });
  /** Where a number has none beside it, a line has nowhere to go. */
  readonly #dots = s("path", { class: "line dots" });
  readonly #now = h("strong");
  readonly #top = h("span", { class: "top" });

  constructor(line: Line) {
    this.#line = line;
    const grid = [0, 0.5, 1].map((part) => s("line", { class: "grid", x1: 0, x2: WIDTH, y1: part * HEIGHT, y2: part * HEIGHT }));
    const shape = { viewBox: `0 -2 ${WIDTH} ${HEIGHT + 4}`, preserveAspectRatio: "none", role: "img" };
    this.#picture = s("svg", shape, ...grid, this.#area, this.#path, this.#dots);
    const scale = h("div", { class: "scale", "aria-hidden": "true" }, h("span", {}, "60 s ago"), this.#top, h("span", {}, "now"));
    this.element = h("figure", {}, h("figcaption", {}, line.label, " ", this.#now), this.#picture, scale);
  }

  /** Draws the samples as they look at a moment. */
  draw(samples: readonly Sample[], at: number, text: string): void {
    const { of, label, show } = this.#line;
    const numbers = samples.map(of);
    const highest = Math.max(...numbers.map((number) => number ?? 0), 0);
    const most = this.#line.most ?? roundUp(highest);
    let line = "";
    let area = "";
    let dots = "";
    let pen = false;
    let from = 0;
    let x = 0;
    samples.forEach((sample, place) => {
      const number = numbers[place];
      if (number !== undefined) {
        x = round(WIDTH * (1 - (at - sample.at) / WINDOW));
        const y = round(HEIGHT * (1 - number / most));
        if (!pen) from = x;
        line += `${pen ? "L" : "M"}${x} ${y}`;
        area += `${pen ? "L" : `M${x} ${HEIGHT}L`}${x} ${y}`;
      }
      const isLast = number === undefined || place === samples.length - 1;
      if (isLast && (pen || number !== undefined)) {
        area += `L${x} ${HEIGHT}Z`;
        if (x === from) dots += `${line.slice(line.lastIndexOf("M"))}h.01`;
      }
      pen = number !== undefined;
    });
    mark(this.#path, "d", line);
    mark(this.#dots, "d", dots);
    mark(this.#area, "d", area);
    say(this.#now, text);
    say(this.#top, `top ${show(most)}`);
    mark(this.#picture, "aria-label", `${label} over the last minute, now ${text}, between 0 and ${show(most)}`);
  }
}

/** The next of 10, 20, 50, 100, 200 …. */
function roundUp(number: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(number, 10)));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= number) ?? number;
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}

const WIDTH = 600;
const HEIGHT = 100;
