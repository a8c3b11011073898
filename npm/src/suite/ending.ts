//! Cases: places of their own, what closing does, and what is there afterwards.

import type { Storage } from "../storage.js";
import type { Case } from "./case.js";
import { equal, holds } from "./equal.js";
import { failure, row, sameRow, tag, token } from "./stage.js";

export const ENDING: readonly Case[] = [
  {
    title: "it has a label, and names all methods",
    async run(stage) {
      const storage = await stage.storage();
      holds("the label is no text of at least one character", typeof storage.label === "string" && storage.label !== "");
      for (const method of METHODS) equal(`the type of ${method}`, typeof storage[method], "function");
    },
  },
  {
    title: "a new place is empty, and two places do not mix",
    async run(stage) {
      await stage.has("of a place that was never opened before", ["n:a", undefined]);
      await stage.set(["n:a", 1]);
      const other = await stage.open(1);
      equal("get at another place", await other.get(["n:a"]), [undefined]);
      await other.set([row("n:a", 2)]);
      await stage.has("after a set at another place", ["n:a", 1]);
    },
  },
  {
    title: "what is watched says nothing while all is well, and is let go of",
    async run(stage) {
      const storage = await stage.storage();
      if (storage.watch === undefined) return;
      const heard: unknown[] = [];
      const hear = (trouble: unknown): number => heard.push(trouble);
      const [stop, stopAgain] = [storage.watch(hear), storage.watch(hear)];
      await stage.set(["n:a", 1]);
      await stage.has("while it is watched", ["n:a", 1], ["n:absent", undefined]);
      stop();
      stop();
      stopAgain();
      equal("what was heard", heard, []);
    },
  },
  {
    title: "a closed storage fails or answers truly, and closes again",
    async run(stage) {
      const storage = await stage.storage();
      await stage.set(["n:a", 1]);
      await storage.replaceTokens([["%n:n", token(1)]]);
      await storage.close();
      await storage.close();
      await orFails("get after close", () => storage.get(["n:a"]), ([found]) => found?.row.value === 1);
      await orFails("tokens after close", () => storage.tokens(["%n:n"]), ([found]) => found === token(1));
      await orFails("set after close", () => storage.set([row("n:b", 2)]), () => true);
      await orFails("delete after close", () => storage.delete(["n:a"]), (count) => count === 1);
      await storage.close();
    },
  },
  {
    title: "what is kept is there when the place is opened again",
    needs: "survives",
    async run(stage) {
      const kept = row("n:a", { list: [1, "2", null] }, { freshFor: 5, tags: [tag("t", 3)] });
      await stage.set(["n:b", 2], ["n:c", 3]);
      await (await stage.storage()).set([kept]);
      await (await stage.storage()).delete(["n:c"]);
      await (await stage.storage()).replaceTokens([["%n:n", token(1)], ["%t:n:t", token(2)]]);
      await (await stage.storage()).replaceTokens([["%t:n:t", token(4)]]);
      const storage = await stage.reopened();
      const [found] = await storage.get(["n:a"]);
      sameRow("get after it was opened again", found, kept);
      await stage.has("after it was opened again", ["n:a", kept.value], ["n:b", 2], ["n:c", undefined]);
      equal("tokens after it was opened again", await storage.tokens(["%n:n", "%t:n:t", "%x:n:t"]), [token(1), token(4), undefined]);
      await stage.lists("scan after it was opened again", "n:", 10, ["n:a", "n:b"]);
    },
  },
  {
    title: "h_32 two that are open at one place see what the other has kept",
    needs: "shared",
    async run(stage) {
      const one = await stage.storage();
      const other = await stage.open(0);
      await one.set([row("n:a", 1)]);
      for (const each of [one, other]) equal("get at each of them", (await each.get(["n:a", "n:b"])).map((found) => found?.row.value), [1, undefined]);
      await other.set([row("n:a", 2), row("n:b", 3)]);
      await stage.has("after a set at the second one", ["n:a", 2], ["n:b", 3]);
      const both = await Promise.all([one.createTokens([["%n:n", token(1)]]), other.createTokens([["%n:n", token(2)]])]);
      equal("createTokens of two at once", both[0], both[1]);
      equal("delete at the second one", await other.delete(["n:a"]), 1);
      await stage.lists("scan after a delete at the second one", "n:", 10, ["n:b"]);
    },
  },
];

/** An answer must be true; an error must be ours. */
async function orFails<T>(what: string, call: () => Promise<T>, isTrue: (answer: T) => boolean): Promise<void> {
  let answer: T;
  try {
    answer = await call();
  } catch (error) {
    await failure(what, () => Promise.reject(error));
    return;
  }
  holds(`${what}: expected an error or the truth, got neither`, isTrue(answer));
}

const METHODS: readonly (keyof Storage)[] = ["get", "set", "delete", "tokens", "createTokens", "replaceTokens", "scan", "close"];
