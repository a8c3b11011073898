//! Files of a folder over HTTP, and the results that pages send back.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

/** Serves on a free port of this machine; `take` gets the place and the result of each message. */
export async function serve(folder, take) {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    if (request.method === "POST") {
      let text = "";
      for await (const part of request) text += part;
      response.end();
      return take(path.slice(1), JSON.parse(text));
    }
    try {
      const content = await readFile(join(folder, normalize(path)));
      response.setHeader("content-type", TYPES[extname(path)] ?? "application/octet-stream");
      // Nothing from elsewhere, nothing inline, nothing made at run time.
      if (path.includes("strict")) response.setHeader("content-security-policy", "default-src 'none'; script-src 'self'; connect-src 'self'");
      // A service worker may answer for the whole site.
      response.setHeader("service-worker-allowed", "/");
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://localhost:${server.address().port}/`, close: () => (server.closeAllConnections(), server.close()) };
}

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };
