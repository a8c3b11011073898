//! A worker that creates tokens in a database, as another part of the page does at the same time.

import { indexedDB } from "../../src/indexeddb.js";
import type { Named } from "../../src/storage.js";

const storage = indexedDB({ database: "worker", openTimeout: "2m" });

self.addEventListener("message", ({ data }: MessageEvent<readonly Named[]>) => {
  void Promise.all(data.map((one) => storage.createTokens([one]))).then((kept) => self.postMessage(kept.flat()));
});
