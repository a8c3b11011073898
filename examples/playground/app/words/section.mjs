//! The section of words: a field, what was found, and documents that change.

import { callsChart } from "../calls.mjs";
import { found, words } from "../caches.mjs";
import { byId, element, milliseconds } from "../dom.mjs";
import { library, load } from "./documents.mjs";
import { runs } from "./search.mjs";

/** Fetches the documents, then answers. */
export async function openWords() {
  await load();
  const { documents, paragraphs } = library;
  const count = (number) => number.toLocaleString("en");
  byId("words-size").textContent = `${count(documents.length)} files with ${count(paragraphs.length)} paragraphs and ${count(library.words.size)} different words`;
  const tell = callsChart(byId("words-calls"), "Searches");
  const query = byId("query");
  let turn = 0;

  async function ask() {
    const text = query.value.trim().toLowerCase().replaceAll(/\s+/g, " ");
    const mine = ++turn;
    if (text === "") return show([], "Type a word, or take one of these.");
    const [before, began] = [runs.count, performance.now()];
    const hits = await found(text);
    const [time, computed] = [performance.now() - began, runs.count > before];
    if (mine !== turn) return;
    tell(time, computed);
    show(hits, `${computed ? "Computed" : "Remembered"} in ${milliseconds(time)}, ${hits.length === 0 ? "nothing found" : `the best ${hits.length}`}.`);
  }

  async function forget(document) {
    await words.invalidateByTag(`document:${document}`);
    byId("words-outcome").textContent = `${document} has changed: every answer that named it is forgotten.`;
  }

  function show(hits, outcome) {
    byId("words-outcome").textContent = outcome;
    byId("results").replaceChildren(...hits.map((hit) => result(hit, forget)));
  }

  query.addEventListener("input", ask);
  byId("search").addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  for (const suggestion of SUGGESTIONS) {
    const chip = element("button", { type: "button", textContent: suggestion });
    chip.addEventListener("click", () => {
      query.value = suggestion;
      ask();
    });
    byId("suggestions").append(chip);
  }
  await ask();
}

function result({ document, heading, before, pieces, after }, forget) {
  const text = element("p", {}, before ? "… " : "", ...pieces.map(({ text, marked }) => (marked ? element("mark", {}, text) : text)), after ? " …" : "");
  const button = element("button", { type: "button", className: "quiet", textContent: "It has changed" });
  button.ariaLabel = `${document} has changed`;
  button.addEventListener("click", () => forget(document));
  return element("li", {}, element("h3", {}, heading || document), text, element("footer", {}, element("code", {}, document), button));
}

const SUGGESTIONS = ["stampede", "evicton polcy", "stale while revalidate", "tags", "no_std", "corupted file"];
