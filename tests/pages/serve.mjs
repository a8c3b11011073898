//! Files over HTTP on a free port of this machine, and the reports that pages send back.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

/** Serves this folder, another one as `/built/`, and the npm package as `/npm/`; `take` gets what each page reports. */
export async function serve(built, take) {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    // A sandboxed frame is a site of its own.
    response.setHeader("access-control-allow-origin", "*");
    if (request.method === "POST") {
      let text = "";
      for await (const part of request) text += part;
      response.end();
      return take(path.slice(1), text);
    }
    try {
      const [, folder] = /^\/(built|npm)\//.exec(path) ?? [];
      const root = { built, npm: join(import.meta.dirname, "../../npm/dist") }[folder] ?? import.meta.dirname;
      const content = await readFile(join(root, folder ? path.slice(folder.length + 2) : path));
      response.setHeader("content-type", TYPES[extname(path)] ?? "application/octet-stream");
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://localhost:${server.address().port}/`, close: () => (server.closeAllConnections(), server.close()) };
}

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };
