//! Cases: tokens by name, kept if there is none, replaced, and read together with rows.

import type { Named } from "../storage.js";
import type { Case } from "./case.js";
import { equal, holds } from "./equal.js";
import { row, tag, token } from "./stage.js";

export const TOKENS: readonly Case[] = [
  {
    title: "s_28 tokens are absent until somebody keeps them, and answer in the order of the names",
    async run(stage) {
      const storage = await stage.storage();
      equal("tokens before any", await storage.tokens(["%n:n", "%t:n:a"]), [undefined, undefined]);
      await storage.replaceTokens([["%n:n", token(1)], ["%t:n:a", token(2)], ["%x:n:a", token(3)]]);
      const names = ["%x:n:a", "%t:n:absent", "%n:n", "%x:n:a", "%t:n:a"];
      equal("tokens of five names", await storage.tokens(names), [token(3), undefined, token(1), token(3), token(2)]);
    },
  },
  {
    title: "s_28 createTokens keeps what is there and answers with what is there then",
    async run(stage) {
      const storage = await stage.storage();
      equal("createTokens", await storage.createTokens([["%n:n", token(1)]]), [token(1)]);
      const both: Named[] = [["%t:n:a", token(2)], ["%n:n", token(3)]];
      equal("createTokens of one that is there and one that is not", await storage.createTokens(both), [token(2), token(1)]);
      equal("tokens after it", await storage.tokens(["%n:n", "%t:n:a"]), [token(1), token(2)]);
    },
  },
  {
    title: "s_27 replaceTokens puts tokens in the place of those that were there",
    async run(stage) {
      const storage = await stage.storage();
      await storage.replaceTokens([["%n:n", token(1)], ["%t:n:a", token(2)]]);
      await storage.replaceTokens([["%t:n:a", token(3)], ["%x:n:a", token(4)]]);
      equal("tokens after it", await storage.tokens(["%n:n", "%t:n:a", "%x:n:a"]), [token(1), token(3), token(4)]);
      equal("createTokens after it", await storage.createTokens([["%t:n:a", token(5)]]), [token(3)]);
    },
  },
  {
    title: "s_28 of many who create one token at once all get the same",
    async run(stage) {
      const storage = await stage.storage();
      for (let round = 0; round < 5; round++) {
        const names = [`%n:${round}`, `%t:${round}:a`];
        const calls = Array.from({ length: 50 }, (_, at) => {
          const tokens = names.map((name, which): Named => [name, token(1 + 2 * at + which)]);
          return storage.createTokens(at % 2 === 0 ? tokens : tokens.reverse()).then((got) => (at % 2 === 0 ? got : [...got].reverse()));
        });
        const answers = await Promise.all(calls);
        const kept = await storage.tokens(names);
        for (const answer of answers) equal("createTokens at once with 49 others", answer, kept);
      }
    },
  },
  {
    title: "tokens and rows do not meet",
    async run(stage) {
      const storage = await stage.storage();
      await stage.set(["n:a", 1]);
      await storage.replaceTokens([["%n:n", token(1)]]);
      equal("tokens under the name of a row", await storage.tokens(["n:a"]), [undefined]);
      equal("get under the name of a token", await storage.get(["%n:n"]), [undefined]);
      await stage.lists("scan of the names of tokens", "%n:", 10, []);
      await storage.delete(["n:a"]);
      equal("tokens after the row was deleted", await storage.tokens(["%n:n"]), [token(1)]);
    },
  },
  {
    title: "s_28 the tokens that come with a row are those that are there now of its namespace and its tags",
    async run(stage) {
      const storage = await stage.storage();
      const name = "na%3Ame%25/part:key:with:colons";
      await storage.set([row(name, 1, { tags: [tag("a:b", 10), tag("c", 20)] }), row("plain:key", 2)]);
      const check = async (when: string, ...wanted: (string | undefined)[]): Promise<void> => {
        const [absent, tagged, plain] = await storage.get(["plain:absent", name, "plain:key"]);
        equal("get of an absent name", absent, undefined);
        holds("a row without its tokens beside one with them", (tagged?.tokens === undefined) === (plain?.tokens === undefined));
        if (tagged?.tokens === undefined) return; // it cannot read both at once
        equal(`the tokens of a row with tags ${when}`, tagged.tokens, wanted);
        equal(`the tokens of a row without tags ${when}`, plain?.tokens, [undefined]);
      };
      await check("before any are kept", undefined, undefined, undefined, undefined, undefined);
      await storage.createTokens([["%n:na%3Ame%25/part", token(1)], ["%t:na%3Ame%25:c", token(2)], ["%x:na%3Ame%25:a:b", token(3)]]);
      await storage.replaceTokens([["%t:na%3Ame%25/part:c", token(4)], ["%n:na%3Ame%25", token(5)]]);
      await check("after some were kept", token(1), undefined, token(3), token(2), undefined);
      await storage.replaceTokens([["%n:na%3Ame%25/part", token(6)], ["%x:na%3Ame%25:c", token(7)]]);
      await check("after some were replaced", token(6), undefined, token(3), token(2), token(7));
    },
  },
];
