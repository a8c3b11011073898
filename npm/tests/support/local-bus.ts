//! A bus within one program: it delivers later, in order, and loses what a test tells it to lose.

import type { Bus, Message, Notice } from "../../src/bus.js";

export class LocalBus implements Bus {
  readonly messages: Message[] = [];
  /** Whether messages get lost, of which nobody hears until {@link restore}. */
  isLost = false;
  readonly #hearers = new Set<(notice: Notice) => void>();
  readonly #locks = new Map<string, Promise<unknown>>();

  publish(message: Message): void {
    this.messages.push(structuredClone(message));
    if (this.isLost) return;
    for (const hear of this.#hearers) queueMicrotask(() => hear({ kind: "message", message }));
  }

  subscribe(hear: (notice: Notice) => void): () => void {
    this.#hearers.add(hear);
    return () => this.#hearers.delete(hear);
  }

  get hearers(): number {
    return this.#hearers.size;
  }

  restore(): void {
    this.isLost = false;
    for (const hear of this.#hearers) hear({ kind: "missed" });
  }

  alone<T>(name: string, load: () => Promise<T>): Promise<T> {
    const turn = (this.#locks.get(name) ?? Promise.resolve()).then(load);
    this.#locks.set(name, turn.catch(() => {}));
    return turn;
  }
}
