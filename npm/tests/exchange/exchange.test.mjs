//! One storage under caches of both languages: what either of them writes, invalidates and clears, the other one sees.

import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { createCache } from "../../dist/index.js";
import { messagePack, readRecord } from "../../dist/records.js";
import { byteStorage } from "../../dist/storage.js";
import { folderStore } from "./folder.mjs";
import { startRust } from "./rust.mjs";

const ADA = { id: 7, name: "Ada", score: 0.1, balance: -5, aliases: ["é🦀", "\u0000\n\""], nick: null, kind: "Guest", visits: {} };
const LARGE = { ...ADA, name: "x".repeat(5000), aliases: Array.from({ length: 300 }, (_, at) => `alias ${at}`), nick: "L" };
const MEMBER = { ...ADA, score: 5, balance: Number.MIN_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER, kind: { Member: { since: 2020 } } };
const OPTIONS = { ttl: "1h", staleWhileRevalidate: "1h", tags: ["eu"] };

before(() => assert(process.env.EXCHANGE, "EXCHANGE is missing: the path of core/examples/exchange.rs, compiled"));

for (const [name, codec] of [["json", undefined], ["messagepack", messagePack]]) {
  describe(`s_40 with ${name}`, () => {
    const folder = mkdtempSync(join(tmpdir(), "cachefn-exchange-"));
    const rust = startRust(folder, name);
    /** A cache without anything in memory. */
    const users = () => createCache({ name: "users", storage: byteStorage(folderStore(folder), { codec }), boot: "lazy" });
    const write = async (key, value, options = OPTIONS) => {
      const cache = users();
      await cache.set(key, value, options);
      await cache.close();
    };
    const read = (key) => users().get(key);
    after(async () => {
      await rust.end();
      rmSync(folder, { recursive: true });
    });

    test("what Rust writes is read by JavaScript", async () => {
      for (const [key, user] of [["ada", ADA], ["large", LARGE], ["member", MEMBER], ["ключ:7%", ADA], ["", ADA]]) {
        await rust.ask("set", key, user);
        assert.deepEqual(await read(key), user);
      }
    });

    test("long values come compressed from there", () => {
      const records = readdirSync(folder).map((file) => readFileSync(join(folder, file)));
      const large = records.find((bytes) => readRecord(new Uint8Array(bytes)).row?.value.nick === "L");
      assert.equal(large[4], 1);
      assert(large.length < 3000, `${large.length} bytes`);
    });

    test("what JavaScript writes is read by Rust", async () => {
      for (const [key, user] of [["ada 2", ADA], ["large 2", LARGE], ["member 2", MEMBER], ["☃:%", ADA]]) {
        await write(key, user);
        assert.deepEqual(await rust.ask("get", key), [user, 0]);
      }
    });

    test("numbers that JavaScript cannot hold are never rounded", async () => {
      const large = "18446744073709551615";
      // JSON.stringify has no word for it.
      await rust.ask("set", "u64", { ...ADA, id: 1 });
      assert.equal((await read("u64")).id, 1);
      const raw = JSON.stringify(["set", "u64", { ...ADA, id: "id" }]).replace('"id":"id"', `"id":${large}`);
      await rust.ask.raw(raw);
      const user = await read("u64");
      if (name === "json") assert.equal(user, undefined);
      else assert.deepEqual(user, { ...ADA, id: BigInt(large) });
      if (name === "messagepack") {
        await write("u64 2", { ...ADA, id: BigInt(large) });
        assert.match(await rust.ask.raw('["get","u64 2"]'), new RegExp(`"id":${large}`));
      }
    });

    test("maps by numbers are what each language makes of them", async () => {
      const visits = { 7: true, 4_000_000_000: false };
      await rust.ask("set", "visits", { ...ADA, visits });
      const found = (await read("visits")).visits;
      assert.deepEqual(found, name === "json" ? visits : new Map([[7, true], [4_000_000_000, false]]));
      await write("visits 2", { ...ADA, visits: found });
      assert.deepEqual(await rust.ask("get", "visits 2"), [{ ...ADA, visits }, 0]);
    });

    test("s_39 what the other language has no word for is a miss, and is fetched anew", async () => {
      await write("date", { ...ADA, nick: new Date(0) });
      assert.deepEqual((await read("date")).nick, new Date(0));
      assert.deepEqual(await rust.ask("get", "date"), [null, 1]);
      await write("of another type", { id: "seven" });
      assert.deepEqual(await rust.ask("get", "of another type"), [null, 1]);
      assert.equal(await users().getOrFetch("date", async () => "anew"), "anew");
    });

    test("s_28 a tag that either invalidates is gone for the other", async () => {
      await rust.ask("set", "by rust", ADA);
      await write("by javascript", ADA);
      await rust.ask("invalidate", "eu");
      assert.deepEqual([await read("by rust"), await read("by javascript")], [undefined, undefined]);
      await rust.ask("set", "by rust", ADA);
      await write("by javascript", ADA);
      assert.deepEqual([await read("by rust"), await rust.ask("get", "by javascript")], [ADA, [ADA, 0]]);
      await users().invalidateByTag("eu");
      assert.deepEqual([await rust.ask("get", "by rust"), await rust.ask("get", "by javascript")], [[null, 0], [null, 0]]);
    });

    test("s_31 what either deletes or clears is gone for the other", async () => {
      await rust.ask("set", "a", ADA);
      assert.equal(await users().delete("a"), true);
      assert.deepEqual(await rust.ask("get", "a"), [null, 0]);
      await write("a", ADA);
      assert.equal(await rust.ask("delete", "a"), true);
      assert.equal(await read("a"), undefined);
      await write("a", ADA, { ttl: "1h" });
      await rust.ask("clear", "");
      assert.equal(await read("a"), undefined);
      await rust.ask("set", "a", ADA);
      await users().clear();
      assert.deepEqual(await rust.ask("get", "a"), [null, 0]);
    });

    test("h_30 a record that was damaged is a miss for both", async () => {
      await write("damaged", ADA);
      const file = join(folder, Buffer.from("users:damaged").toString("hex"));
      const bytes = readFileSync(file);
      bytes[bytes.length - 10] ^= 4;
      writeFileSync(file, bytes);
      assert.deepEqual(await rust.ask("get", "damaged"), [null, 1]);
      writeFileSync(file, bytes);
      assert.equal(await read("damaged"), undefined);
    });

    test("s_39 a record of the other codec is a miss for both", async () => {
      const other = createCache({ name: "users", storage: byteStorage(folderStore(folder), { codec: name === "json" ? messagePack : undefined }), boot: "lazy" });
      await other.set("other", ADA, OPTIONS);
      await other.flush();
      assert.deepEqual(await rust.ask("get", "other"), [null, 1]);
      await rust.ask("set", "other", ADA);
      await other.close();
      const again = createCache({ name: "users", storage: byteStorage(folderStore(folder), { codec: name === "json" ? messagePack : undefined }), boot: "lazy" });
      // JSON is always read; MessagePack only by those who ask for it.
      assert.deepEqual(await again.get("other"), name === "json" ? ADA : undefined);
      await again.close();
    });
  });
}
