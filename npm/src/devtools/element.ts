//! `<cachefn-devtools>`: the watched caches of the page in one panel.

import { ActionsView } from "./actions-view.js";
import { Chart } from "./chart.js";
import { Choice } from "./choice.js";
import { h, say } from "./dom.js";
import { EntriesView } from "./entries-view.js";
import { EventsView } from "./events-view.js";
import { count, percent } from "./format.js";
import type { Recording } from "./recording.js";
import { recordings, watchers } from "./registry.js";
import { StatisticsView } from "./statistics-view.js";
import { CSS } from "./styles.js";

/** Makes the element known to the page; without a page, and the second time, it does nothing. */
export function define(): void {
  if (typeof customElements === "undefined" || customElements.get(NAME) !== undefined) return;
  customElements.define(
    NAME,
    // Here, because outside of pages there is nothing to extend.
    class extends HTMLElement {
      readonly #panel = new Panel(this.attachShadow({ mode: "open" }));

      connectedCallback(): void {
        this.#panel.start();
      }

      disconnectedCallback(): void {
        this.#panel.stop();
      }
    },
  );
}

/** What is inside of the element. */
class Panel {
  readonly #caches = new Choice("Caches", "listbox", () => this.#select());
  readonly #tabs = new Choice("Views", "tablist", () => this.#turn(), "view");
  readonly #rate = new Chart({ label: "Hit rate", of: ({ hitRate }) => hitRate, most: 1, show: percent });
  readonly #size = new Chart({ label: "Entries", of: ({ size }) => size, show: (size) => count(size ?? 0) });
  readonly #entries: EntriesView;
  readonly #events = new EventsView();
  readonly #statistics = new StatisticsView();
  readonly #actions = new ActionsView(() => void this.#refresh());
  readonly #view = h("div", { role: "tabpanel", id: "view" });
  readonly #trouble = h("p", { class: "trouble", role: "alert" });
  readonly #main = h("div", { class: "main" });
  readonly #nothing = h("p", { class: "nothing" }, "No cache is watched yet. ", h("code", {}, 'watch("users", cache)'), " shows one here.");
  /** By name, where the numbers of a cache stand in the list of them. */
  readonly #numbers = new Map<string, HTMLElement>();
  #shown: Recording | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #frame = 0;
  readonly #heard = (recording: Recording | undefined): void => {
    if (recording === undefined) this.#list();
    else if (recording === this.#recording) this.#soon();
  };

  constructor(root: ShadowRoot) {
    const actions = this.#actions;
    this.#entries = new EntriesView({
      remove: (key) => void actions.remove(key),
      expire: (key) => void actions.expire(key),
      invalidateTag: (tag) => void actions.invalidateTag(tag),
    });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    root.adoptedStyleSheets = [sheet, this.#entries.sheet];
    const charts = h("div", { class: "charts" }, this.#rate.element, this.#size.element);
    this.#main.append(this.#trouble, charts, this.#actions.element, this.#tabs.element, this.#view);
    this.#tabs.offer(VIEWS.map((name) => ({ name, content: [name] })));
    root.append(h("section", { class: "panel", "aria-label": "Caches of this page" }, this.#caches.element, this.#nothing, this.#main));
    this.#list();
    this.#turn();
  }

  start(): void {
    watchers.add(this.#heard);
    this.#timer = setInterval(() => void this.#tick(), SECOND);
    this.#list();
    void this.#tick();
  }

  stop(): void {
    watchers.delete(this.#heard);
    clearInterval(this.#timer);
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  get #recording(): Recording | undefined {
    return recordings.get(this.#caches.value ?? "");
  }

  /** Takes and shows the numbers of this second. */
  async #tick(): Promise<void> {
    const at = performance.now();
    await Promise.all([...recordings.values()].map((recording) => recording.sample(at)));
    for (const [name, { stats }] of recordings) {
      const place = this.#numbers.get(name);
      if (place !== undefined && stats !== undefined) say(place, `${percent(stats.hitRate)} · ${count(stats.size)}`);
    }
    this.#draw(at);
    await this.#entries.tick(at);
  }

  #draw(at: number): void {
    const recording = this.#recording;
    if (recording === undefined) return;
    const { samples, stats, trouble } = recording;
    say(this.#trouble, trouble ?? "");
    this.#rate.draw(samples, at, percent(samples.map(({ hitRate }) => hitRate).filter((rate) => rate !== undefined).at(-1)));
    this.#size.draw(samples, at, count(stats?.size ?? 0));
    this.#statistics.draw();
  }

  async #refresh(): Promise<void> {
    await this.#tick();
    await this.#entries.refresh();
  }

  /** Shows the caches that there are now. */
  #list(): void {
    const names = [...recordings.keys()];
    const before = this.#shown;
    this.#numbers.clear();
    const items = names.map((name) => {
      const numbers = h("small", {}, "–");
      this.#numbers.set(name, numbers);
      return { name, content: [h("span", {}, name), numbers] };
    });
    this.#caches.offer(items);
    this.#nothing.hidden = names.length > 0;
    this.#main.hidden = names.length === 0;
    if (this.#recording !== before) this.#select();
  }

  #select(): void {
    const recording = this.#recording;
    this.#shown = recording;
    this.#actions.show(recording);
    this.#events.show(recording);
    this.#statistics.show(recording);
    void this.#entries.show(recording);
    void this.#tick();
  }

  #turn(): void {
    const view = { Entries: this.#entries, Events: this.#events, Statistics: this.#statistics }[this.#tabs.value ?? "Entries"];
    if (view !== undefined) this.#view.replaceChildren(view.element);
    this.#view.setAttribute("aria-labelledby", `tab-${this.#tabs.value}`);
    this.#events.draw(); // what happened while another view was open
    void this.#entries.refresh(); // it may have been laid out for the first time
  }

  /** Many events in a row are shown together. */
  #soon(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.#tabs.value === "Events") this.#events.draw();
    });
  }
}

const NAME = "cachefn-devtools";
const VIEWS = ["Entries", "Events", "Statistics"];
const SECOND = 1000;
