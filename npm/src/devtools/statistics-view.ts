//! Everything that a cache counts.

import type { Stats } from "../stats.js";
import { h, say } from "./dom.js";
import { bytes, count, duration, percent } from "./format.js";
import type { Recording } from "./recording.js";

/** The panel of numbers. */
export class StatisticsView {
  readonly element = h("dl", { class: "statistics" });
  readonly #places = new Map<string, HTMLElement>();
  #recording: Recording | undefined;

  /** Shows another cache. */
  show(recording: Recording | undefined): void {
    this.#recording = recording;
    this.draw();
  }

  /** Shows what is new. */
  draw(): void {
    for (const [name, number] of Object.entries(this.#recording?.stats ?? {})) {
      if (typeof number === "number") say(this.#place(name), written(name, number));
      else if (typeof number === "string") say(this.#place(name), number); // the state of what has a storage
    }
  }

  #place(name: string): HTMLElement {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const place = h("dd");
    this.#places.set(name, place);
    this.element.append(h("div", {}, h("dt", {}, words(name)), place));
    return place;
  }
}

function written(name: string, number: number): string {
  if (name === ("hitRate" satisfies keyof Stats)) return percent(number);
  if (name === ("loadTime" satisfies keyof Stats)) return duration(number);
  return name === ("memoryUsage" satisfies keyof Stats) ? bytes(number) : count(number);
}

/** `loadFailures` as `Load failures`. */
function words(name: string): string {
  const text = name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return text.charAt(0).toUpperCase() + text.slice(1);
}
