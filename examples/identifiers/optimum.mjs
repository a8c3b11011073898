// What no cache can beat: the hits of one that knows the future.

/**
 * Hits of Belady's rule: keep the words that are wanted again soonest. It may also let a word pass
 * without storing it, so this bounds every policy. (Belady 1966, with bypass.)
 */
export function optimumHits(stream, capacity) {
  const next = nextUses(stream);
  const resident = new Uint8Array(wordCount(stream));
  let residents = 0;
  // Residents by their next use. A use that has come stays behind as a number smaller than all
  // that lie ahead: it never reaches the top while a resident is left.
  const uses = new Heap(stream.length);
  let hits = 0;
  for (let place = 0; place < stream.length; place += 1) {
    const word = stream[place];
    if (resident[word]) {
      hits += 1;
      residents -= 1;
    }
    resident[word] = next[place] === NEVER ? 0 : 1;
    if (next[place] === NEVER) continue;
    uses.push(next[place]);
    residents += 1;
    if (residents > capacity) {
      resident[stream[uses.pop()]] = 0;
      residents -= 1;
    }
  }
  return hits;
}

/** For each place, the next one with the same word. */
function nextUses(stream) {
  const following = new Uint32Array(wordCount(stream)).fill(NEVER);
  const next = new Uint32Array(stream.length);
  for (let place = stream.length - 1; place >= 0; place -= 1) {
    next[place] = following[stream[place]];
    following[stream[place]] = place;
  }
  return next;
}

function wordCount(stream) {
  return stream.reduce((most, word) => Math.max(most, word + 1), 0);
}

/** A binary heap of numbers, the greatest on top. */
class Heap {
  #numbers;
  #length = 0;

  constructor(most) {
    this.#numbers = new Uint32Array(most);
  }

  push(number) {
    const numbers = this.#numbers;
    let at = this.#length++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (numbers[parent] >= number) break;
      numbers[at] = numbers[parent];
      at = parent;
    }
    numbers[at] = number;
  }

  pop() {
    const numbers = this.#numbers;
    const top = numbers[0];
    const last = numbers[--this.#length];
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#length) break;
      if (child + 1 < this.#length && numbers[child + 1] > numbers[child]) child += 1;
      if (numbers[child] <= last) break;
      numbers[at] = numbers[child];
      at = child;
    }
    numbers[at] = last;
    return top;
  }
}

const NEVER = 0xffff_ffff;
