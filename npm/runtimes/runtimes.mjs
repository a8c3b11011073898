//! The table of places, and how the program is started in each.

import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MARK } from "./common/run.mjs";

const here = import.meta.dirname;
const bin = (path) => join(here, "node_modules", path);
const node = (major) => bin(`node-${major}-${process.arch}/bin/node`);
const deno = bin("deno/deno");
const bun = bin("bun/bin/bun.exe");

/**
 * What is tried where. A program prints a result for each place inside it. What it keeps lies in a new folder, if it looks
 * for that in the variable `keeps`.
 */
export const RUNTIMES = [
  ...[20, 22, 24].flatMap((major) => [
    { name: `node-${major}`, about: "imported", version: versionOf(node(major)), command: [node(major), "node/main.mjs"] },
    { name: `node-${major}-cjs`, about: "required", version: versionOf(node(major)), command: [node(major), "node/main.cjs"] },
  ]),
  { name: "deno", about: "imported", version: versionOf(deno), command: [deno, "run", "--allow-read", "--allow-env", "deno/main.mjs"], keeps: "DENO_DIR" },
  { name: "bun", about: "imported", version: versionOf(bun), command: [bun, "bun/main.mjs"] },
  // These tools want a newer Node than the package does.
  { name: "workerd", about: "module compiled by the platform; TTL and single flight across requests", command: [node(24), "workerd/main.mjs"] },
  { name: "edge", about: "condition edge-light, compiling forbidden", command: [node(24), "edge/main.mjs"] },
  ...["chromium", "firefox", "webkit"].map((name) => ({
    name,
    about: "page, three kinds of workers, strict policy",
    command: [node(24), "browser/main.mjs", name],
  })),
];

/** Starts a program and waits until it has ended by itself: `{ version, places: { [place]: result } }`. */
export async function run({ version, command: [program, ...args], keeps }) {
  const folder = mkdtempSync(join(tmpdir(), "cachefn-runtime-"));
  const env = keeps === undefined ? process.env : { ...process.env, [keeps]: folder };
  const child = spawn(program, args, { cwd: here, env, stdio: ["ignore", "pipe", "pipe"], timeout: LIMIT });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
  const status = await new Promise((resolve) => {
    child.on("error", resolve);
    child.on("close", (code, signal) => resolve(signal ?? code));
  });
  rmSync(folder, { recursive: true, force: true });
  const line = output.split("\n").find((line) => line.startsWith(MARK));
  const failed = (why) => ({ version: version?.() ?? "?", places: { "": { passed: 0, failures: [`${why}\n${output.slice(-3000)}`] } } });
  if (status !== 0) return failed(`it ended with ${status}`);
  if (line === undefined) return failed("it printed no result");
  const result = JSON.parse(line.slice(MARK.length));
  return { version: result.version ?? version(), places: result.places };
}

function versionOf(program) {
  return () => /\d+\.\d+\.\d+/.exec(execFileSync(program, ["--version"], { encoding: "utf8" }))?.[0] ?? "?";
}

/** In milliseconds; on a machine with nothing else to do the slowest takes a tenth of it. */
const LIMIT = 600_000;
