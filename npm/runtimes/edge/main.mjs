//! The package where code must not be made at run time: the edge runtime's sandbox, with the condition edge-light.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { EdgeVM } from "@edge-runtime/vm";
import { bundle } from "../build.mjs";
import { print } from "../common/run.mjs";

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../node_modules/@edge-runtime/vm/package.json"), "utf8"));
const script = async (entry, conditions) => {
  const options = { entryPoints: [entry], conditions, engine: "translated", format: "iife", globalName: "program", write: false };
  return (await bundle(options)).outputFiles[0].text;
};
const sandbox = () => new EdgeVM({ codeGeneration: { strings: false, wasm: false } });

const edge = sandbox();
edge.evaluate(await script("edge/worker.mjs", ["edge-light"]));
const all = await edge.evaluate("program.all()");
const storages = await edge.evaluate("program.storages()");
const plain = sandbox();
plain.evaluate(await script("edge/forbidden.mjs", []));
const forbidden = await plain.evaluate("program.all()");
print({ version, places: { "condition edge-light": all, ...storages, "the default entry says what to do": forbidden } });
