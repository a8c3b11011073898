//! The program, over the engine in WebAssembly and over the one in JavaScript, as every bundler gets it.

import { print } from "../../runtimes/common/run.mjs";
import { all } from "./all.mjs";

all().then(print);
