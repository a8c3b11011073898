//! Runtimes that are programs: a process for every task.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const WORKER = fileURLToPath(new URL("../worker.mjs", import.meta.url));

export async function openProcesses(name, kind, executable, flags) {
  const version = ran(executable, ["--version"]).trim().replace(/^v/, "");
  return {
    name,
    kind,
    version,
    unit: "ns of CPU time",
    run: async (task) => JSON.parse(ran(executable, [...flags, WORKER, JSON.stringify(task)])),
    close: async () => {},
  };
}

function ran(executable, args) {
  const { status, stdout, error } = spawnSync(executable, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 300_000,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${executable} ${args.join(" ")} ended with ${status}`);
  return stdout;
}
