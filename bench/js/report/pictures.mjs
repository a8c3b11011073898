//! The pictures of a run: which figures are drawn, and how each contender looks in all of them.

import * as caches from "../measurements/j1_caches.mjs";
import { dots } from "./dots.mjs";
import { picture } from "./results.mjs";
import { medians } from "./statistics.mjs";

/**
 * Draws what there are figures for. Where one runtime is shown it is the first that has them, in the order of
 * `names`, whichever was measured first.
 */
export function draw({ runtimes }, names, folder) {
  const found = names.filter((name) => name in runtimes).map((name) => [name, runtimes[name]]);
  const having = (id) => found.filter(([, { measurements }]) => measurements[id] !== undefined);
  const write = (name, chart) => picture(name, dots(chart), folder);
  for (const [name, runtime] of having("J1").slice(0, 1)) write("js-caches", speeds(name, runtime));
  if (having("J1").length > 1) write("js-runtimes", everywhere(having("J1")));
  for (const [name, runtime] of having("J2").slice(0, 1)) write("js-memoized", memoized(name, runtime));
  for (const [name, runtime] of having("J4").filter(pauses).slice(0, 1)) write("js-memory", memory(name, runtime));
  for (const [name, runtime] of having("J5").slice(0, 1)) write("js-size", start(name, runtime));
}

function speeds(name, { version, measurements }) {
  const speed = caches.relative(measurements.J1.results);
  for (const own of Object.values(speed)) delete own[FAR];
  const names = Object.keys(caches.contenders).filter((contender) => contender in speed[caches.MEAN]);
  return {
    title: "Speed of caches beside lru-cache",
    note: `${name} ${version}; 2 is twice as fast; medians of rounds, CPU time; ${FAR} is too far left`,
    rows: Object.keys(speed).map(short),
    panels: [{ title: "", label: "speed, x lru-cache", dots: placed(speed), mark: 1 }],
    looks: looks(names),
  };
}

function everywhere(found) {
  const speed = {};
  for (const [name, { measurements }] of found) {
    for (const [cell, own] of Object.entries(caches.relative(measurements.J1.results))) {
      if (own.cachefn !== undefined) (speed[cell] ??= {})[name] = own.cachefn;
    }
  }
  return {
    title: "cachefn beside lru-cache in each runtime",
    note: "2 is twice as fast; the default policy; CPU time in programs, time on the wall in browsers",
    rows: Object.keys(speed).map(short),
    panels: [{ title: "", label: "speed, x lru-cache", dots: placed(speed), mark: 1 }],
    looks: looks(found.map(([name]) => name)),
  };
}

function memoized(name, { version, measurements }) {
  const results = { ...measurements.J2.results, ...measurements.J3?.results };
  const ns = medians(results, "ns");
  const names = new Set(Object.values(ns).flatMap((own) => Object.keys(own)));
  return {
    title: "A hit of a memoised function",
    note: `${name} ${version}; 1,000 results; ns of CPU time, the loop included`,
    rows: Object.keys(ns).map(short),
    panels: [{ title: "", label: "ns an operation", dots: placed(ns) }],
    looks: looks([...names]),
  };
}

function memory(name, { version, measurements }) {
  const cell = "integer keys";
  const { results } = measurements.J4;
  const own = (figure) => medians(results, figure)[cell] ?? {};
  const panel = (title, label, figure) => {
    return { title, label, dots: Object.entries(own(figure)).map(([row, value]) => ({ row, look: lookOf(row), value })) };
  };
  return {
    title: "A million entries",
    note: `${name} ${version}; integer keys, one value; filled, then three million more`,
    rows: Object.keys(own("churned")).filter((row) => !row.startsWith("(")),
    panels: [panel("Memory", "bytes an entry", "churned"), panel("Collector", "longest pause, ms", "longest")].map(known),
    looks: { cachefn: OURS, others: PLAIN },
  };
}

function start(name, { version, measurements }) {
  const { results } = measurements.J5;
  const dotsOf = (cell, figure, scale) => {
    return Object.entries(medians(results, figure)[cell] ?? {}).map(([row, value]) => ({ row, look: lookOf(row), value: value / scale }));
  };
  const panels = [
    { title: "Size", label: "kB, minified and compressed", dots: dotsOf("size", "bytes", 1000) },
    { title: "Start", label: "ms of import and first use", dots: dotsOf("import and first use", "ms", 1) },
  ];
  return {
    title: "What a library costs before it is used",
    note: `${name} ${version}; bundled by esbuild; a new process for each start`,
    rows: [...new Set(panels.flatMap(({ dots }) => dots.map(({ row }) => row)))],
    panels: panels.filter(({ dots }) => dots.length > 0),
    looks: { cachefn: OURS, others: PLAIN },
  };
}

/** Whether the collector was watched. */
function pauses([, { measurements }]) {
  return Object.keys(medians(measurements.J4.results, "longest")).length > 0;
}

function placed(figures) {
  const of = ([row, own]) => Object.entries(own).map(([look, value]) => ({ row: short(row), look, value }));
  return Object.entries(figures).flatMap(of);
}

/** Without what has no row or no place on an axis of ratios. */
function known(panel) {
  return { ...panel, dots: panel.dots.filter(({ row, value }) => value > 0 && !row.startsWith("(")) };
}

function lookOf(name) {
  return name.startsWith("cachefn") ? "cachefn" : "others";
}

function short(cell) {
  return cell.replace("Zipf read-through, 10k of 100k", "Zipf read-through");
}

/** Ours is a large red dot; the others differ by shape as well, for those who see few colours. */
function looks(names) {
  const own = { colour: OURS.colour, shape: "ours" };
  const look = (name, at) => [name, at === 0 ? own : { colour: COLOURS[at % COLOURS.length], shape: SHAPES[at % SHAPES.length] }];
  return Object.fromEntries(names.map(look));
}

/** So slow that the others would stand close together beside it. */
const FAR = "CacheableMemory";
const OURS = { colour: "#cf222e", shape: "ours" };
const PLAIN = { colour: "#0a3069", shape: "diamond" };
const COLOURS = ["#57606a", "#0a3069", "#bc4c00", "#1a7f37", "#8250df", "#9a6700", "#0aa2a2"];
const SHAPES = ["diamond", "square", "ring"];
