//! Cases: names that somebody did not expect.

import type { Case } from "./case.js";
import { equal } from "./equal.js";
import { token } from "./stage.js";

/** Texts of keys that trip others up. */
export const ODD_TEXTS: readonly string[] = [
  ...["", " ", "  ", "a", "A", "a ", " a", "__proto__", "constructor", "toString", "hasOwnProperty", "length", "0", "-0", "null"],
  ...["a\nb", "a\r\nb", "\0", "\0\0", "a\0", "\t", "%", "%25", "%n:n", ":", "::", "a:b", "/", "..", "../a", "a/b", "a?b=c#d", "\\", "'", '"'],
  ...["*", "?", "[", "[a", "{a,b}", "\ud800", "\udc00", "\udfff", "\ud800a", "\udc00\ud800", "\ufffd", "\uffff", "\uffff\uffff", "\ufffe"],
  ...["😀", "é", "e\u0301", "ß", "SS", "\u00ad", "\u202e", "x".repeat(250), `${"x".repeat(250)}y`, "é".repeat(1000)],
  ...["x".repeat(65_536), `${"x".repeat(65_535)}y`, `y${"x".repeat(65_535)}`],
];

export const NAMES: readonly Case[] = [
  {
    title: "h_06 every text is a name of its own",
    async run(stage) {
      const storage = await stage.storage();
      const names = ODD_TEXTS.map((text) => `n:${text}`);
      for (const [at, name] of names.entries()) {
        await stage.has("before it was set", [name, undefined]);
        await stage.set([name, at]);
      }
      await stage.has("of odd names", ...names.map((name, at) => [name, at] as const));
      for (const name of names.filter((_, at) => at % 2 === 0)) equal(`delete ${JSON.stringify(name.slice(0, 80))}`, await storage.delete([name]), 1);
      await stage.has("after every other one was deleted", ...names.map((name, at) => [name, at % 2 === 0 ? undefined : at] as const));
    },
  },
  {
    title: "h_06 every text is a tag of its own",
    async run(stage) {
      const storage = await stage.storage();
      const names = ODD_TEXTS.map((text) => `%t:n:${text}`);
      await storage.createTokens(names.map((name, at) => [name, token(at)]));
      equal("tokens of odd names", await storage.tokens(names), names.map((_, at) => token(at)));
    },
  },
  {
    title: "h_04 namespaces and keys do not run into each other",
    async run(stage) {
      const names = ["a:b", "a:b:", "a::b", "a%3Ab:", "a%3A:b", "a/b:c", "a:/b:c", ":", ":a", "a:"];
      await stage.set(...names.map((name, at) => [name, at] as const));
      await stage.has("of names alike", ...names.map((name, at) => [name, at] as const));
    },
  },
  {
    title: "h_06 odd names are listed as they are",
    async run(stage) {
      const names = ODD_TEXTS.map((text) => `n:${text}`);
      await stage.set(...names.map((name, at) => [name, at] as const), ["m:a", 1], ["o:a", 2], ["n;", 3], ["N:a", 4]);
      await stage.lists("scan of odd names", "n:", 7, names);
    },
  },
];
