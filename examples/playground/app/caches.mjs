//! The slow functions of this page with a cache around each, which lasts; and who watches them.

import { createCache } from "cachefn-wasm";
import { watch } from "cachefn-wasm/devtools";
import { indexedDB } from "cachefn-wasm/indexeddb";
import { tabs } from "cachefn-wasm/tabs";
import { filter } from "./pictures/filter.mjs";
import { search } from "./words/search.mjs";

const lasting = { storage: indexedDB({ database: "cachefn-playground" }), bus: tabs() };

/** Pictures are large: what counts is how many bytes they take together. */
export const pictures = createCache({ ...lasting, name: "pictures", maxWeight: 64_000_000, weigh: (_, pixels) => pixels.byteLength });

/** The picture, whoever in whichever tab asked for it before. */
export function filtered(scene, name, strength) {
  const tags = [`scene:${scene}`, `filter:${name}`];
  return pictures.getOrFetch(`${scene}/${name}/${strength}`, () => filter(scene, name, strength), { tags });
}

/** An answer lasts ten minutes, or until one of the documents that it names has changed. */
export const words = createCache({ ...lasting, name: "words", ttl: "10m", maxEntries: 1000 });

/** What a search finds. */
export function found(query) {
  return words.getOrFetch(query, ({ tags }) => {
    const hits = search(query);
    tags(...hits.map(({ document }) => `document:${document}`));
    return hits;
  });
}

watch("pictures", pictures);
watch("words", words);
