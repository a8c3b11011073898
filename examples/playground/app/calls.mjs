//! The latest calls of a function as bars: how long each took, and whether it was computed.

import { element, milliseconds } from "./dom.mjs";

/** Draws into `place`; the scale is logarithmic, or a remembered call would not be seen at all. */
export function callsChart(place, label) {
  const bars = element("div", { className: "bars", role: "img", ariaLabel: `${label}: none yet` });
  const words = element("p", { className: "legend" });
  const calls = [];
  words.append(element("span", { className: "computed" }, "computed"), " ", element("span", { className: "remembered" }, "remembered"));
  place.append(words, bars);
  return (time, computed) => {
    calls.push({ time, computed });
    if (calls.length > MOST) calls.shift();
    bars.replaceChildren(...calls.map(bar));
    const remembered = calls.filter((call) => !call.computed).length;
    bars.ariaLabel = `${label}: of the latest ${calls.length} calls ${remembered} were remembered`;
  };
}

function bar({ time, computed }) {
  const height = Math.max(0.06, Math.min(1, Math.log10(1 + time * 20) / 4));
  const drawn = element("span", { className: computed ? "computed" : "remembered", title: `${computed ? "computed" : "remembered"}, ${milliseconds(time)}` });
  drawn.style.setProperty("height", `${Math.round(100 * height)}%`);
  return drawn;
}

const MOST = 48;
