// Reads the words and their stream from the Rust half, and compares what came out.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** `words` by number, and in `stream` the number of the word of each request. */
export function readStream(path) {
  if (!existsSync(path)) askForStream(path);
  const file = readFileSync(path);
  const [format, words, textBytes, requests] = numbers(file, 0, 4);
  if (format !== FORMAT) throw new Error(`${path} is no stream of identifiers; delete it`);
  const text = file.toString("latin1", 16, 16 + textBytes);
  const start = Math.ceil((16 + textBytes) / 4) * 4;
  return { words: text.split("\n", words), stream: numbers(file, start, requests) };
}

/** How many different words a part of the stream asks for, when it begins with the stream. */
export function unique(stream) {
  return stream.reduce((most, number) => Math.max(most, number + 1), 0);
}

/** Whether the Rust half found the same facts: `"equal"`, `"different"`, or `"unknown"`. */
export function compared(path, corpus, facts) {
  const file = path.replace(/(\.[^./\\]*)?$/, ".json");
  if (!existsSync(file)) return "unknown";
  const theirs = JSON.parse(readFileSync(file, "utf8"));
  const sameWork =
    theirs.words === corpus.words.length &&
    theirs.identifiers === corpus.stream.length &&
    theirs.requests === facts.requests;
  if (!sameWork) return "unknown";
  return Object.keys(facts).every((name) => facts[name] === theirs[name]) ? "equal" : "different";
}

/** Little end first, as all machines are on which Node runs today's releases of V8. */
function numbers(file, start, count) {
  return new Uint32Array(file.buffer.slice(file.byteOffset + start, file.byteOffset + start + 4 * count));
}

function askForStream(path) {
  console.log("Asking the Rust half for the identifiers ...");
  const words = ["run", "--quiet", "--release", "-p", "identifiers", "--", "--stream-only", "--stream", resolve(path)];
  const folder = fileURLToPath(new URL(".", import.meta.url));
  const { status } = spawnSync(process.env.CARGO ?? "cargo", words, { cwd: folder, stdio: "inherit" });
  if (status !== 0) throw new Error(`no identifiers: cargo ${words.join(" ")} failed`);
}

/** As in the Rust half. */
const FORMAT = 0x4346_0001;
