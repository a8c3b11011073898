//! A failure that is remembered in the place of a value.

/** What a fetcher threw, or rejected with. */
export class Failure {
  readonly #error: unknown;
  readonly #isPromised: boolean;

  constructor(error: unknown, isPromised: boolean) {
    this.#error = error;
    this.#isPromised = isPromised;
  }

  /** Fails again in the way it did. */
  repeat(promised: boolean): Promise<never> {
    if (promised || this.#isPromised) return Promise.reject(this.#error);
    throw this.#error;
  }
}
