//! Where is measured: each runtime by its name, opened when asked for.

import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { openPages } from "./pages.mjs";
import { openProcesses } from "./process.mjs";

/** The Node that runs this. */
export const HERE = `node${process.versions.node.split(".")[0]}`;

/**
 * name -> a promise of `{ name, kind, version, unit, run(task, seconds), close() }`; `run` gives the figures of one
 * task, in a process or a page that does nothing else, and gives up after so many seconds.
 */
export const RUNTIMES = {
  node24: () => openProcesses("node24", "node", installed("node24/bin/node"), NODE_FLAGS),
  [HERE]: () => openProcesses(HERE, "node", process.execPath, NODE_FLAGS),
  bun: () => openProcesses("bun", "bun", installed(".bin/bun"), []),
  deno: () => openProcesses("deno", "deno", installed("deno/deno"), DENO_FLAGS),
  chromium: () => openPages("chromium", browser("CHROMIUM", ["chromium", "chromium-browser", "google-chrome"])),
  firefox: () => openPages("firefox", browser("FIREFOX", ["firefox-esr", "firefox"])),
};

const NODE_FLAGS = ["--expose-gc"];
const DENO_FLAGS = ["run", "--quiet", "--allow-read", "--allow-env", "--allow-sys", "--v8-flags=--expose-gc"];

function installed(path) {
  return fileURLToPath(new URL(`../node_modules/${path}`, import.meta.url));
}

/** The executable that the environment variable names, or the first that is found. */
function browser(variable, names) {
  if (process.env[variable] !== undefined) return process.env[variable];
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Error(`no ${names[0]} in PATH: install it (Debian: apt-get install ${names[0]}), or set ${variable} to one`);
}
