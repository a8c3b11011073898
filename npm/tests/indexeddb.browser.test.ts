//! IndexedDB keeps what every storage has to keep.

import { test } from "vitest";
import { describeStorage } from "../src/testing.js";
import { open } from "./support/databases.js";

describeStorage("indexeddb", (place) => open({ database: `suite ${place}` }), { test, values: "clone" });

describeStorage("indexeddb, strict", (place) => open({ database: `strict ${place}`, durability: "strict" }), {
  test,
  values: "clone",
  largest: 1_000_000,
  seed: 2,
});
