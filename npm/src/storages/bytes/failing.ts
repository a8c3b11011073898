//! What callers hear when a place fails, and who else hears of it.

import { CachefnError, show } from "../../errors.js";
import { REASONS, type Why } from "../../records/why.js";
import type { Trouble } from "../../storage.js";

/** Tells what happens to a storage to those who watch it. */
export class Troubles {
  readonly #label: string;
  readonly #hearers = new Set<(trouble: Trouble) => void>();
  #isDown = false;

  constructor(label: string) {
    this.#label = label;
  }

  watch(hear: (trouble: Trouble) => void): () => void {
    // Of its own, so that who watches twice is told twice.
    const own = (trouble: Trouble): void => hear(trouble);
    this.#hearers.add(own);
    return () => void this.#hearers.delete(own);
  }

  /** What `act` returns. A failure is an error of this package, and is told once until something succeeds. */
  async guard<T>(operation: string, name: string | undefined, act: () => T | PromiseLike<T>): Promise<T> {
    try {
      const result = await act();
      this.#isDown = false;
      return result;
    } catch (cause) {
      throw this.#failed(operation, name, cause);
    }
  }

  /** Tells of a record that counts as none. */
  damaged(name: string, why: Why | "key"): void {
    const reason = why === "key" ? "the record has another key" : REASONS[why];
    this.#tell({ code: "corrupt", name, cause: new CachefnError("corrupt", "get", `${show(name)}: ${reason}`) });
  }

  #failed(operation: string, name: string | undefined, cause: unknown): CachefnError {
    const error = cause instanceof CachefnError ? cause : unavailable(operation, name, this.#label, cause);
    if (error.code === "unavailable" && !this.#isDown) {
      this.#isDown = true;
      this.#tell({ code: "unavailable", name, cause: error });
    }
    return error;
  }

  #tell(trouble: Trouble): void {
    for (const hear of [...this.#hearers]) {
      try {
        hear(trouble);
      } catch {
        // Whoever only listens must not make an operation fail.
      }
    }
  }
}

/** An error of a place that could not do what it was asked. */
export function unavailable(operation: string, name: string | undefined, label: string, cause: unknown): CachefnError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new CachefnError("unavailable", operation, `${name === undefined ? "" : `${show(name)}: `}${label} is unavailable: ${why}`, cause);
}
