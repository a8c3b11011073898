//! Using a page as a person does, through what the browser offers: its protocol for puppets, or WebDriver.

import { writeFileSync } from "node:fs";

/** Keys by name, as WebDriver writes them. */
const KEYS = {
  Tab: "\uE004",
  Enter: "\uE007",
  Escape: "\uE00C",
  End: "\uE010",
  Home: "\uE011",
  ArrowLeft: "\uE012",
  ArrowUp: "\uE013",
  ArrowRight: "\uE014",
  ArrowDown: "\uE015",
  Delete: "\uE017",
  Space: " ",
};

/** What can be done with a page of puppeteer. */
export function puppetHands(browser, page) {
  return {
    /** The value of an expression, which may be a promise. */
    evaluate: (expression) => page.evaluate(expression),
    click: (x, y) => page.mouse.click(x, y),
    press: (key) => page.keyboard.press(key),
    type: (text) => page.keyboard.type(text),
    resize: (width, height) => page.setViewport({ width, height }),
    screenshot: (path) => page.screenshot({ path }),
    visit: (url) => page.goto(url),
    /** Hands for a tab beside this one, and how it is closed. */
    async another() {
      const other = await browser.newPage();
      return { ...puppetHands(browser, other), close: () => other.close(), front: () => other.bringToFront() };
    },
    front: () => page.bringToFront(),
  };
}

/**
 * What can be done with a window of a WebDriver session; `ask` sends a command to it, and `now` knows which window
 * commands go to.
 */
export function driverHands(ask, handle, now = { handle }) {
  const front = async () => {
    if (now.handle !== handle) await ask("POST", "/window", { handle });
    now.handle = handle;
  };
  const here = (act) => async (...args) => (await front(), act(...args));
  const strokes = (keys) => {
    const actions = keys.flatMap((value) => ["keyDown", "keyUp"].map((type) => ({ type, value })));
    return ask("POST", "/actions", { actions: [{ type: "key", id: "keyboard", actions }] });
  };
  return {
    evaluate: here((expression) => {
      const script = `const done = arguments[arguments.length - 1];
        Promise.resolve().then(() => (${expression})).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
      return ask("POST", "/execute/async", { script, args: [] }).then(({ value, error }) => {
        if (error !== undefined) throw new Error(error);
        return value;
      });
    }),
    click: here((x, y) => {
      const actions = [
        { type: "pointerMove", duration: 0, x: Math.round(x), y: Math.round(y) },
        { type: "pointerDown", button: 0 },
        { type: "pointerUp", button: 0 },
      ];
      return ask("POST", "/actions", { actions: [{ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions }] });
    }),
    press: here((key) => strokes([KEYS[key] ?? key])),
    type: here((text) => strokes([...text])),
    /** The window becomes so large that the page in it has this size. */
    resize: here(async (width, height) => {
      await ask("POST", "/window/rect", { width, height });
      const { value } = await ask("POST", "/execute/sync", { script: "return { value: [innerWidth, innerHeight] };", args: [] });
      await ask("POST", "/window/rect", { width: 2 * width - value[0], height: 2 * height - value[1] });
    }),
    screenshot: here(async (path) => writeFileSync(path, await ask("GET", "/screenshot"), "base64")),
    visit: here((url) => ask("POST", "/url", { url })),
    async another() {
      // Not a tab: one that is hidden cannot be clicked into.
      const other = await ask("POST", "/window/new", { type: "window" });
      const hands = driverHands(ask, other.handle, now);
      return { ...hands, close: async () => (await hands.front(), await ask("DELETE", "/window"), await front()) };
    },
    front,
  };
}
