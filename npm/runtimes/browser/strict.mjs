//! Under a policy that lets nothing be compiled: the default entry names the other one, which works.

import * as standard from "cachefn-wasm";
import * as cachefn from "cachefn-wasm/no-wasm";
import * as testing from "cachefn-wasm/testing";
import { forbidden } from "../common/forbidden.mjs";
import { runAll, tryAll } from "../common/run.mjs";
import { runTests } from "../common/vectors.mjs";
import { send } from "./send.mjs";

send("strict policy", tryAll(forbidden(standard)));
send("strict policy, no-wasm", runAll(cachefn, testing, runTests));
