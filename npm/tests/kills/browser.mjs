//! Chromium with a profile that outlives it, and four ways to end a tab that had no warning.

import { spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

/** One profile, in which browsers start one after the other. */
export class Profile {
  #folder;
  #process;
  #browser;
  #events = new EventEmitter();
  #discards = 0;

  /** Where the browser keeps what it keeps, once it has run. */
  get folder() {
    return this.#folder;
  }

  /** A page in a browser that runs, started if there is none. */
  async page(url) {
    this.#folder ??= await mkdtemp(join(tmpdir(), "cachefn-kills-"));
    if (this.#browser?.isConnected() !== true) await this.#start();
    const [context] = this.#browser.contexts();
    for (let time = 0; ; time++) {
      try {
        const page = await context.newPage();
        await page.goto(url);
        return page;
      } catch (error) {
        // The browser had a process in reserve, which was killed with the others.
        if (time === 5 || !/crashed/.test(error.message)) throw error;
      }
    }
  }

  /** Each ends the page at once; nothing in it learns of it. */
  ways = {
    "renderers killed": async (page) => {
      const session = await this.#browser.newBrowserCDPSession();
      const { processInfo } = await session.send("SystemInfo.getProcessInfo");
      const crashed = page.waitForEvent("crash");
      for (const { type, id } of processInfo) if (type === "renderer") tryKill(id);
      await crashed;
      await session.detach();
      await page.close();
    },
    "page crashed": async (page) => {
      const session = await page.context().newCDPSession(page);
      const crashed = page.waitForEvent("crash");
      session.send("Page.crash").catch(() => {}); // who crashes does not answer
      await crashed;
      await page.close();
    },
    "tab closed": (page) => page.close({ runBeforeUnload: false }),
    "browser killed": () => this.#end(),
  };

  /**
   * Waits until the browser has said that it discarded a database, once for each time; rejects when it does not. It does
   * so with one whose last writing of several kilobytes was cut off by the end of the whole browser.
   */
  async discarded() {
    if (this.#discards === 0) await once(this.#events, "discarded", { signal: AbortSignal.timeout(PATIENCE) });
    this.#discards--;
  }

  async close() {
    await this.#end();
    // Processes of the browser may still be writing their last.
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  async #start() {
    const options = ["--headless", "--no-sandbox", "--disable-dev-shm-usage", "--no-first-run", "--remote-debugging-port=0", "--enable-logging=stderr"];
    this.#process = spawn(process.env.CHROMIUM ?? "/usr/bin/chromium", [...options, `--user-data-dir=${this.#folder}`, "about:blank"], {
      stdio: ["ignore", "ignore", "pipe"],
      detached: true, // a group of its own, which ends as one
    });
    this.#browser = await chromium.connectOverCDP(await this.#listening(this.#process));
  }

  /** Where a browser that has just started answers; all that it says is read until it ends. */
  #listening(browser) {
    return new Promise((resolve, reject) => {
      let said = "";
      browser.once("error", reject);
      const lines = createInterface({ input: browser.stderr });
      lines.on("line", (line) => {
        if (said.length < 10_000) said += `${line}\n`;
        const found = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
        if (found !== undefined) resolve(found);
        if (!line.includes("recovering from a corrupted (and deleted) database")) return;
        this.#discards++;
        this.#events.emit("discarded");
      });
      lines.once("close", () => reject(new Error(`Chromium ended before it listened: ${said}`)));
    });
  }

  async #end() {
    if (this.#process === undefined) return;
    const ended = once(this.#process, "exit");
    process.kill(-this.#process.pid, "SIGKILL");
    await ended;
    await this.#browser?.close().catch(() => {});
    this.#process = undefined;
    this.#browser = undefined;
  }
}

/** In milliseconds: what a browser says comes by another way than what its pages answer. */
const PATIENCE = 30_000;

function tryKill(id) {
  try {
    process.kill(id, "SIGKILL");
  } catch (error) {
    if (error.code !== "ESRCH") throw error; // it ended before us
  }
}
