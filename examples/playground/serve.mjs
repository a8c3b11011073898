//! Serves the playground until Ctrl-C: `node serve.mjs [--port N] [--check]`.

import { parseArgs } from "node:util";
import { serve } from "./server.mjs";

const { port = "0", check } = parseArgs({ options: { port: { type: "string" }, check: { type: "boolean" } } }).values;
if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
  console.error(`the port is ${JSON.stringify(port)}; use a number up to 65535, 0 for a free one`);
  process.exit(2);
}
const server = await serve({ port: Number(port) }).catch((error) => {
  console.error(error.code === "EADDRINUSE" ? `port ${port} is taken; use another, or 0 for a free one` : error.message);
  process.exit(1);
});
if (check) {
  // Everything that the page asks for first is there, and nothing else is.
  const status = async (path) => (await fetch(new URL(path, server.url))).status;
  const wanted = ["", "app/main.mjs", "styles.css", "cachefn-wasm/index.js", "cachefn-wasm/devtools.js", "cachefn-wasm/indexeddb.js", "cachefn-wasm/tabs.js", "documents/index.json", "documents/README.md"];
  const missing = [];
  for (const path of wanted) if ((await status(path)) !== 200) missing.push(path);
  const open = (await status("documents/Cargo.toml")) === 404 && (await status("app/%2e%2e/server.mjs")) === 404 ? [] : ["files that it should not have"];
  console.log(missing.concat(open).length === 0 ? `the playground is there: ${wanted.length} files were asked for` : `not as it should be: ${missing.concat(open).join(", ")}`);
  process.exitCode = missing.concat(open).length === 0 ? 0 : 1;
  server.close();
} else {
  console.log(`The playground is at ${server.url} (Ctrl-C ends it)`);
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
}
