//! Next: builds the app, starts it, asks for the page, its part in the browser, and the edge route.

import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { chromium } from "../runtimes/browser/browsers.mjs";
import { MARK } from "../runtimes/common/run.mjs";

const here = import.meta.dirname;
const folder = join(here, "next");

/** `{ [place]: result }`. */
export async function next() {
  rmSync(join(folder, ".next"), { recursive: true, force: true });
  const build = start(["build"]);
  if ((await build.ended) !== 0) throw new Error(`next build: ${build.output()}`);
  const port = await freePort();
  const server = start(["start", "--hostname", "127.0.0.1", "--port", String(port)]);
  try {
    const page = await answer(`http://127.0.0.1:${port}/`, server);
    const text = /<p id="server">([^<]*)/.exec(page)?.[1].replaceAll("&quot;", '"') ?? "";
    return {
      "page, rendered": JSON.parse(text.slice(MARK.length)),
      "page, in Chromium": JSON.parse(await inBrowser(`http://127.0.0.1:${port}/`)),
      "edge route": JSON.parse(await answer(`http://127.0.0.1:${port}/edge`, server)),
    };
  } finally {
    server.child.kill();
    await server.ended;
  }
}

function start(args) {
  const child = spawn(process.execPath, [join(here, "node_modules/next/dist/bin/next"), ...args], {
    cwd: folder,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", CI: "1" },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 240_000,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
  return { child, output: () => output, ended: new Promise((resolve) => child.on("close", resolve)) };
}

async function inBrowser(url) {
  const browser = await chromium();
  try {
    await browser.visit(url);
    return await browser.text("#client");
  } finally {
    await browser.close();
  }
}

async function answer(url, server) {
  for (let time = 0; ; time++) {
    try {
      const response = await fetch(url);
      const text = await response.text();
      if (!response.ok) throw new Error(`${url}: ${response.status} ${server.output()}`);
      return text;
    } catch (error) {
      if (time === 100 || error.cause === undefined) throw error; // only a refused connection is worth another try
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
