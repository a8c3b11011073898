//! How entries are removed from the outside: by tag, by pattern, by key, all of them.

import type { Key } from "../key.js";
import { h, say } from "./dom.js";
import { count } from "./format.js";
import type { Recording } from "./recording.js";

/** The form, the question before everything goes, and what came of it. */
export class ActionsView {
  readonly element: HTMLElement;
  readonly #by: HTMLSelectElement;
  readonly #what: HTMLInputElement;
  readonly #dialog: HTMLDialogElement;
  readonly #question = h("h3", { id: "question" });
  readonly #outcome = h("p", { class: "outcome", role: "status" });
  readonly #done: () => void;
  #recording: Recording | undefined;

  /** `done` is called after each change. */
  constructor(done: () => void) {
    this.#done = done;
    this.#by = h("select", { "aria-label": "Invalidate by", onchange: () => this.#hint() }, ...["tag", "pattern", "key"].map((by) => h("option", {}, by)));
    this.#what = h("input", { "aria-label": "What to invalidate", required: true, autocomplete: "off", spellcheck: "false" });
    const form = h("form", { onsubmit: (event: Event) => (event.preventDefault(), void this.#submit()) });
    form.append(this.#by, this.#what, h("button", { type: "submit" }, "Invalidate"));
    const answers = h("form", { method: "dialog" }, h("button", { value: "", autofocus: true }, "Keep them"), h("button", { value: "clear", class: "danger" }, "Remove all"));
    this.#dialog = h("dialog", { "aria-labelledby": "question", onclose: () => void this.#answered() }, this.#question, answers);
    const clear = h("button", { type: "button", class: "danger", onclick: () => this.#ask() }, "Clear…");
    this.element = h("div", { class: "actions" }, form, clear, this.#outcome, this.#dialog);
    this.#hint();
  }

  /** Works on another cache. */
  show(recording: Recording | undefined): void {
    this.#recording = recording;
    say(this.#outcome, "");
  }

  /** Removes one entry. */
  remove(key: Key): Promise<void> {
    return this.#act(async ({ cache }) => ((await cache.delete(key)) ? `removed ${key}` : `${key} was not there`));
  }

  /** Makes one entry stale. */
  expire(key: Key): Promise<void> {
    return this.#act(async ({ cache }) => ((await cache.expire(key)) ? `${key} is not fresh any more` : `${key} was not fresh`));
  }

  /** Makes everything with a tag unreachable. */
  invalidateTag(tag: string): Promise<void> {
    return this.#act(async ({ cache }) => {
      await cache.invalidateByTag(tag);
      return `invalidated the tag ${tag}`;
    });
  }

  #submit(): Promise<void> {
    const text = this.#what.value;
    if (this.#by.value === "tag") return this.invalidateTag(text);
    if (this.#by.value === "key") return this.#removeText(text);
    return this.#act(async ({ cache }) => {
      const removed = await cache.invalidateByPattern(text);
      return removed === undefined ? `invalidated ${text}` : `${text} removed ${count(removed)} ${removed === 1 ? "entry" : "entries"}`;
    });
  }

  /** A key that looks like a number may be one. */
  #removeText(text: string): Promise<void> {
    return this.#act(async ({ cache }) => {
      const isThere = (await cache.delete(text)) || (String(Number(text)) === text && (await cache.delete(Number(text))));
      return isThere ? `removed ${text}` : `${text} was not there`;
    });
  }

  #ask(): void {
    const { name = "", stats } = this.#recording ?? {};
    say(this.#question, `Remove all ${count(stats?.size ?? 0)} entries of ${name}?`);
    this.#dialog.returnValue = "";
    this.#dialog.showModal();
  }

  async #answered(): Promise<void> {
    if (this.#dialog.returnValue !== "clear") return;
    await this.#act(async ({ cache, name }) => {
      await cache.clear();
      return `removed everything from ${name}`;
    });
  }

  async #act(work: (recording: Recording) => Promise<string>): Promise<void> {
    const recording = this.#recording;
    if (recording === undefined) return;
    try {
      say(this.#outcome, await work(recording));
    } catch (error) {
      say(this.#outcome, error instanceof Error ? error.message : String(error));
    }
    this.#done();
  }

  #hint(): void {
    this.#what.placeholder = { tag: "users", pattern: "user:*", key: "user:7" }[this.#by.value] ?? "";
  }
}
