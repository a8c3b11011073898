//! The section of what lasts: reloading, and a second tab.

import { byId } from "./dom.mjs";

/** Listens to the button. */
export function openLasting() {
  byId("reload").addEventListener("click", () => location.reload());
}
