//! The slow functions of this page with a cache around each, and who watches them.

import { createCache, memoize } from "cachefn-wasm";
import { watch } from "cachefn-wasm/devtools";
import { filter } from "./pictures/filter.mjs";
import { search } from "./words/search.mjs";

/** Pictures are large: what counts is how many bytes they take together. */
export const filtered = memoize(filter, {
  id: "pictures",
  tags: (scene, filter) => [`scene:${scene}`, `filter:${filter}`],
  maxWeight: 64_000_000,
  weigh: (_, pixels) => pixels.byteLength,
});

const answers = createCache({ ttl: "10m", maxEntries: 1000 });

/** An answer lasts ten minutes, or until one of the documents that it names has changed. */
export function found(query) {
  return answers.getOrFetch(query, ({ tags }) => {
    const hits = search(query);
    tags(...hits.map(({ document }) => `document:${document}`));
    return hits;
  });
}

/** Forgets every answer that names the document. */
export function changed(document) {
  return answers.invalidateByTag(`document:${document}`);
}

watch("pictures", filtered.cache);
watch("words", answers);
