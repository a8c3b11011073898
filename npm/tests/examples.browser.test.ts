//! The examples of the documentation and of the README that want a browser, run in one.

import { expect, test } from "vitest";
import { commands } from "vitest/browser";
import * as indexeddb from "../src/indexeddb.js";
import * as webstorage from "../src/webstorage.js";
import { examplesOf, pageOf, run } from "./support/examples.js";

declare module "vitest/browser" {
  interface BrowserCommands {
    /** The script of an example; the configuration of the browser has it. */
    compiled(code: string): Promise<string>;
  }
}

const sources = import.meta.glob<string>("../src/**/*.ts", { eager: true, query: "?raw", import: "default" });
const pages = import.meta.glob<string>("../README.md", { eager: true, query: "?raw", import: "default" });

const examples = Object.entries(sources).flatMap(([path, source]) => examplesOf(path.slice(7), source, "ts browser"));
const readme = pageOf("README", Object.values(pages).join("\n"), "ts browser");

test.each([...examples, ...readme])("%s holds", async (_, code) => {
  await run(code, (code) => commands.compiled(code), { ...indexeddb, ...webstorage });
});

test("there are such examples", () => {
  expect(Math.min(examples.length, readme.length)).toBeGreaterThan(0);
});
