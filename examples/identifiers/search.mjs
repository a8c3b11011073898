// Fuzzy search without an index: the three dictionary words nearest to a word.

/** The most frequent words, the most frequent first. */
export class Dictionary {
  #letters;

  constructor(words) {
    if (words.length <= MATCHES) throw new Error("the sources have too few words for a dictionary");
    this.words = words;
    this.#letters = words.map(letters);
  }

  /** The most frequent words of the whole corpus; the earlier of two equally frequent ones first. */
  static mostFrequent({ words, stream }) {
    const counts = new Uint32Array(words.length);
    for (const number of stream) counts[number] += 1;
    const numbers = [...counts.keys()].filter((number) => words[number].length >= SHORTEST);
    numbers.sort((left, right) => counts[right] - counts[left] || left - right);
    return new Dictionary(numbers.slice(0, WORDS).map((number) => words[number]));
  }

  /**
   * The nearest words other than `word`, nearest first, more frequent first among equals:
   * `rank` is a word's place in the dictionary, `distance` how many letters to insert, delete,
   * replace, or swap with their neighbour. Reads the whole dictionary: slow on purpose, as honest
   * work is.
   */
  nearest(word) {
    const sought = letters(word);
    const rows = new Rows(sought.length);
    const best = Array.from({ length: MATCHES }, () => ({ rank: NONE, distance: NONE }));
    for (let rank = 0; rank < this.#letters.length; rank += 1) {
      const limit = best[MATCHES - 1].distance - 1;
      const distance = rows.distance(sought, this.#letters[rank], limit);
      if (distance > limit || distance === 0) continue;
      best[MATCHES - 1] = { rank, distance };
      // Stable: a word never passes an equally near one that is more frequent.
      best.sort((left, right) => left.distance - right.distance);
    }
    return best;
  }
}

/** Three rows of the table of distances, one column for each letter of the sought word. */
class Rows {
  constructor(length) {
    this.before = new Int32Array(length + 1);
    this.above = new Int32Array(length + 1);
    this.current = new Int32Array(length + 1);
  }

  /**
   * Restricted Damerau-Levenshtein distance (optimal string alignment, Boytsov 2011), or anything
   * above `limit` as soon as it must be more than `limit`.
   */
  distance(word, other, limit) {
    if (Math.abs(word.length - other.length) > limit) return NONE;
    let { before, above, current } = this;
    const columns = word.length;
    for (let column = 0; column <= columns; column += 1) above[column] = column;
    let previous = 0;
    for (let row = 1; row <= other.length; row += 1) {
      const letter = other[row - 1];
      let corner = row - 1;
      let left = row;
      let least = row;
      current[0] = row;
      for (let column = 1; column <= columns; column += 1) {
        const own = word[column - 1];
        let cell = own === letter ? corner : corner + 1;
        corner = above[column];
        if (corner < cell) cell = corner + 1;
        if (left < cell) cell = left + 1;
        if (own === previous && column > 1 && word[column - 2] === letter) {
          cell = Math.min(cell, before[column - 2] + 1);
        }
        current[column] = cell;
        if (cell < least) least = cell;
        left = cell;
      }
      // Each later row is at least this far: a swap starts two rows up, but costs one more.
      if (least > limit) return NONE;
      previous = letter;
      const unused = before;
      before = above;
      above = current;
      current = unused;
    }
    return above[columns];
  }
}

/** The distance between two words. */
export function distance(word, other, limit = NONE) {
  return new Rows(word.length).distance(letters(word), letters(other), limit);
}

function letters(word) {
  return Uint8Array.from(word, (letter) => letter.charCodeAt(0));
}

/** How many words an answer has. */
export const MATCHES = 3;
/** How many words the dictionary has. */
const WORDS = 2_000;
/** Shorter words are near to everything. */
const SHORTEST = 3;
/** Further away than any word. */
const NONE = 0x7fff_ffff;
