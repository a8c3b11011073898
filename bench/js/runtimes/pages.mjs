//! Runtimes that are browsers: a page in a profile of its own, thus a process of its own, for every task.

import { createServer } from "node:http";
import puppeteer from "puppeteer-core";
import { bundlePage } from "./bundle.mjs";

export async function openPages(name, executablePath) {
  const server = await served(await bundlePage());
  const browser = await puppeteer.launch({ ...LAUNCH[name], executablePath, headless: true, protocolTimeout: 300_000 });
  const version = (await browser.version()).replace(/^\D*/, "");
  const run = async (task, seconds) => {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not done after ${seconds} s`)), 1000 * seconds);
    });
    const context = await browser.createBrowserContext();
    try {
      return await Promise.race([inPage(await context.newPage(), server.url, task), late]);
    } finally {
      clearTimeout(timer);
      await context.close();
    }
  };
  const close = async () => {
    await browser.close();
    server.close();
  };
  return { name, kind: "page", version, unit: "ns on the wall", run, close };
}

async function inPage(page, url, task) {
  await page.goto(url);
  await page.waitForFunction("globalThis.measure !== undefined");
  return page.evaluate((task) => globalThis.measure(task), task);
}

/** A server on the loopback. Pages that are isolated have finer clocks. */
async function served(files) {
  const isolated = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
  const server = createServer(({ url }, answer) => {
    const text = url === "/" ? PAGE : files.get(url);
    const type = url === "/" ? "text/html" : "text/javascript";
    answer.writeHead(text === undefined ? 404 : 200, { "content-type": type, ...isolated }).end(text);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const PAGE = '<!doctype html><meta charset="utf-8"><title>bench</title><script type="module" src="/page.js"></script>';

const LAUNCH = {
  chromium: { browser: "chrome", args: ["--no-sandbox", "--disable-dev-shm-usage", "--js-flags=--expose-gc"] },
  firefox: { browser: "firefox", extraPrefsFirefox: { "privacy.reduceTimerPrecision": false } },
};
