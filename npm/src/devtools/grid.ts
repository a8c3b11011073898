//! A long list of which only what is seen exists: rows of one height, walked with the arrow keys.

import { h, mark, say } from "./dom.js";

/** A column. */
export interface Column<R> {
  readonly name: string;
  readonly title: string;
  readonly text: (row: R) => string;
  /** For pictures of the text. */
  readonly kind?: (row: R) => string;
}

/** What a list is told when it is used. */
export interface Uses<R> {
  opened(row: R): void;
  removed(row: R): void;
  sorted(column: string): void;
}

/** A table of rows of one height. */
export class Grid<R> {
  readonly element: HTMLElement;
  readonly #columns: readonly Column<R>[];
  readonly #uses: Uses<R>;
  readonly #space: HTMLElement;
  readonly #window: HTMLElement;
  readonly #heads: HTMLButtonElement[];
  /** Rules for what only numbers can say, because elements have no styles of their own here. */
  readonly sheet = new CSSStyleSheet();
  readonly #pool: HTMLElement[] = [];
  #rows: readonly R[] = [];
  #active = 0;

  constructor(label: string, columns: readonly Column<R>[], uses: Uses<R>) {
    this.#columns = columns;
    this.#uses = uses;
    this.sheet.replaceSync(".space{height:0px}.window{transform:translateY(0px)}");
    this.#heads = columns.map(({ name, title }) => h("button", { type: "button", onclick: () => uses.sorted(name) }, title));
    const heads = this.#heads.map((head, place) => h("div", { role: "columnheader", class: columns[place]?.name }, head));
    this.#window = h("div", { class: "window", role: "rowgroup" });
    this.#space = h("div", { class: "space", role: "presentation" }, this.#window);
    this.element = h(
      "div",
      {
        role: "grid",
        "aria-label": label,
        tabindex: 0,
        class: "grid",
        onkeydown: (event: KeyboardEvent) => this.#key(event),
        onscroll: () => this.#draw(),
      },
      h("div", { role: "rowgroup", class: "head" }, h("div", { role: "row", "aria-rowindex": 1 }, ...heads)),
      this.#space,
    );
  }

  /** Shows other rows; how they are sorted stands in the heads. */
  show(rows: readonly R[], order: string, descending: boolean): void {
    this.#rows = rows;
    this.#active = Math.max(0, Math.min(this.#active, rows.length - 1));
    mark(this.element, "aria-rowcount", String(rows.length + 1));
    for (const [place, { name }] of this.#columns.entries()) {
      const sorted = name === order ? (descending ? "descending" : "ascending") : undefined;
      mark(this.#heads[place]?.parentElement as Element, "aria-sort", sorted ?? "none");
    }
    this.#rule(0, "height", rows.length * ROW);
    this.#draw();
  }

  /** Which row the keys work on. */
  get active(): R | undefined {
    return this.#rows[this.#active];
  }

  #draw(): void {
    const first = Math.max(0, Math.floor(this.element.scrollTop / ROW) - AROUND);
    const seen = Math.ceil((this.element.clientHeight || 400) / ROW) + 2 * AROUND;
    const last = Math.min(this.#rows.length, first + seen);
    this.#rule(1, "transform", first * ROW);
    while (this.#pool.length < last - first) this.#pool.push(this.#newRow());
    for (let place = first; place < last; place++) this.#fill(this.#pool[place - first] as HTMLElement, place);
    this.#window.replaceChildren(...this.#pool.slice(0, last - first));
    const isSeen = this.#active >= first && this.#active < last;
    mark(this.element, "aria-activedescendant", isSeen ? `row-${this.#active}` : undefined);
  }

  #newRow(): HTMLElement {
    const cells = this.#columns.map(({ name }) => h("div", { role: "gridcell", class: name }));
    const row = h("div", { role: "row", class: "row" }, ...cells);
    row.addEventListener("click", () => {
      this.#activate(Number(row.id.slice(4)));
      this.#uses.opened(this.active as R);
    });
    return row;
  }

  #fill(element: HTMLElement, place: number): void {
    const row = this.#rows[place] as R;
    mark(element, "id", `row-${place}`);
    mark(element, "aria-rowindex", String(place + 2));
    mark(element, "aria-selected", String(place === this.#active));
    for (const [at, { text, kind }] of this.#columns.entries()) {
      const cell = element.children[at] as HTMLElement;
      const words = text(row);
      say(cell, words);
      mark(cell, "title", words);
      if (kind !== undefined) mark(cell, "data-kind", kind(row));
    }
  }

  #activate(place: number): void {
    this.#active = Math.max(0, Math.min(place, this.#rows.length - 1));
    const { scrollTop, clientHeight } = this.element;
    const top = this.#active * ROW; // below the head, which stays where it is
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + 2 * ROW > scrollTop + clientHeight) this.element.scrollTop = top + 2 * ROW - clientHeight;
    this.#draw();
  }

  #key(event: KeyboardEvent): void {
    if (event.target !== this.element || this.#rows.length === 0) return;
    const page = Math.max(1, Math.floor(this.element.clientHeight / ROW) - 2);
    const at = this.#active;
    const steps: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: this.#rows.length - 1,
    };
    const to = steps[event.key];
    if (to !== undefined) this.#activate(to);
    else if (event.key === "Enter" || event.key === " ") this.#uses.opened(this.active as R);
    else if (event.key === "Delete" || event.key === "Backspace") this.#uses.removed(this.active as R);
    else return;
    event.preventDefault();
  }

  #rule(place: number, property: string, pixels: number): void {
    const { style } = this.sheet.cssRules[place] as CSSStyleRule;
    style.setProperty(property, property === "height" ? `${pixels}px` : `translateY(${pixels}px)`);
  }
}

/** How high a row is, and the head, in pixels; the style sheet says it too. */
const ROW = 30;
/** So many rows beyond both edges exist, for fast scrolling. */
const AROUND = 8;
