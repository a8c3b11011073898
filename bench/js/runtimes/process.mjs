//! Runtimes that are programs: a process for every task.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const WORKER = fileURLToPath(new URL("../worker.mjs", import.meta.url));

export async function openProcesses(name, kind, executable, flags) {
  const version = /\d+(\.\d+)+/.exec(ran(executable, ["--version"]))[0];
  return {
    name,
    kind,
    version,
    unit: "ns of CPU time",
    run: async (task, seconds) => JSON.parse(ran(executable, [...flags, WORKER, JSON.stringify(task)], seconds)),
    close: async () => {},
  };
}

function ran(executable, args, seconds = 60) {
  const { status, stdout, error } = spawnSync(executable, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 1000 * seconds,
  });
  if (error?.code === "ETIMEDOUT") throw new Error(`not done after ${seconds} s`);
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${executable} ${args.join(" ")} ended with ${status}`);
  return stdout;
}
