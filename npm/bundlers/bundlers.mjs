//! The table of bundlers: each makes a script of the program without being configured for this package.

import { readdirSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const entry = (name) => join(here, "app", `${name}.mjs`);
const built = (name) => join(here, "built", name);

/** Each makes a script of `app/NAME.mjs`, and says where it is. */
export const BUNDLERS = {
  async esbuild(name) {
    const { build } = await import("esbuild");
    const outfile = built(`esbuild/${name}.mjs`);
    await build({ entryPoints: [entry(name)], bundle: true, minify: true, format: "esm", outfile, logLevel: "silent" });
    return outfile;
  },
  async rollup(name) {
    const { rollup } = await import("rollup");
    const { nodeResolve } = await import("@rollup/plugin-node-resolve");
    const bundle = await rollup({ input: entry(name), plugins: [nodeResolve({ browser: true })], onwarn: raise });
    const file = built(`rollup/${name}.mjs`);
    await bundle.write({ file, format: "es" });
    return file;
  },
  async webpack(name) {
    const { default: webpack } = await import("webpack");
    const output = { path: built("webpack"), filename: `${name}.js` };
    const compiler = webpack({ mode: "production", target: "web", entry: entry(name), output, context: here });
    const stats = await new Promise((resolve, reject) => compiler.run((error, stats) => (error ? reject(error) : resolve(stats))));
    if (stats.hasErrors()) throw new Error(stats.toString("errors-only"));
    return built(`webpack/${name}.js`);
  },
  async vite(name) {
    const { build } = await import("vite");
    await build({
      root: join(here, "app"),
      configFile: false,
      logLevel: "error",
      // It asks for a document.
      build: { outDir: built(`vite/${name}`), emptyOutDir: true, modulePreload: { polyfill: false }, rollupOptions: { input: entry(name) } },
    });
    return onlyScript(built(`vite/${name}/assets`));
  },
  async parcel(name) {
    const { Parcel } = await import("@parcel/core");
    await new Parcel({
      entries: entry(name),
      defaultConfig: "@parcel/config-default",
      mode: "production",
      shouldDisableCache: true,
      defaultTargetOptions: { distDir: built(`parcel/${name}`), sourceMaps: false },
    }).run();
    return onlyScript(built(`parcel/${name}`));
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
