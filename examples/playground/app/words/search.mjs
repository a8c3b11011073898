//! The slow function: which paragraphs fit a query best, typing errors forgiven.

import { library, wordsOf } from "./documents.mjs";

/** How often it has run. */
export const runs = { count: 0 };

/**
 * The five best paragraphs: each word of the query is compared with every word there is (Damerau and Levenshtein's
 * distance), and what is alike counts by how rare it is (BM25).
 */
export function search(query) {
  runs.count++;
  const { paragraphs, words } = library;
  const scores = new Float64Array(paragraphs.length);
  const matched = new Set();
  const average = paragraphs.reduce((sum, { length }) => sum + length, 0) / paragraphs.length;
  for (const wanted of wordsOf(query)) {
    for (const [word, places] of words) {
      const likeness = alike(wanted, word);
      if (likeness < LEAST) continue;
      matched.add(word);
      const rarity = Math.log(1 + (paragraphs.length - places.size + 0.5) / (places.size + 0.5));
      for (const [number, times] of places) {
        const length = paragraphs[number].length / average;
        scores[number] += likeness ** 6 * rarity * ((times * 2.2) / (times + 1.2 * (0.25 + 0.75 * length)));
      }
    }
  }
  const best = [...scores.keys()].filter((number) => scores[number] > 0).sort((one, other) => scores[other] - scores[one] || one - other);
  return best.slice(0, 5).map((number) => {
    const { document, heading, text } = paragraphs[number];
    return { document, heading, ...excerpt(text, matched), score: scores[number] };
  });
}

/** 1 for the same word, less with each difference; a beginning is nearly as good. */
export function alike(wanted, word) {
  if (word === wanted) return 1;
  if (word.startsWith(wanted)) return 0.95;
  return 1 - distance(wanted, word) / Math.max(wanted.length, word.length);
}

/** How many letters have to be put in, left out, changed or swapped. */
export function distance(one, other) {
  const width = other.length + 1;
  const table = new Uint8Array((one.length + 1) * width);
  for (let row = 0; row <= one.length; row++) table[row * width] = row;
  for (let column = 0; column < width; column++) table[column] = column;
  for (let row = 1; row <= one.length; row++) {
    for (let column = 1; column < width; column++) {
      const isSame = one[row - 1] === other[column - 1];
      const at = row * width + column;
      let least = Math.min(table[at - width] + 1, table[at - 1] + 1, table[at - width - 1] + (isSame ? 0 : 1));
      if (row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]) {
        least = Math.min(least, table[at - 2 * width - 2] + 1);
      }
      table[at] = least;
    }
  }
  return table[table.length - 1];
}

/** A part of the text around the first word that was found, cut into pieces that are marked and not. */
function excerpt(text, matched) {
  const pieces = text.split(/([A-Za-z][A-Za-z0-9]+)/);
  const isMarked = (piece) => matched.has(piece.toLowerCase());
  const first = Math.max(0, pieces.findIndex(isMarked));
  let from = first;
  for (let length = 0; from > 0 && length < 60; from--) length += pieces[from].length;
  const shown = [];
  let length = 0;
  for (let at = from; at < pieces.length && length < 230; at++) {
    shown.push({ text: pieces[at], marked: isMarked(pieces[at]) });
    length += pieces[at].length;
  }
  return { before: from > 0, pieces: shown, after: from + shown.length < pieces.length };
}

/** Words less alike than that are others. */
const LEAST = 0.7;
