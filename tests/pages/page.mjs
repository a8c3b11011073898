//! A page, as its address says: `page.html?reload`. It tells its server how the tests ended.

import { send } from "./send.mjs";

const what = location.search.slice(1);
const failed = (error) => `test ${what} ... FAILED\n${error?.stack ?? error}`;
addEventListener("error", ({ message, error }) => send(what, failed(error ?? message)));
addEventListener("unhandledrejection", ({ reason }) => send(what, failed(reason)));

const load = async (times = "") => {
  const program = await import(`./built/pages.js?${times}`);
  await program.default();
  return program;
};

const pages = {
  window: async () => (await load()).tests(false),
  /** It sends for itself. */
  worker: () => void new Worker("worker.mjs", { type: "module" }),
  reload: async () => (await load()).made_twice(),
  full: async () => (await load()).full(),
  programs: async () => tried(programs(await load("one"), await load("other"))),
  exchange: async () => tried(exchange(await load(), await import("./npm/index.js"), await import("./npm/webstorage.js"))),
  sandbox: () => {
    const frame = document.createElement("iframe");
    frame.setAttribute("sandbox", "allow-scripts");
    frame.src = "page.html?denied";
    document.body.append(frame);
  },
  denied: async () => (await load()).denied(),
};

/** Two programs over one database, each with a memory of its own. */
function programs(one, other) {
  return {
    async "h_32 what one program writes the other reads"() {
      await one.set("user:7", "Ada", "users");
      same(await other.fetched("user:7", "nobody"), "Ada");
      await other.set("user:7", "Grace", "users");
      same(await one.fetched("user:7", "nobody"), "Grace");
    },
    async "s_27 what one program invalidates the other makes anew"() {
      await other.invalidate("users");
      same(await one.fetched("user:7", "made anew"), "made anew");
      same(await other.fetched("user:7", "nobody"), "made anew");
    },
    async "h_32 a thousand writes of two programs lose none"() {
      const keys = Array.from({ length: 500 }, (_, number) => `many:${number}`);
      const set = (program, key) => program.set(key, `of ${key}`, "many");
      await Promise.all(keys.flatMap((key) => [set(one, key), set(other, `${key}!`)]));
      for (const key of keys) {
        same(await other.fetched(key, "nobody"), `of ${key}`);
        same(await one.fetched(`${key}!`, "nobody"), `of ${key}!`);
      }
    },
    /** Without random numbers of the browser both draw the same, for they begin alike. */
    async "s_28 two programs that begin in the same millisecond draw different tokens"() {
      const { now } = Date;
      Date.now = () => 1_700_000_000_000;
      try {
        const tokens = [await (await load("third")).token(), await (await load("fourth")).token()];
        if (tokens[0] === tokens[1]) throw new Error(`twice ${tokens[0]}`);
      } finally {
        Date.now = now;
      }
    },
  };
}

/** A program in Rust, and the package for JavaScript, over the same items. */
function exchange(rust, { createCache }, { localStorage }) {
  const cache = () => createCache({ name: "exchange", storage: localStorage() });
  /** Done when the storage has it. */
  const written = async (change) => {
    const own = cache();
    await change(own);
    await own.flush();
  };
  return {
    async "s_40 what JavaScript sets Rust reads"() {
      await written((cache) => cache.set("né:7", "Ada", { tags: ["users"] }));
      same(await rust.get_from_javascript("né:7"), "Ada");
    },
    async "s_40 what Rust sets JavaScript reads"() {
      await rust.set_for_javascript("8", "Grace", "users");
      same(await cache().get("8"), "Grace");
    },
    async "s_28 a tag that JavaScript invalidates is invalid in Rust, and the other way round"() {
      await written((cache) => cache.invalidateByTag("users"));
      same(await rust.get_from_javascript("né:7"), undefined);
      await rust.set_for_javascript("9", "Joan", "users");
      await rust.invalidate_for_javascript("users");
      same(await cache().get("9"), undefined);
    },
    async "s_23 a name of any length is the same in both"() {
      const key = "k".repeat(10_000);
      await written((cache) => cache.set(key, "long"));
      same(await rust.get_from_javascript(key), "long");
    },
  };
}

async function tried(facts) {
  let text = "";
  const counts = [0, 0];
  for (const [name, fact] of Object.entries(facts)) {
    const failure = await fact().then(() => undefined, (error) => error);
    counts[failure ? 1 : 0]++;
    text += `test ${name} ... ${failure ? `FAILED\n${failure.stack ?? failure}` : "ok"}\n`;
  }
  return `${text}test result: ${counts[0]} passed; ${counts[1]} failed\n`;
}

function same(got, expected) {
  if (got !== expected) throw new Error(`expected ${expected}, got ${got}`);
}

// Not every browser tells of an error at the top of a module as an event.
const text = await Promise.resolve().then(pages[what]).catch(failed);
if (text !== undefined) send(what, text);
