// Random numbers that are the same in every run.

/** A linear congruential generator (Numerical Recipes): good enough to choose samples. */
export class Random {
  #state;

  constructor(seed) {
    this.#state = seed;
  }

  /** A number below `bound`. */
  below(bound) {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * bound);
  }
}
