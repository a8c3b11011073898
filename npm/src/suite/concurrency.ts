//! Cases: many calls at once, and drawn operations against a map.

import type { Case } from "./case.js";
import { equal, holds } from "./equal.js";
import { row, token } from "./stage.js";

export const CONCURRENCY: readonly Case[] = [
  {
    title: "h_32 of a thousand calls at once each has its effect and its answer",
    async run(stage) {
      const storage = await stage.storage();
      await stage.set(["n:read", "there"], ...Array.from({ length: 100 }, (_, at) => [`n:gone:${at}`, at] as const));
      const calls = Array.from({ length: 1000 }, async (_, at) => {
        if (at % 10 === 0) return equal("delete among a thousand calls", await storage.delete([`n:gone:${at / 10}`]), 1);
        if (at % 10 === 1) return equal("get among a thousand calls", (await storage.get(["n:read"]))[0]?.row.value, "there");
        if (at % 10 === 2) return equal("createTokens among a thousand calls", await storage.createTokens([[`%t:n:${at}`, token(at)]]), [token(at)]);
        await storage.set([row(`n:${at}`, { at })]);
        equal("get after the set of the same caller", (await storage.get([`n:${at}`]))[0]?.row.value, { at });
      });
      await Promise.all(calls);
      const written = Array.from({ length: 1000 }, (_, at) => at).filter((at) => at % 10 > 2);
      await stage.has("after a thousand calls", ...written.map((at) => [`n:${at}`, { at }] as const), ["n:gone:7", undefined]);
    },
  },
  {
    title: "h_30 who reads while others write sees a row as a whole, and never an older one after a newer",
    async run(stage) {
      const storage = await stage.storage();
      const whole = (writer: number, step: number) => ({ writer, step, copies: Array.from({ length: 50 }, () => `${writer}/${step}`) });
      /** Throws unless what is there is whole, and of its writer no older one than was seen here before. */
      const look = async (seen: Map<number, number>): Promise<void> => {
        const value = (await storage.get(["n:shared"]))[0]?.row.value as ReturnType<typeof whole> | undefined;
        if (value === undefined) return holds("get of a name that many write: expected a row, as one was seen, got none", seen.size === 0);
        equal("get of a name that many write", value, whole(value.writer, value.step));
        const before = seen.get(value.writer) ?? 0;
        holds(`get of a name that many write: step ${value.step} of a writer was seen after its step ${before}`, value.step >= before);
        seen.set(value.writer, value.step);
      };
      const writers = Array.from({ length: 8 }, async (_, writer) => {
        const seen = new Map<number, number>();
        for (let step = 0; step < 20; step++) {
          await storage.set([row("n:shared", whole(writer, step)), row(`n:own:${writer}`, step)]);
          seen.set(writer, step);
          await look(seen);
          equal("get of a name that nobody else writes", (await storage.get([`n:own:${writer}`]))[0]?.row.value, step);
        }
      });
      const readers = Array.from({ length: 4 }, async () => {
        const seen = new Map<number, number>();
        for (let turn = 0; turn < 40; turn++) {
          await look(seen);
          await new Promise((resolve) => setTimeout(resolve));
        }
      });
      await Promise.all([...writers, ...readers]);
    },
  },
  {
    title: "drawn operations have the effects that they have on a map",
    async run(stage) {
      const storage = await stage.storage();
      const random = stage.random();
      const rows = new Map<string, unknown>();
      const tokens = new Map<string, string>();
      const name = (): string => `n${random(2)}:${random(12)}`;
      const tokenName = (): string => `%t:n:${random(6)}`;
      const some = (draw: () => string): string[] => [...new Set(Array.from({ length: random(5) }, draw))];
      for (let step = 0; step < 600; step++) {
        const when = `at step ${step} with the seed ${stage.seed}`;
        const names = some(name);
        const named = some(tokenName).map((one) => [one, token(random(2 ** 32))] as const);
        const kind = random(9);
        if (kind < 3) {
          await storage.set(names.map((one) => row(one, { step, one })));
          for (const one of names) rows.set(one, { step, one });
        } else if (kind === 3) {
          equal(`delete ${when}`, await storage.delete(names), names.filter((one) => rows.delete(one)).length);
        } else if (kind === 4) {
          const wanted = named.map(([one, fresh]) => tokens.get(one) ?? fresh);
          equal(`createTokens ${when}`, await storage.createTokens(named), wanted);
          for (const [at, [one]] of named.entries()) tokens.set(one, wanted[at] as string);
        } else if (kind === 5) {
          await storage.replaceTokens(named);
          for (const [one, fresh] of named) tokens.set(one, fresh);
        } else if (kind === 6) {
          const prefix = `n${random(2)}:${random(2) === 0 ? "" : "1"}`;
          await stage.lists(`scan ${when}`, prefix, 1 + random(5), [...rows.keys()].filter((one) => one.startsWith(prefix)));
        } else if (kind === 7) {
          const asked = named.map(([one]) => one);
          equal(`tokens ${when}`, await storage.tokens(asked), asked.map((one) => tokens.get(one)));
        } else {
          await stage.has(when, ...names.map((one) => [one, rows.get(one)] as const));
        }
      }
    },
  },
];
