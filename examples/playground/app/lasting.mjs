//! The section of what lasts: what was there before this page was, reloading, and a second tab.

import { pictures, words } from "./caches.mjs";
import { byId } from "./dom.mjs";

/** Says what was found, and listens to the button. */
export async function openLasting() {
  byId("reload").addEventListener("click", async () => {
    // What is on its way to the storage arrives when a page is left, too: this is for those who click quickly.
    await Promise.all([pictures.flush(), words.flush()]).catch(() => {});
    location.reload();
  });
  const outcome = byId("lasting-outcome");
  try {
    const there = (await pictures.size()) + (await words.size());
    outcome.textContent = there === 0 ? "Nothing was here before this page." : `${there} ${there === 1 ? "entry was" : "entries were"} here before this page.`;
  } catch {
    outcome.textContent = "This browser keeps nothing for this page: what is remembered ends with it.";
  }
}
