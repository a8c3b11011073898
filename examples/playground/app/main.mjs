//! The playground: opens each section, and says so when all of them are.

import "./caches.mjs";
import { openLasting } from "./lasting.mjs";
import { openPictures } from "./pictures/section.mjs";
import { openPolicies } from "./policies/section.mjs";
import { openTheme } from "./theme.mjs";
import { openWords } from "./words/section.mjs";

openTheme();
openPolicies();
await openLasting(); // before anything new is there
await Promise.all([openPictures(), openWords()]);
document.documentElement.dataset.ready = "yes";
