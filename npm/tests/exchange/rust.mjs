//! The other half, a process that answers line by line.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Starts it over a folder. `ask` sends a command, and `ask.raw` one that is text already, and whose answer is text. */
export function startRust(folder, codec) {
  const child = spawn(process.env.EXCHANGE, [folder, codec], { stdio: ["pipe", "pipe", "inherit"] });
  const waiting = [];
  createInterface({ input: child.stdout }).on("line", (line) => waiting.shift()?.resolve(line));
  const ended = new Promise((resolve) => child.on("close", resolve));
  ended.then((status) => waiting.splice(0).forEach(({ reject }) => reject(new Error(`the other half ended with ${status}`))));
  const raw = (line) =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      child.stdin.write(`${line}\n`);
    });
  const ask = async (...command) => JSON.parse(await raw(JSON.stringify(command)));
  return {
    ask: Object.assign(ask, { raw }),
    async end() {
      child.stdin.end();
      if ((await ended) !== 0) throw new Error("the other half failed");
    },
  };
}
