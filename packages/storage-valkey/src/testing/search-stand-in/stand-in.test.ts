import { GlideClient, GlideFt, Logger } from "@valkey/valkey-glide";
import { expect, onTestFinished, test } from "vitest";
import { patient } from "../patient.ts";
import { describeWithOwnServers } from "../provided-server.ts";
import { itemsOf, textOf } from "../resp.ts";
import { connectValkey, type ValkeyConnection } from "../valkey-connection.ts";
import { startValkeyServer, type ValkeyServerOptions } from "../valkey-server.ts";
import { startSearchStandIn } from "./start-search-stand-in.ts";

const vector = Buffer.from(Float32Array.of(1, 0).buffer);

async function started(options?: ValkeyServerOptions) {
  const server = await startValkeyServer(options);
  onTestFinished(() => server.stop());
  const standIn = await startSearchStandIn({ target: server.url });
  onTestFinished(() => standIn.stop());
  const connection = await connected(standIn.url);
  return { server, standIn, ...connection };
}

async function connected(url: string): Promise<ValkeyConnection> {
  const connection = await connectValkey(url);
  onTestFinished(() => connection.close());
  return connection;
}

const create =
  "FT.CREATE idx ON HASH PREFIX 1 r: SCHEMA t TAG ts NUMERIC v VECTOR FLAT 6 TYPE FLOAT32 DIM 2 DISTANCE_METRIC COSINE".split(
    " ",
  );
const all = ["FT.SEARCH", "idx", "@ts:[-inf +inf]", "NOCONTENT"];

describeWithOwnServers("the stand-in for the Search module", () => {
  test("sees at once what other connections, transactions and scripts wrote", async () => {
    const { server, send } = await started();
    await send(...create);
    const other = await connected(server.url);
    await other.send("HSET", "r:1", "ts", "1");
    expect(textOf(itemsOf(await send(...all))[0])).toBe("1");
    await send("MULTI");
    await send("HSET", "r:2", "ts", "2");
    await send("DEL", "r:1");
    await send("EXEC");
    await send("EVAL", "return redis.call('HSET', KEYS[1], 'ts', '3')", "1", "r:3");
    expect(itemsOf(await send(...all)).map(textOf)).toEqual(["2", "r:2", "r:3"]);
  });

  test("answers in turn, inside a pipeline and inside a transaction", async () => {
    const { send } = await started();
    const answers = await Promise.all([
      send(...create),
      send("HSET", "r:1", "ts", "1"),
      send(...all),
      send("PING"),
      send("FT.SEARCH", "nothing", "*").catch(String),
      send("MULTI"),
      send("HSET", "r:2", "ts", "2"),
      send(...all),
      send("EXEC"),
    ]);
    expect(itemsOf(answers[2] as never).map(textOf)).toEqual(["1", "r:1"]);
    expect(textOf(answers[3] as never)).toBe("PONG");
    expect(answers[4]).toContain("Index with name 'nothing' not found in database 0");
    const [, found] = itemsOf(answers[8] as never);
    expect(itemsOf(found).map(textOf)).toEqual(["2", "r:1", "r:2"]);
  });

  test("keeps its indexes over restarts, apart by database, and loses them to FLUSHDB", async () => {
    const { server, standIn, send } = await started({ appendonly: "always" });
    await send(...create);
    await expect(send(...create)).rejects.toThrow("Index idx in database 0 already exists.");
    await server.kill();
    await server.restart();
    const again = await connected(standIn.url);
    expect(itemsOf(await again.send("FT._LIST")).map(textOf)).toEqual(["idx"]);
    await again.send("SELECT", "1");
    await expect(again.send("FT.INFO", "idx")).rejects.toThrow("'idx' not found in database 1");
    await again.send("SELECT", "0");
    await again.send("FLUSHDB");
    await expect(again.send(...all)).rejects.toThrow("'idx' not found in database 0");
  });

  test("shows ten hits unless asked for more, and none for LIMIT 0 0", async () => {
    const { send } = await started();
    await send(...create);
    for (let i = 0; i < 30; i++) await send("HSET", `r:${i}`, "ts", String(i), "v", vector);
    const nearest = ["FT.SEARCH", "idx", "*=>[KNN 25 @v $q]", "PARAMS", "2", "q", vector];
    const found = itemsOf(await send(...nearest, "NOCONTENT"));
    expect([textOf(found[0]), found.length]).toEqual(["25", 11]);
    expect(itemsOf(await send(...nearest, "LIMIT", "0", "0")).map(textOf)).toEqual(["25"]);
    expect(itemsOf(await send(...nearest, "LIMIT", "25", "5")).map(textOf)).toEqual(["25"]);
    expect(itemsOf(await send(...nearest, "LIMIT", "20", "9"))).toHaveLength(11);
  });

  test("spoils long numbers where nothing but indexed fields is returned", async () => {
    const { send } = await started();
    await send(...create);
    await send("HSET", "r:1", "ts", "1732180342905", "v", vector, "x", "y");
    const ask = async (...fields: string[]) => {
      const query = ["FT.SEARCH", "idx", "*=>[KNN 1 @v $q AS score]", "PARAMS", "2", "q", vector];
      const answer = await send(...query, "RETURN", String(fields.length), ...fields);
      return itemsOf(itemsOf(answer)[2]).map(textOf);
    };
    expect(await ask("ts")).toEqual(["ts", "1.73218e+12"]);
    expect(await ask("ts", "x")).toEqual(["ts", "1732180342905", "x", "y"]);
    expect(await ask("ts", "score")).toEqual(["ts", "1732180342905", "score", "0"]);
  });

  test("refuses searches when memory is full, and what it does not know always", async () => {
    const { send } = await started();
    await send(...create);
    await expect(send("FT.AGGREGATE", "idx", "*")).rejects.toThrow("does not know FT.AGGREGATE");
    await expect(send("FT.SEARCH", "idx", "*")).rejects.toThrow("Invalid query string syntax");
    await expect(send(...all, "COUNT")).rejects.toThrow("Unexpected argument `COUNT`");
    await expect(send("FT.INFO", "idx", "PRIMARY")).rejects.toThrow(
      "not valid in this configuration",
    );
    await send("CONFIG", "SET", "maxmemory", "100kb");
    await expect(send(...all)).rejects.toThrow("OOM command not allowed");
  });

  test("is the real thing to GLIDE, in version 3 of the protocol", async () => {
    Logger.setLoggerConfig("off");
    const { standIn } = await started({ password: "secret" });
    const { port } = new URL(standIn.url);
    const client = await GlideClient.createClient({
      addresses: [{ host: "127.0.0.1", port: Number(port) }],
      credentials: { password: "secret" },
      databaseId: 3,
      requestTimeout: patient.requestTimeoutMs,
    });
    onTestFinished(() => client.close());
    expect(
      await client.customCommand(["COMMAND", "INFO", "FT.SEARCH", "GET", "FT.NOSUCH"]),
    ).toEqual([expect.anything(), expect.anything(), null]);
    await client.customCommand(create);
    await client.hset("r:1", { ts: "1", v: vector });
    const options = {
      params: [{ key: "q", value: vector }],
      returnFields: [{ fieldIdentifier: "score" }],
    };
    const query = "=>[KNN 2 @v $q AS score]";
    expect(await GlideFt.search(client, "idx", `*${query}`, options)).toEqual([
      1,
      [{ key: "r:1", value: [{ key: "score", value: "0" }] }],
    ]);
    expect(await GlideFt.search(client, "idx", `@t:{none}${query}`, options)).toEqual([0]);
    expect(await GlideFt.info(client, "idx")).toMatchObject({ num_docs: 1, state: "ready" });
    await expect(GlideFt.dropindex(client, "other")).rejects.toThrow("not found in database 3");
  });
});
