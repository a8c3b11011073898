//! One of several, chosen with the mouse or the arrow keys: tabs, and a list of caches.

import { h, mark } from "./dom.js";

/** What can be chosen. */
export interface Item {
  readonly name: string;
  readonly content: readonly (Node | string)[];
}

/** A row of buttons of which one is chosen; only that one is reached with the Tab key. */
export class Choice {
  readonly element: HTMLElement;
  readonly #role: "tab" | "option";
  readonly #controls: string | undefined;
  readonly #chosen: (name: string) => void;
  readonly #buttons = new Map<string, HTMLButtonElement>();
  value: string | undefined;

  constructor(label: string, kind: "tablist" | "listbox", chosen: (name: string) => void, controls?: string) {
    this.#role = kind === "tablist" ? "tab" : "option";
    this.#controls = controls;
    this.#chosen = chosen;
    this.element = h("div", { role: kind, "aria-label": label, class: kind, onkeydown: (event: KeyboardEvent) => this.#move(event) });
  }

  /** Offers these, and chooses the first where the one that was chosen is not among them. */
  offer(items: readonly Item[]): void {
    const before = this.#hasFocus();
    this.#buttons.clear();
    for (const { name, content } of items) {
      const attributes = { type: "button", role: this.#role, id: this.#controls && `${this.#role}-${name}`, "aria-controls": this.#controls };
      const button = h("button", { ...attributes, onclick: () => this.#choose(name) }, ...content);
      this.#buttons.set(name, button);
    }
    this.element.replaceChildren(...this.#buttons.values());
    if (this.value === undefined || !this.#buttons.has(this.value)) this.value = items[0]?.name;
    this.#show();
    if (before) this.#focus();
  }

  #choose(name: string): void {
    this.value = name;
    this.#show();
    this.#focus();
    this.#chosen(name);
  }

  #show(): void {
    for (const [name, button] of this.#buttons) {
      mark(button, "aria-selected", String(name === this.value));
      button.tabIndex = name === this.value ? 0 : -1;
    }
  }

  #focus(): void {
    this.#buttons.get(this.value ?? "")?.focus();
  }

  #hasFocus(): boolean {
    return [...this.#buttons.values()].some((button) => button.matches(":focus"));
  }

  #move(event: KeyboardEvent): void {
    const names = [...this.#buttons.keys()];
    const at = names.indexOf(this.value ?? "");
    const steps: Record<string, number> = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: -1 };
    const to = steps[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const name = names.at(to % names.length);
    if (name !== undefined && name !== this.value) this.#choose(name);
  }
}
