//! Light, dark, or as the system has it: for the page and for the panel, and for the next visit.

import { byId } from "./dom.mjs";

/** Takes the last choice, and the next ones. */
export function openTheme() {
  const inputs = [...byId("theme").querySelectorAll("input")];
  const panel = document.querySelector("cachefn-devtools");
  const wear = (theme) => {
    for (const element of [document.documentElement, panel]) {
      if (theme === "") element.removeAttribute("theme");
      else element.setAttribute("theme", theme);
    }
  };
  const kept = recall();
  for (const input of inputs) {
    input.checked = input.value === kept;
    input.addEventListener("change", () => {
      wear(input.value);
      keep(input.value);
    });
  }
  wear(kept);
}

/** Where a browser keeps nothing, the system's choice is as good. */
function recall() {
  try {
    const kept = localStorage.getItem(NAME);
    return kept === "light" || kept === "dark" ? kept : "";
  } catch {
    return "";
  }
}

function keep(theme) {
  try {
    localStorage.setItem(NAME, theme);
  } catch {
    // It holds for this visit.
  }
}

const NAME = "cachefn-playground-theme";
