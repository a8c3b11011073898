//! What a cache tells, as it tells it.

import { KINDS } from "../events.js";
import { h, mark, say } from "./dom.js";
import { clock, count } from "./format.js";
import type { Recording, Told } from "./recording.js";

/** The panel of events. */
export class EventsView {
  readonly element: HTMLElement;
  readonly #list = h("ol", { class: "log", role: "log", "aria-label": "Events", "aria-live": "off", tabindex: 0 });
  readonly #kind: HTMLSelectElement;
  readonly #text: HTMLInputElement;
  readonly #pause: HTMLButtonElement;
  readonly #told = h("p", { class: "found" });
  readonly #nothing = h("p", { class: "nothing" });
  #recording: Recording | undefined;
  /** What is shown while it stands still. */
  #still: { readonly events: readonly Told[]; readonly told: number } | undefined;
  #drawn = "";

  constructor() {
    const options = ["all kinds", "all but hits", ...KINDS].map((kind) => h("option", {}, kind));
    this.#kind = h("select", { "aria-label": "Kind of events", onchange: () => this.draw() }, ...options);
    this.#text = h("input", { type: "search", "aria-label": "Filter events", placeholder: "Filter by key or cause", autocomplete: "off", spellcheck: "false", oninput: () => this.draw() });
    this.#pause = h("button", { type: "button", "aria-pressed": "false", onclick: () => this.#toggle() }, "Pause");
    this.element = h("div", { class: "events" }, h("div", { class: "bar" }, this.#kind, this.#text, this.#pause, this.#told), this.#list, this.#nothing);
  }

  /** Shows another cache, from now on. */
  show(recording: Recording | undefined): void {
    this.#recording = recording;
    if (this.#still !== undefined) this.#toggle();
    this.draw();
  }

  /** Shows what is new. */
  draw(): void {
    const recording = this.#recording;
    if (recording === undefined) return;
    const { events, told } = this.#still ?? recording;
    const text = this.#text.value.trim().toLowerCase();
    const state = `${recording.name} ${told} ${this.#kind.value} ${text}`;
    if (state === this.#drawn) return;
    this.#drawn = state;
    const kind = this.#kind.value;
    const fits = ({ event }: Told): boolean =>
      (kind === "all kinds" || (kind === "all but hits" ? event.kind !== "hit" : event.kind === kind)) &&
      (text === "" || `${String(event.key ?? "")} ${event.cause ?? ""}`.toLowerCase().includes(text));
    const shown: Told[] = [];
    for (let place = events.length - 1; place >= 0 && shown.length < SHOWN; place--) {
      const one = events[place] as Told;
      if (fits(one)) shown.push(one);
    }
    this.#list.replaceChildren(...shown.map(line));
    this.#list.hidden = shown.length === 0;
    this.#nothing.hidden = shown.length > 0;
    say(this.#nothing, told === 0 ? "Nothing has happened since this cache is watched." : "None of the latest events fits.");
    say(this.#told, `${count(told)} ${told === 1 ? "event" : "events"}${this.#still === undefined ? "" : ", paused"}`);
  }

  #toggle(): void {
    const recording = this.#recording;
    this.#still = this.#still !== undefined || recording === undefined ? undefined : { events: [...recording.events], told: recording.told };
    const isStill = this.#still !== undefined;
    mark(this.#pause, "aria-pressed", String(isStill));
    this.#drawn = "";
    this.draw();
  }
}

function line({ at, event: { kind, key, cause, count: removed } }: Told): HTMLElement {
  const number = removed === undefined ? "" : `${count(removed)} removed`;
  return h(
    "li",
    { "data-kind": kind },
    h("time", {}, clock(at)),
    h("b", {}, kind),
    h("code", {}, key === undefined ? "" : String(key)),
    h("i", {}, cause ?? number),
  );
}

/** So many lines are looked through faster than more. */
const SHOWN = 200;
