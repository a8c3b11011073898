// Shows how far the run is: a bar on a terminal, a line at every tenth elsewhere.

import { grouped, span } from "./text.mjs";

export class Progress {
  #total;
  #started = performance.now();
  #drawn = this.#started;
  #tenths = 0;
  #terminal = process.stdout.isTTY === true;

  constructor(total) {
    this.#total = total;
  }

  /** Whether there is something to show. Costs next to nothing, so that each request may ask. */
  isDue(done) {
    if (done % LOOK_EVERY !== 0 && done !== this.#total) return false;
    if (done === this.#total) return true;
    if (this.#terminal) return performance.now() - this.#drawn >= REDRAW;
    return Math.floor((done * 10) / this.#total) > this.#tenths;
  }

  /** Shows it, and gives the terminal a chance to write and the user one to interrupt. */
  async show(done) {
    this.#drawn = performance.now();
    this.#tenths = Math.floor((done * 10) / this.#total);
    if (this.#terminal) {
      const filled = Math.floor((done * BAR) / this.#total);
      process.stdout.write(`\r  [${"#".repeat(filled)}${".".repeat(BAR - filled)}] ${this.#state(done)}  `);
    } else {
      console.log(`  ${this.#state(done)}`);
    }
    await new Promise((resume) => setImmediate(resume));
  }

  end() {
    if (this.#terminal) console.log();
  }

  #state(done) {
    const percent = String(Math.floor((done * 100) / this.#total)).padStart(3);
    const taken = span(performance.now() - this.#started);
    return `${percent} %  ${grouped(done)} of ${grouped(this.#total)}  ${taken}`;
  }
}

const BAR = 30;
const LOOK_EVERY = 512;
/** Milliseconds. */
const REDRAW = 100;
