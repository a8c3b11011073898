//! A place for bytes that Rust shares: files that are called by the digits of their names.

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** For `byteStorage`; `core/examples/exchange.rs` has the same. */
export function folderStore(folder) {
  const file = (name) => join(folder, Buffer.from(name, "utf8").toString("hex"));
  const missing = (error) => {
    if (error.code !== "ENOENT") throw error;
  };
  const attempt = (act) => {
    try {
      return act();
    } catch (error) {
      return missing(error);
    }
  };
  return {
    label: "folder",
    get: (name) => attempt(() => new Uint8Array(readFileSync(file(name)))),
    set: (name, bytes) => writeFileSync(file(name), bytes),
    delete: (name) => attempt(() => (rmSync(file(name)), true)) ?? false,
  };
}
