//! The program in a dedicated worker.

import init, { tests } from "./built/pages.js";
import { send } from "./send.mjs";

const failed = (error) => send("worker", `test worker ... FAILED\n${error?.stack ?? error}`);
addEventListener("unhandledrejection", ({ reason }) => failed(reason));
addEventListener("error", ({ error }) => failed(error));
await init();
send("worker", await tests(true));
