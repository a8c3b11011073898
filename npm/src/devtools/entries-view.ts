//! The entries of a cache: searched, sorted, and one of them in full.

import type { Key } from "../key.js";
import { h, mark, say } from "./dom.js";
import { count, duration, preview } from "./format.js";
import { Grid } from "./grid.js";
import type { Recording } from "./recording.js";
import { list, MOST_ROWS, type Order, patternOf, type Row } from "./rows.js";

/** What the list of entries asks others to do. */
export interface EntryActions {
  remove(key: Key): void;
  expire(key: Key): void;
  invalidateTag(tag: string): void;
}

/** The panel of entries. */
export class EntriesView {
  readonly element: HTMLElement;
  readonly #actions: EntryActions;
  readonly #search: HTMLInputElement;
  readonly #found = h("p", { class: "found", id: "found" });
  readonly #nothing = h("p", { class: "nothing", hidden: true });
  readonly #detail = h("section", { class: "detail", "aria-label": "Entry", hidden: true });
  readonly #grid: Grid<Row>;
  #recording: Recording | undefined;
  #order: Order = "key";
  #descending = false;
  #open: Key | undefined;
  #seen = -1;
  #seenAt = 0;
  #turn = 0;

  constructor(actions: EntryActions) {
    this.#actions = actions;
    this.#search = h("input", {
      type: "search",
      "aria-label": "Search keys",
      "aria-describedby": "found",
      placeholder: "Search: text, or a pattern such as user:*",
      autocomplete: "off",
      spellcheck: "false",
      oninput: () => void this.refresh(),
    });
    this.#grid = new Grid<Row>("Entries", COLUMNS, {
      opened: (row) => void this.#show(row.key),
      removed: (row) => actions.remove(row.key),
      sorted: (column) => this.#sort(column as Order),
    });
    this.element = h("div", { class: "entries" }, h("div", { class: "bar" }, this.#search, this.#found), this.#nothing, this.#grid.element, this.#detail);
  }

  /** The rules that only this panel changes. */
  get sheet(): CSSStyleSheet {
    return this.#grid.sheet;
  }

  /** Shows another cache. */
  async show(recording: Recording | undefined): Promise<void> {
    this.#recording = recording;
    this.#close();
    await this.refresh();
  }

  /** Shows what is new, unless nothing can be: then lists of many are left as they are. */
  async tick(at: number): Promise<void> {
    const { changes = 0 } = this.#recording ?? {};
    if (changes === this.#seen && at - this.#seenAt < CALM) return;
    this.#seenAt = at;
    await this.refresh();
  }

  /** Lists the entries anew. */
  async refresh(): Promise<void> {
    const recording = this.#recording;
    const turn = ++this.#turn;
    if (recording === undefined) return;
    this.#seen = recording.changes;
    try {
      const text = this.#search.value.trim();
      const { rows, total } = await list(recording, patternOf(text), this.#order, this.#descending);
      if (turn !== this.#turn) return; // a later question was answered before this one
      mark(this.#search, "aria-invalid", undefined);
      const some = total > MOST_ROWS ? `the first ${count(MOST_ROWS)} of ` : "";
      say(this.#found, `${some}${count(total)} ${total === 1 ? "entry" : "entries"}`);
      this.#grid.show(rows, this.#order, this.#descending);
      if (total === 0 && this.#grid.element.matches(":focus")) this.#search.focus(); // what is hidden has no focus
      this.#grid.element.hidden = total === 0;
      this.#nothing.hidden = total > 0;
      say(this.#nothing, text === "" ? "Nothing is in this cache. What is stored appears here." : `No key matches ${text}.`);
      this.#update(rows);
    } catch (error) {
      mark(this.#search, "aria-invalid", "true");
      say(this.#found, error instanceof Error ? error.message : String(error));
    }
  }

  #sort(order: Order): void {
    this.#descending = order === this.#order && !this.#descending;
    this.#order = order;
    void this.refresh();
  }

  async #show(key: Key): Promise<void> {
    const recording = this.#recording as Recording;
    this.#open = key;
    const { rows } = await list(recording, undefined, "key", false);
    const row = rows.find((row) => row.key === key);
    const value = await Promise.resolve(recording.cache.peek(key)).catch(String);
    if (row === undefined || this.#open !== key) return;
    const tags = (row.tags ?? []).map((tag) =>
      h("button", { type: "button", class: "tag", title: `Invalidate everything tagged ${tag}`, onclick: () => this.#actions.invalidateTag(tag) }, tag),
    );
    const button = (text: string, act: () => void, kind = ""): HTMLElement => h("button", { type: "button", class: kind, onclick: act }, text);
    this.#detail.replaceChildren(
      h("header", {}, h("h3", {}, String(key)), button("Close", () => this.#close(true))),
      h("dl", {}, ...facts(row).flatMap(([name, text]) => [h("dt", {}, name), h("dd", { "data-fact": name }, text)])),
      ...(tags.length > 0 ? [h("p", { class: "tags" }, "Tags: ", ...tags)] : []),
      h("pre", { tabindex: 0, "aria-label": "Value" }, row.state === "stale" ? "a stale value is given to getOrFetch only" : preview(value)),
      h("p", { class: "acts" }, button("Make stale", () => this.#actions.expire(key)), button("Remove", () => this.#actions.remove(key), "danger")),
    );
    this.#detail.hidden = false;
    this.#detail.scrollIntoView({ block: "nearest" });
  }

  /** What changes with time in the open entry; one that has left is closed. */
  #update(rows: readonly Row[]): void {
    if (this.#open === undefined) return;
    const row = rows.find(({ key }) => key === this.#open);
    if (row === undefined) return this.#close();
    for (const [name, text] of facts(row)) {
      const place = this.#detail.querySelector(`[data-fact="${name}"]`);
      if (place !== null) say(place, text);
    }
  }

  #close(toGrid = false): void {
    this.#open = undefined;
    const hadFocus = this.#detail.querySelector(":focus") !== null;
    this.#detail.hidden = true;
    this.#detail.replaceChildren();
    if (toGrid || hadFocus) this.#grid.element.focus();
  }
}

function facts(row: Row): [string, string][] {
  return [
    ["State", row.state],
    ["Age", age(row)],
    ["Fresh for", duration(row.left)],
  ];
}

function age(row: Row): string {
  return row.age === undefined ? "older" : duration(row.age);
}

const COLUMNS = [
  { name: "key", title: "Key", text: (row: Row) => String(row.key) },
  { name: "state", title: "State", text: (row: Row) => row.state, kind: (row: Row) => row.state },
  { name: "age", title: "Age", text: age },
  { name: "left", title: "Fresh for", text: (row: Row) => duration(row.left) },
  { name: "tags", title: "Tags", text: (row: Row) => row.tags?.join(" ") ?? "–" },
];

/** Entries age without a change: then they are listed so often, in milliseconds. */
const CALM = 2000;
