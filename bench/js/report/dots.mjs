//! Dot plots as SVG: a row for each name, a dot for each figure, made to be read at 800 pixels.

const [WIDTH, MARGIN, TOP, ROW, BOTTOM, NAMES, BETWEEN] = [800, 20, 86, 22, 64, 200, 34];
const [LEGEND_ROW, COLUMNS] = [18, 4];

/**
 * A picture as the text of an SVG file.
 *
 * `panels` stand side by side and have the same `rows`; a panel has `title`, `label` of its axis, `dots`
 * `{ row, look, value }`, and perhaps `mark`, a value with a line of its own. `looks` is name -> `{ colour, shape }`
 * and becomes the legend when there is more than one. Values are placed by their ratio.
 */
export function dots({ title, note, rows, panels, looks }) {
  const legend = Object.entries(looks);
  const legendRows = legend.length > 1 ? Math.ceil(legend.length / COLUMNS) : 0;
  const bottom = TOP + ROW * rows.length;
  const height = bottom + BOTTOM + legendRows * LEGEND_ROW;
  const each = (WIDTH - NAMES - MARGIN - (panels.length - 1) * BETWEEN) / panels.length;
  const parts = [text(MARGIN, 30, "start", "title", title), text(MARGIN, 50, "start", "note", note)];
  rows.forEach((row, at) => parts.push(text(NAMES - 12, TOP + ROW * (at + 0.5) + 4, "end", "name", row)));
  panels.forEach((panel, at) => {
    const start = NAMES + at * (each + BETWEEN);
    parts.push(...drawn(panel, rows, looks, { start, end: start + each, bottom }));
  });
  for (let at = 0; at < (legendRows > 0 ? legend.length : 0); at++) {
    // Column by column, so that the order is read downwards.
    const x = MARGIN + 10 + ((WIDTH - 2 * MARGIN) / COLUMNS) * Math.floor(at / legendRows);
    const y = bottom + BOTTOM + LEGEND_ROW * (at % legendRows);
    parts.push(dot(x, y - 4, legend[at][1]), text(x + 12, y, "start", "name", legend[at][0]));
  }
  return `${opening(height, title)}${parts.join("\n")}\n</svg>\n`;
}

function drawn({ title, label, dots, mark }, rows, looks, { start, end, bottom }) {
  const values = [...dots.map(({ value }) => value), ...(mark === undefined ? [] : [mark])].filter((value) => value > 0);
  const ticks = ticksFor(Math.min(...values), Math.max(...values));
  const [low, high] = [ticks[0], ticks.at(-1)];
  const x = (value) => start + (Math.log(Math.max(value, low) / low) / Math.log(high / low)) * (end - start);
  const parts = [text(start, TOP - 12, "start", "panel", title), text((start + end) / 2, bottom + 36, "middle", "label", label)];
  for (const tick of ticks) {
    parts.push(rule(x(tick), TOP, x(tick), bottom, "grid"), text(x(tick), bottom + 18, "middle", "tick", shown(tick)));
  }
  rows.forEach((_, at) => parts.push(rule(start, TOP + ROW * (at + 0.5), end, TOP + ROW * (at + 0.5), "grid")));
  if (mark !== undefined) parts.push(rule(x(mark), TOP, x(mark), bottom, "axis"));
  // What is drawn last lies above: the first of the looks is ours.
  const order = Object.keys(looks).reverse();
  const sorted = [...dots].sort((one, other) => order.indexOf(one.look) - order.indexOf(other.look));
  for (const { row, look, value } of sorted) {
    parts.push(dot(x(value), TOP + ROW * (rows.indexOf(row) + 0.5), looks[look]));
  }
  return parts;
}

/** 1, 2 and 5 of each power of ten from the one at or below `least` to the one at or above `most`; fewer if many. */
function ticksFor(least, most) {
  const steps = Math.log10(most / least) > 2.2 ? [1] : [1, 2, 5];
  const all = [];
  for (let power = Math.floor(Math.log10(least)); power <= Math.ceil(Math.log10(most)); power++) {
    for (const step of steps) all.push(step * 10 ** power);
  }
  const first = all.findLastIndex((tick) => tick <= least);
  const last = all.findIndex((tick) => tick >= most);
  return all.slice(first, Math.max(last, first + 1) + 1);
}

function shown(value) {
  return value >= 1000 ? `${value / 1000}k` : String(Number(value.toPrecision(3)));
}

function dot(x, y, { colour, shape }) {
  const [a, b] = [x.toFixed(1), y.toFixed(1)];
  if (shape === "ours") return `<circle cx="${a}" cy="${b}" r="6" fill="${colour}"/>`;
  if (shape === "square") return `<rect x="${(x - 4).toFixed(1)}" y="${(y - 4).toFixed(1)}" width="8" height="8" fill="${colour}"/>`;
  if (shape === "ring") return `<circle cx="${a}" cy="${b}" r="4" fill="none" stroke="${colour}" stroke-width="2"/>`;
  return `<path d="M${a} ${(y - 5).toFixed(1)}l5 5l-5 5l-5-5z" fill="${colour}"/>`;
}

function text(x, y, anchor, style, content) {
  const escaped = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" class="${style}">${escaped}</text>`;
}

function rule(a, b, c, d, style) {
  return `<line x1="${a.toFixed(1)}" y1="${b.toFixed(1)}" x2="${c.toFixed(1)}" y2="${d.toFixed(1)}" class="${style}"/>`;
}

/** A card with a background of its own, which reads alike on light and dark pages. */
function opening(height, title) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${title}">
<title>${title}</title>
<style>${STYLE}</style>
<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="8" class="card"/>
`;
}

const STYLE =
  "text{font-family:-apple-system,'Segoe UI','Noto Sans',Helvetica,Arial,sans-serif;fill:#1f2328}" +
  ".card{fill:#ffffff;stroke:#d0d7de}.title{font-size:17px;font-weight:600}.note{font-size:12.5px;fill:#59636e}" +
  ".panel{font-size:14px;font-weight:600}.label{font-size:13px;fill:#424a53}.tick{font-size:12px;fill:#59636e}" +
  ".name{font-size:12.5px}.grid{stroke:#e6eaef}.axis{stroke:#59636e}";
