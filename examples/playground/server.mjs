//! Serves the playground on this machine alone: its files, the built package, and the documents it searches.

import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";

const here = import.meta.dirname;
const root = join(here, "../..");

/** What the search looks through, by its place in the repository. */
export const DOCUMENTS = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "npm/README.md", "bench/README.md", "tests/vectors/README.md", "examples/identifiers/README.md", "docs/record-format.md"].concat(
  readdirSync(join(root, "docs/guide")).sort().map((name) => `docs/guide/${name}`),
);

/**
 * Serves on a port of the loopback, 0 for a free one: `{ url, close() }`. `prelude` is a script that pages run
 * before their own, for tests.
 */
export async function serve({ port = 0, prelude } = {}) {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname)).replaceAll(sep, "/");
    const content = await find(path, prelude).catch(() => undefined);
    if (content === undefined || (request.method !== "GET" && request.method !== "HEAD")) return response.writeHead(404).end();
    const type = TYPES[path.endsWith("/") ? ".html" : extname(path)] ?? "application/octet-stream";
    response.setHeader("content-type", type);
    response.setHeader("cache-control", "no-store");
    response.setHeader("x-content-type-options", "nosniff");
    // A page by itself may measure time to a few microseconds.
    response.setHeader("cross-origin-opener-policy", "same-origin");
    response.setHeader("cross-origin-embedder-policy", "require-corp");
    if (type.startsWith("text/html")) response.setHeader("content-security-policy", policy(String(content)));
    response.end(content);
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://localhost:${server.address().port}/`, close };
}

async function find(path, prelude) {
  if (path === "/") {
    const page = await readFile(join(here, "index.html"), "utf8");
    return prelude === undefined ? page : page.replace("<head>", '<head><script src="/prelude.js"></script>');
  }
  if (path === "/prelude.js" && prelude !== undefined) return prelude;
  if (path === "/documents/index.json") return JSON.stringify(DOCUMENTS);
  const [, folder, ...rest] = path.split("/");
  const name = rest.join("/");
  if (folder === "documents") return DOCUMENTS.includes(name) ? readFile(join(root, name)) : undefined;
  if (folder === "cachefn-wasm") return readFile(join(root, "npm/dist", name));
  return folder === "app" || path === "/styles.css" || path === "/icon.svg" ? readFile(join(here, path)) : undefined;
}

/** Nothing from elsewhere, and of what stands in the page itself only the map of imports. */
function policy(page) {
  const inline = [...page.matchAll(/<script type="importmap">([^]*?)<\/script>/g)].map(([, text]) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`);
  return [
    "default-src 'none'",
    `script-src 'self' 'wasm-unsafe-eval' ${inline.join(" ")}`,
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".md": "text/plain; charset=utf-8",
  ".svg": "image/svg+xml",
};
