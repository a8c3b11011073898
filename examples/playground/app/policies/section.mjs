//! The section of policies: a race that is drawn while it runs.

import { byId, drawn, element, pick } from "../dom.mjs";
import { Plot } from "./plot.mjs";
import { POLICIES, Race } from "./race.mjs";
import { LENGTH, TRACES, trace } from "./traces.mjs";

/** Listens to the controls. */
export function openPolicies() {
  const room = byId("room");
  const button = byId("race");
  const chosen = pick(byId("trace"), TRACES, "mixed", () => stop());
  const count = (number) => number.toLocaleString("en");
  let running;

  room.addEventListener("input", () => {
    byId("room-now").textContent = room.value;
    stop();
  });
  button.addEventListener("click", () => (running === undefined ? run() : stop()));
  const newPlot = () => new Plot(byId("plot"), POLICIES, LENGTH / STEP, `${count(LENGTH)} requests`);
  let plot = newPlot();
  let lanes = [];
  rows(POLICIES.map((policy) => ({ policy, hitRate: undefined, evictions: 0 })));

  // What is drawn has the size of its place, or its texts would shrink with it.
  const fit = () => {
    if (plot.fits) return;
    plot = newPlot();
    if (lanes.length > 0) plot.draw(lanes);
  };
  new ResizeObserver(() => requestAnimationFrame(fit)).observe(byId("plot"));

  function stop() {
    running = undefined;
    button.textContent = "Run";
  }

  async function run() {
    const race = new Race(Number(room.value));
    const keys = trace(chosen());
    const mine = (running = race);
    button.textContent = "Stop";
    let at = 0;
    for (; at < LENGTH && running === mine; at += STEP) {
      race.run(keys.subarray(at, at + STEP));
      lanes = race.lanes;
      plot.draw(lanes);
      rows(lanes);
      byId("race-outcome").textContent = `${count(at + STEP)} of ${count(LENGTH)} requests.`;
      await drawn();
    }
    const [best] = [...lanes].sort((one, other) => other.hitRate - one.hitRate);
    byId("race-outcome").textContent = `${at < LENGTH ? "Stopped after" : "All"} ${count(at)} requests: ${best.policy} leads with ${(100 * best.hitRate).toFixed(1)} %.`;
    race.close();
    if (running === mine) stop();
  }
}

function rows(lanes) {
  const sorted = [...lanes].sort((one, other) => (other.hitRate ?? 0) - (one.hitRate ?? 0));
  byId("ratios").tBodies[0].replaceChildren(
    ...sorted.map(({ policy, hitRate, evictions }) => {
      const name = element("th", { scope: "row" }, element("span", { className: `dot p${POLICIES.indexOf(policy)}` }), policy);
      const meter = element("meter", { max: 1, value: hitRate ?? 0 });
      meter.ariaLabel = `hit ratio of ${policy}`;
      const ratio = element("td", {}, meter, element("span", {}, hitRate === undefined ? "–" : `${(100 * hitRate).toFixed(1)} %`));
      return element("tr", {}, name, ratio, element("td", {}, evictions.toLocaleString("en")));
    }),
  );
}

/** So many requests make a point of a line. */
const STEP = 2000;
