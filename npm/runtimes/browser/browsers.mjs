//! Three engines of browsers, headless, from the system's packages.

import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { env } from "node:process";
import puppeteer from "puppeteer-core";
import { driverHands, puppetHands } from "./hands.mjs";

/** In milliseconds: a busy machine may take minutes to start a browser or to load a page. */
const LIMIT = 300_000;

/** Each opens a browser that can visit a page and be closed; its hands use the page as a person does. */
export const chromium = () =>
  puppet({ browser: "chrome", executablePath: env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"] });

export const firefox = (preferences = {}) =>
  puppet({ browser: "firefox", executablePath: env.FIREFOX ?? "/usr/bin/firefox-esr", extraPrefsFirefox: preferences });

async function puppet(options) {
  const browser = await puppeteer.launch({ headless: true, timeout: LIMIT, protocolTimeout: LIMIT, ...options });
  const page = await browser.newPage();
  page.setDefaultTimeout(LIMIT);
  return {
    version: number(await browser.version()),
    visit: (url) => page.goto(url),
    /** For what only these browsers can. */
    page,
    /** The text of an element, once it has one. */
    async text(selector) {
      const found = await page.waitForFunction((selector) => document.querySelector(selector)?.textContent, {}, selector);
      return found.jsonValue();
    },
    hands: puppetHands(browser, page),
    close: () => browser.close(),
  };
}

/** WebKitGTK needs a display, and speaks WebDriver only. */
export async function webkit() {
  const display = spawn(env.XVFB ?? "Xvfb", ["-displayfd", "3", "-nolisten", "tcp"], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const screen = await new Promise((resolve, reject) => {
    display.on("error", reject);
    display.stdio[3].on("data", (text) => resolve(`:${String(text).trim()}`));
  });
  const port = await freePort();
  const driver = spawn(env.WEBKIT_DRIVER ?? "WebKitWebDriver", [`--port=${port}`], {
    stdio: "ignore",
    env: { ...env, DISPLAY: screen, WEBKIT_DISABLE_COMPOSITING_MODE: "1" },
  });
  const ask = async (method, path, body) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, body: body && JSON.stringify(body) });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${path}: ${JSON.stringify(value)}`);
    return value;
  };
  await answering(() => ask("GET", "/status"));
  const options = { binary: env.MINIBROWSER, args: ["--automation"] };
  const { sessionId, capabilities } = await ask("POST", "/session", {
    capabilities: { alwaysMatch: { browserName: "MiniBrowser", "webkitgtk:browserOptions": options } },
  });
  const session = (method, path, body) => ask(method, `/session/${sessionId}${path}`, body);
  return {
    version: number(capabilities.browserVersion),
    hands: driverHands(session, await session("GET", "/window")),
    visit: (url) => ask("POST", `/session/${sessionId}/url`, { url }),
    async close() {
      await ask("DELETE", `/session/${sessionId}`);
      driver.kill();
      display.kill();
    },
  };
}

async function answering(ask) {
  for (let time = 0; ; time++) {
    try {
      return await ask();
    } catch (error) {
      if (time === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function number(version) {
  return /\d[\d.]*/.exec(version)?.[0] ?? version;
}
