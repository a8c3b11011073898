//! The section of pictures: a canvas, and what it costs to fill it.

import { callsChart } from "../calls.mjs";
import { filtered, pictures } from "../caches.mjs";
import { byId, drawn, milliseconds, pick } from "../dom.mjs";
import { FILTERS } from "./filters.mjs";
import { runs } from "./filter.mjs";
import { HEIGHT, NAMES, WIDTH } from "./scenes.mjs";

/** Draws the first picture and listens to the controls. */
export async function openPictures() {
  const canvas = byId("picture").getContext("2d");
  const tell = callsChart(byId("picture-calls"), "Pictures");
  const strength = byId("strength");
  const scene = pick(byId("scene"), named(NAMES), NAMES[0], draw);
  const filter = pick(byId("filter"), { oil: "Oil paint", smooth: "Smooth", ink: "Ink" }, Object.keys(FILTERS)[0], draw);
  let sweeping = false;
  let turn = 0;

  async function draw() {
    const mine = ++turn;
    const wanted = [scene(), filter(), Number(strength.value)];
    byId("strength-now").textContent = strength.value;
    const [before, began] = [runs.count, performance.now()];
    const pixels = await filtered(...wanted);
    const [time, computed] = [performance.now() - began, runs.count > before];
    tell(time, computed);
    if (mine !== turn) return;
    canvas.putImageData(new ImageData(new Uint8ClampedArray(pixels), WIDTH, HEIGHT), 0, 0);
    byId("picture").ariaLabel = `The scene ${wanted[0]} through the filter ${wanted[1]}, strength ${wanted[2]}`;
    byId("picture-outcome").textContent = `${computed ? "Computed" : "Remembered"} in ${milliseconds(time)}.`;
  }

  async function sweep() {
    sweeping = !sweeping;
    byId("sweep").textContent = sweeping ? "Stop" : "Sweep up and down";
    for (let step = 0; sweeping && step < 28; step++) {
      strength.value = String(1 + Math.abs(7 - ((step + 7) % 14)));
      await draw();
      await drawn();
    }
    sweeping = false;
    byId("sweep").textContent = "Sweep up and down";
  }

  strength.addEventListener("input", draw);
  byId("sweep").addEventListener("click", sweep);
  byId("forget-scene").addEventListener("click", async () => {
    await pictures.invalidateByTag(`scene:${scene()}`);
    byId("picture-outcome").textContent = `Every picture of the scene ${scene()} is forgotten.`;
  });
  await draw();
}

function named(names) {
  return Object.fromEntries(names.map((name) => [name, name[0].toUpperCase() + name.slice(1)]));
}
