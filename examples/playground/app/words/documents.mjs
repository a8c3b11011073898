//! The documents of the project as paragraphs, with an index of their words.

/** What {@link load} has read: paragraphs, and by word where it stands how often. */
export const library = { documents: [], paragraphs: [], words: new Map() };

/** Fetches and reads all documents. */
export async function load() {
  const names = await (await fetch("/documents/index.json")).json();
  const texts = await Promise.all(names.map(async (name) => (await fetch(`/documents/${name}`)).text()));
  library.documents = names;
  for (const [at, text] of texts.entries()) read(names[at], text);
}

/** The words of a text, in lower case. */
export function wordsOf(text) {
  return text.toLowerCase().match(/[a-z][a-z0-9]+/g) ?? [];
}

/** Without the marks of the format. */
function plainly(text) {
  const marks = [[/!\[[^\]]*\]\([^)]*\)/g, ""], [/\[([^\]]*)\]\([^)]*\)/g, "$1"], [/[*`]+/g, ""], [/[>|#]+|--+|^\s*- /gm, " "], [/\s+/g, " "]];
  return marks.reduce((plain, [mark, instead]) => plain.replaceAll(mark, instead), text).trim();
}

function read(document, text) {
  let heading = "";
  for (const block of text.replaceAll(/```[^]*?```/g, "").split(/\n\s*\n/)) {
    const title = /^#+ (.*)/.exec(block.trim());
    if (title !== null) heading = plainly(title[1]);
    const plain = plainly(block.replace(/^#+ .*\n?/, ""));
    if (plain.length < 30) continue;
    const number = library.paragraphs.push({ document, heading, text: plain, length: wordsOf(plain).length }) - 1;
    for (const word of wordsOf(`${heading} ${plain}`)) {
      const places = library.words.get(word) ?? new Map();
      library.words.set(word, places.set(number, (places.get(number) ?? 0) + 1));
    }
  }
}
