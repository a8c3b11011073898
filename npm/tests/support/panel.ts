//! The element in a page of its own, and what a person would find in it.

import { expect, onTestFinished } from "vitest";
import { unwatch, watch, type Watchable } from "../../src/devtools.js";

/** Shows caches by their names; everything ends with the test. */
export async function panel(caches: Readonly<Record<string, Watchable>>): Promise<Panel> {
  for (const [name, cache] of Object.entries(caches)) watch(name, cache);
  const element = document.createElement("cachefn-devtools");
  document.body.append(element);
  onTestFinished(() => {
    element.remove();
    for (const name of Object.keys(caches)) unwatch(name);
  });
  const opened = new Panel(element);
  await expect.poll(() => opened.root.querySelector(".found")?.textContent ?? "").not.toBe("");
  return opened;
}

/** The inside of the element. */
export class Panel {
  readonly element: HTMLElement;
  readonly root: ShadowRoot;

  constructor(element: HTMLElement) {
    this.element = element;
    this.root = element.shadowRoot as ShadowRoot;
  }

  /** The only visible element that a selector finds, and perhaps a text. */
  find<E extends HTMLElement = HTMLElement>(selector: string, text?: string): E {
    const found = [...this.root.querySelectorAll<E>(selector)].filter(
      (element) => element.checkVisibility() && (text === undefined || element.textContent.includes(text)),
    );
    expect(found, `${selector} ${text ?? ""}`).toHaveLength(1);
    return found[0] as E;
  }

  texts(selector: string): string[] {
    return [...this.root.querySelectorAll<HTMLElement>(selector)].filter((one) => one.checkVisibility()).map((one) => one.textContent);
  }

  /** The keys in the list of entries, as far as they are drawn. */
  keys(): string[] {
    return this.texts(".row .key");
  }

  /** Writes into a field as a person does. */
  write(field: HTMLInputElement | HTMLSelectElement, text: string): void {
    field.value = text;
    field.dispatchEvent(new Event(field instanceof HTMLSelectElement ? "change" : "input", { bubbles: true }));
  }

  /** Presses a key where the focus is. */
  press(key: string): void {
    (this.root.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true, cancelable: true }));
  }

  tab(name: string): void {
    this.find('[role="tab"]', name).click();
  }
}
