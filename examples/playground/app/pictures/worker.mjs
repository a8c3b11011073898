//! Draws and filters beside the page, which stays quick meanwhile.

import { FILTERS } from "./filters.mjs";
import { HEIGHT, scene, WIDTH } from "./scenes.mjs";

const scenes = new Map();

self.addEventListener("message", ({ data: { number, name, filter, strength } }) => {
  if (!scenes.has(name)) scenes.set(name, scene(name));
  const pixels = FILTERS[filter](scenes.get(name), WIDTH, HEIGHT, strength);
  self.postMessage({ number, pixels }, [pixels.buffer]);
});
