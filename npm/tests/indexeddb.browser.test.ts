//! IndexedDB keeps what every storage has to keep.

import { test } from "vitest";
import { indexedDB } from "../src/indexeddb.js";
import { describeStorage } from "../src/testing.js";

describeStorage("indexeddb", (place) => indexedDB({ database: `suite ${place}`, openTimeout: "2m" }), { test, values: "clone" });

describeStorage("indexeddb, strict", (place) => indexedDB({ database: `strict ${place}`, durability: "strict", openTimeout: "2m" }), {
  test,
  values: "clone",
  largest: 1_000_000,
  seed: 2,
});
