//! Tables of text, at most 80 columns wide: a row for every contender, a column for every cell.

export class Table {
  /** `columns` have a `head` of one word a line and `of(name)`, the text of a row's figure or undefined. */
  constructor(title, names, columns) {
    const rows = names.map((name) => [name, ...columns.map(({ of }) => of(name) ?? "-")]);
    const own = rows.filter((row) => row.slice(1).some((text) => text !== "-"));
    const lines = Math.max(...columns.map(({ head }) => head.length));
    const heads = Array.from({ length: lines }, (_, line) => ["", ...columns.map(({ head }) => head[line] ?? "")]);
    this.text = aligned(title, [...heads, ...own]);
  }
}

/** A figure in five characters or fewer, as long as it is below a hundred thousand. */
export function figures(value) {
  if (value === undefined || Number.isNaN(value)) return undefined;
  if (value >= 100) return value.toFixed(0);
  return value.toFixed(value >= 10 ? 1 : 2);
}

/** Rows under a title; the first column is text, the others are numbers. */
export function aligned(title, rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) => {
    const [first, ...rest] = row.map((cell, column) => {
      return column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]);
    });
    return `  ${[first, ...rest].join("  ")}`.trimEnd();
  };
  return `${title}\n${rows.map(line).join("\n")}\n`;
}
