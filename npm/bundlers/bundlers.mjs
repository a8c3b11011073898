//! The table of bundlers: each makes a script of the program without being configured for this package.

import { readdirSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const entry = join(here, "app/main.mjs");
const built = (name) => join(here, "built", name);

/** Each makes a script and says where it is. */
export const BUNDLERS = {
  async esbuild() {
    const { build } = await import("esbuild");
    const outfile = built("esbuild.mjs");
    await build({ entryPoints: [entry], bundle: true, minify: true, format: "esm", outfile, logLevel: "silent" });
    return outfile;
  },
  async rollup() {
    const { rollup } = await import("rollup");
    const { nodeResolve } = await import("@rollup/plugin-node-resolve");
    const bundle = await rollup({ input: entry, plugins: [nodeResolve({ browser: true })], onwarn: raise });
    const file = built("rollup.mjs");
    await bundle.write({ file, format: "es" });
    return file;
  },
  async webpack() {
    const { default: webpack } = await import("webpack");
    const output = { path: built("webpack"), filename: "main.js" };
    const compiler = webpack({ mode: "production", target: "web", entry, output, context: here });
    const stats = await new Promise((resolve, reject) => compiler.run((error, stats) => (error ? reject(error) : resolve(stats))));
    if (stats.hasErrors()) throw new Error(stats.toString("errors-only"));
    return built("webpack/main.js");
  },
  async vite() {
    const { build } = await import("vite");
    await build({
      root: join(here, "app"),
      configFile: false,
      logLevel: "error",
      build: { outDir: built("vite"), emptyOutDir: true, modulePreload: { polyfill: false } }, // it asks for a document
    });
    return onlyScript(built("vite/assets"));
  },
  async parcel() {
    const { Parcel } = await import("@parcel/core");
    await new Parcel({
      entries: entry,
      defaultConfig: "@parcel/config-default",
      mode: "production",
      shouldDisableCache: true,
      defaultTargetOptions: { distDir: built("parcel"), sourceMaps: false },
    }).run();
    return onlyScript(built("parcel"));
  },
};

function onlyScript(folder) {
  const scripts = readdirSync(folder).filter((name) => /\.m?js$/.test(name));
  if (scripts.length !== 1) throw new Error(`there is not one script in ${folder} but ${scripts.join(", ")}`);
  return join(folder, scripts[0]);
}

function raise(warning) {
  throw new Error(warning.message);
}
