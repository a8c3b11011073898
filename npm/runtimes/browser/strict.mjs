//! Under a policy that lets nothing be compiled: the default entry names the other one, which works.

import * as standard from "cachefn-wasm";
import * as cachefn from "cachefn-wasm/no-wasm";
import * as testing from "cachefn-wasm/testing";
import { forbidden } from "../common/forbidden.mjs";
import { runAll, tryAll } from "../common/run.mjs";
import { tryStorages } from "../common/storages.mjs";
import { subpaths } from "../common/subpaths.mjs";
import { runTests } from "../common/vectors.mjs";
import { ended, send, sendEach } from "./send.mjs";

send("strict policy", tryAll(forbidden(standard))).then(() => ended("strict policy"));
const place = "strict policy, no-wasm";
send(place, runAll(cachefn, testing, runTests)).then(() =>
  sendEach(place, tryStorages(cachefn, testing, subpaths, { place: "page", own: place, only: ["indexedDB"] })),
);
