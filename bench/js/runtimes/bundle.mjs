//! Bundles: the pages that measure in browsers, and the sizes of libraries.

import { builtinModules } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** path -> text of everything that the page may load; what is imported lazily stays a file of its own. */
export async function bundlePage() {
  const { outputFiles } = await build({
    ...COMMON,
    entryPoints: ["page.mjs"],
    platform: "browser",
    splitting: true,
    outdir: "/",
    chunkNames: "[name]-[hash]",
    define: { "process.env.NODE_ENV": '"production"' },
    plugins: [missing(builtinModules)],
  });
  return new Map(outputFiles.map(({ path, text }) => [path, text]));
}

/** How many bytes a program pays that imports this, minified and compressed by gzip. */
export async function sizeOf(entry) {
  const stdin = { contents: entry, resolveDir: `${ROOT}/contenders` };
  const { outputFiles } = await build({ ...COMMON, stdin, platform: "node", legalComments: "none" });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length;
}

/** Modules that pages do not have are empty, so that a library that needs one fails when it is used. */
function missing(names) {
  return {
    name: "missing",
    setup(build) {
      build.onResolve({ filter: /./ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
        if (pluginData === LOOKED || !names.includes(path.replace(/^node:/, ""))) return undefined;
        // Some packages bring one of their own, such as `events`.
        const own = await build.resolve(path, { kind, importer, resolveDir, pluginData: LOOKED });
        return own.errors.length === 0 && !own.external ? own : { path, namespace: "missing" };
      });
      build.onLoad({ filter: /./, namespace: "missing" }, () => ({ contents: "module.exports = {}" }));
    },
  };
}

const LOOKED = Symbol("looked");

const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  write: false,
  minify: true,
  format: "esm",
  target: "es2022",
  logLevel: "error",
};
