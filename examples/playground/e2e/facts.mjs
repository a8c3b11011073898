//! What a person sees in the playground, fact by fact, in the order in which they use it.

import assert from "node:assert/strict";
import { complaints } from "./access.mjs";
import { Person } from "./person.mjs";

const PANEL = "cachefn-devtools >> ";
const entries = (person) => person.text(`${PANEL}.found`);
const chosen = (name) => (person) => person.click(`${PANEL}[role=option]`, name);

/** Nobody is kept from using the page, once all colours have changed. */
async function isFlawless(person, where) {
  let found;
  await person.until(`nothing is wrong with ${where}`, async () => (found = await person.evaluate(`(${complaints})()`)).length === 0 || found);
}

/** By name; each is given a person, and the address of the page. */
export const FACTS = {
  async "a picture is computed once and remembered the second time"(person, url) {
    await person.visit(url);
    await person.reads("#picture-outcome", /^Computed in \d/);
    const before = await person.evaluate('visible("#picture")[0].getContext("2d").getImageData(200, 150, 1, 1).data.join()');
    await person.click("#filter label", "Ink");
    await person.reads("#picture-outcome", /^Computed in \d/);
    await person.until("the picture is another", async () => before !== (await person.evaluate('visible("#picture")[0].getContext("2d").getImageData(200, 150, 1, 1).data.join()')));
    await person.click("#filter label", "Oil paint");
    await person.reads("#picture-outcome", /^Remembered in (less than )?\d/);
    const now = await person.evaluate('visible("#picture")[0].getContext("2d").getImageData(200, 150, 1, 1).data.join()');
    assert.equal(now, before);
    assert.deepEqual(await person.evaluate('visible("#picture-calls .bars span").map(({ className }) => className)'), ["computed", "computed", "remembered"]);
  },

  async "the panel lists what the page computed, with tags and ages"(person) {
    await chosen("pictures")(person);
    await person.reads(`${PANEL}.found`, "2 entries");
    assert.deepEqual(await person.texts(`${PANEL}.row .key`), ["mountains/ink/3", "mountains/oil/3"]);
    assert.deepEqual(await person.texts(`${PANEL}.row .state`), ["fresh", "fresh"]);
    assert.match((await person.texts(`${PANEL}.row .age`))[0], /^\d+ (ms|s)/);
    await person.reads(`${PANEL}figure strong`, /\d %$/);
    await person.click(`${PANEL}.row`, "ink");
    await person.reads(`${PANEL}.detail h3`, "mountains/ink/3");
    assert.deepEqual(await person.texts(`${PANEL}.detail .tag`), ["scene:mountains", "filter:ink"]);
    await person.reads(`${PANEL}.detail pre`, /Uint8ClampedArray, 576000 elements/);
  },

  async "a tag that is invalidated takes its entries, and the next picture is computed anew"(person) {
    await person.click(`${PANEL}.detail .tag`, "filter:ink");
    await person.reads(`${PANEL}.outcome`, "invalidated the tag filter:ink");
    await person.reads(`${PANEL}.found`, "1 entry");
    assert.deepEqual(await person.texts(`${PANEL}.row .key`), ["mountains/oil/3"]);
    await person.click("#filter label", "Ink");
    await person.reads("#picture-outcome", /^Computed/);
    await person.click("#forget-scene");
    await person.reads(`${PANEL}.found`, "0 entries");
  },

  async "a search forgives typing errors, and is remembered until a document that it names has changed"(person) {
    await person.write("#query", "stampeed");
    await person.reads("#words-outcome", /^(Computed|Remembered).*best \d/);
    await person.until("a stampede is found", async () => (await person.texts(".results mark")).some((word) => /stampede/i.test(word)));
    await person.click("#suggestions button", "tags");
    await person.reads("#words-outcome", /^Computed/);
    await person.click("#suggestions button", "stampede");
    await person.click("#suggestions button", "tags");
    await person.reads("#words-outcome", /^Remembered/);
    const [document] = await person.texts(".results code");
    await person.click(".results button");
    await person.reads("#words-outcome", `${document} has changed: every answer that named it is forgotten.`);
    await person.click("#suggestions button", "tags");
    await person.reads("#words-outcome", /^Computed/);
  },

  async "entries are searched by pattern, and removed by it"(person) {
    await chosen("words")(person);
    await person.write(`${PANEL}input[type=search]`, "stamp*");
    await person.until("only what matches is listed", async () => {
      const keys = await person.texts(`${PANEL}.row .key`);
      return keys.length > 0 && keys.every((key) => key.startsWith("stamp"));
    });
    await person.evaluate(`Object.assign(all("${PANEL}select")[0], { value: "pattern" }).dispatchEvent(new Event("change"))`);
    await person.write(`${PANEL}.actions input`, "stamp*");
    await person.click(`${PANEL}.actions button`, "Invalidate");
    await person.reads(`${PANEL}.outcome`, /^stamp\* removed \d+ entries$/);
    await person.reads(`${PANEL}.found`, "0 entries");
    await person.write(`${PANEL}input[type=search]`, "[");
    await person.reads(`${PANEL}.found`, /never closed/);
    await person.write(`${PANEL}input[type=search]`, "t");
    await person.reads(`${PANEL}.found`, /^[1-9]\d* entr/);
  },

  async "events stream in, stand still on demand, and are filtered"(person) {
    await person.click(`${PANEL}[role=tab]`, "Events");
    await person.until("events are listed", async () => (await person.texts(`${PANEL}.log li`)).length > 3);
    await person.click(`${PANEL}button`, "Pause");
    await person.reads(`${PANEL}.found`, /paused$/);
    const before = await person.texts(`${PANEL}.log li`);
    await person.click("#suggestions button", "no_std");
    await person.reads("#words-outcome", /best/);
    assert.deepEqual(await person.texts(`${PANEL}.log li`), before);
    await person.click(`${PANEL}button`, "Pause");
    await person.reads(`${PANEL}.log code`, "no_std");
    await person.write(`${PANEL}.events input`, "pattern");
    await person.until("only those are listed", async () => (await person.texts(`${PANEL}.log li i`)).every((cause) => cause === "pattern"));
    await person.click(`${PANEL}[role=tab]`, "Statistics");
    await person.reads(`${PANEL}.statistics`, /Hits\d.*Misses\d/);
    await person.click(`${PANEL}[role=tab]`, "Entries");
  },

  async "everything goes only after the question was answered so"(person) {
    await person.click(`${PANEL}.actions button`, "Clear");
    await person.reads(`${PANEL}dialog h3`, /^Remove all \d+ entries of words\?$/);
    await person.press("Escape");
    await person.until("the question is gone", async () => (await person.texts(`${PANEL}dialog`)).length === 0);
    assert.doesNotMatch(await entries(person), /^0/);
    await person.click(`${PANEL}.actions button`, "Clear");
    await person.click(`${PANEL}dialog button`, "Remove all");
    await person.reads(`${PANEL}.found`, "0 entries");
  },

  async "the keyboard alone leads to the panel, through its caches, and removes an entry"(person, url) {
    await person.visit(url);
    await person.click("#filter label", "Ink");
    await person.reads("#picture-outcome", /^Computed/);
    await person.evaluate("(document.activeElement.blur(), getSelection().removeAllRanges(), scrollTo(0, 0), 0)");
    await person.visit(url);
    await person.tabTo("Skip to the caches");
    await person.press("Enter");
    await person.until("the panel has the focus", async () => (await person.focused()).includes("#devtools"));
    await person.tabTo("option pictures");
    await person.press("ArrowRight");
    await person.until("the other cache is chosen", async () => (await person.focused()).includes("option words"));
    await person.press("ArrowLeft");
    await person.tabTo("tab-Entries");
    await person.press("ArrowRight");
    await person.until("the events are shown", async () => (await person.texts(`${PANEL}.log`)).length === 1);
    await person.press("Home");
    await person.tabTo("grid Entries");
    const outline = await person.evaluate(`getComputedStyle(deepActive()).outlineStyle`);
    assert.notEqual(outline, "none");
    const before = (await person.texts(`${PANEL}.row .key`)).length;
    assert(before > 0);
    await person.press("Enter");
    await person.until("the entry is open", async () => (await person.texts(`${PANEL}.detail`)).length === 1);
    await person.press("Delete");
    await person.until("it has left", async () => (await person.texts(`${PANEL}.row .key`)).length === before - 1);
    assert.deepEqual(await person.texts(`${PANEL}.detail`), []);
  },

  async "after a reload nothing is computed that was computed before"(person) {
    await person.click("#scene label", "Marble");
    await person.reads("#picture-outcome", /^Computed/);
    const before = await person.evaluate('visible("#picture")[0].getContext("2d").getImageData(200, 150, 1, 1).data.join()');
    await person.evaluate("(window.isOld = true)");
    await person.click("#reload");
    await person.until("the page is another", () => person.evaluate('window.isOld === undefined && document.documentElement.dataset.ready === "yes"'));
    await person.reads("#lasting-outcome", /^\d+ entr(y was|ies were) here before this page\.$/);
    await person.reads("#picture-outcome", /^(Computed|Remembered)/);
    await person.click("#scene label", "Marble");
    await person.reads("#picture-outcome", /^Remembered/);
    assert.equal(await person.evaluate('visible("#picture")[0].getContext("2d").getImageData(200, 150, 1, 1).data.join()'), before);
  },

  async "what one tab forgets, the other one has forgotten"(person, url) {
    await chosen("pictures")(person);
    await person.until("marble is listed", async () => (await person.texts(`${PANEL}.row .key`)).some((key) => key.startsWith("marble/")));
    const hands = await person.hands.another();
    const other = new Person(hands, person.folder);
    try {
      await other.visit(url);
      await other.click("#scene label", "Marble");
      await other.click("#forget-scene");
      await other.reads("#picture-outcome", /is forgotten/);
    } finally {
      await hands.close();
    }
    await person.hands.front();
    await person.until("it is gone here too", async () => (await person.texts(`${PANEL}.row .key`)).every((key) => !key.startsWith("marble/")));
  },

  async "seven policies run over the same requests, and the lines and numbers are theirs"(person) {
    await person.click("#race");
    await person.reads("#race-outcome", /^All 120,000 requests: [\w-]+ leads with \d+\.\d %\.$/);
    const rows = await person.texts("#ratios tbody tr");
    assert.equal(rows.length, 7);
    const ratios = rows.map((row) => Number(/(\d+\.\d) %/.exec(row)?.[1]));
    assert.deepEqual(ratios, [...ratios].sort((one, other) => other - one));
    assert(ratios.at(-1) > 5 && ratios[0] - ratios.at(-1) > 3, ratios.join());
    const points = await person.evaluate('all("#plot polyline").map((line) => line.getAttribute("points").split(" ").length)');
    assert.deepEqual(points, Array(7).fill(60));
    assert.match(await person.evaluate('all("#plot svg")[0].getAttribute("aria-label")'), /adaptive \d+\.\d %/);
  },

  async "in both colours and both widths everybody can use the page, and sees it"(person) {
    for (const [width, height] of [[1280, 860], [390, 844]]) {
      await person.hands.resize(width, height);
      for (const theme of ["Light", "Dark"]) {
        await person.click("#theme label", theme);
        await person.evaluate("scrollTo({ top: 0, behavior: 'instant' })");
        await person.picture(`${width}-${theme.toLowerCase()}`);
        for (const tab of ["Events", "Statistics", "Entries"]) {
          await person.click(`${PANEL}[role=tab]`, tab);
          await isFlawless(person, `${width} ${theme} ${tab}`);
        }
        await person.evaluate('all("#policies")[0].scrollIntoView({ behavior: "instant" })');
        await person.until("texts of the plot have their own size", () => person.evaluate('Math.abs(all("#plot svg")[0].getScreenCTM().a - 1) < 0.02'));
        await person.picture(`${width}-${theme.toLowerCase()}-policies`);
      }
    }
    await person.click("#theme label", "Auto");
    await isFlawless(person, "Auto");
  },

  async "what would keep somebody from using the page is noticed"(person) {
    const harm = async (act, words) => {
      const undo = `(() => { ${act} })()`;
      await person.evaluate(undo);
      const found = await person.evaluate(`(${complaints})()`);
      assert(found.some((one) => one.includes(words)), `${words}: ${found.join("; ")}`);
      await person.evaluate('all(".harm").forEach((element) => element.remove())');
      await isFlawless(person, "the page again");
    };
    const add = (tag, text, attributes) => `document.querySelector("main").append(Object.assign(document.createElement("${tag}"), { className: "harm", textContent: "${text}" }, ${JSON.stringify(attributes)}))`;
    await harm(add("button", "", { }), "has no name");
    await harm(`${add("p", "pale", {})}; const pale = document.querySelector(".harm"); pale.style.setProperty("color", "rgb(128 128 128 / .5)")`, "has a contrast of");
    await harm(add("h4", "deep", {}), "follows one of");
    await harm(add("p", "twice", { id: "race" }), "two elements have the id race");
    await harm(add("div", "lost", { role: "tab" }), "a tab outside of a tablist");
    await harm(`${add("p", "wide", {})}; document.querySelector(".harm").style.setProperty("width", "9000px")`, "wider than the window");
  },

  async "the page had nothing to complain about"(person) {
    assert.deepEqual(await person.evaluate("heard"), []);
  },
};
