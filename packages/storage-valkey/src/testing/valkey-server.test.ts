import { expect, onTestFinished, test } from "vitest";
import { describeWithOwnServers, describeWithServer } from "./provided-server.ts";
import { textOf } from "./resp.ts";
import { connectValkey } from "./valkey-connection.ts";
import { startValkeyServer, type ValkeyServerOptions } from "./valkey-server.ts";

async function started(options?: ValkeyServerOptions) {
  const server = await startValkeyServer(options);
  onTestFinished(() => server.stop());
  return server;
}

async function connected(url: string) {
  const connection = await connectValkey(url);
  onTestFinished(() => connection.close());
  return connection;
}

describeWithServer("the shared server", (url) => {
  test("answers", async () => {
    const { send } = await connected(url);
    expect(textOf(await send("PING"))).toBe("PONG");
  });
});

describeWithOwnServers("an own server", () => {
  test("keeps what it acknowledged when it is killed and started again", async () => {
    const server = await started({ appendonly: "always" });
    const before = await connected(server.url);
    await before.send("SET", "key", "value");
    await server.kill();
    await expect(before.send("GET", "key")).rejects.toThrow("closed");
    await server.restart();
    const after = await connected(server.url);
    expect(textOf(await after.send("GET", "key"))).toBe("value");
  });

  test("answers nothing while it is frozen", async () => {
    const server = await started();
    const { send } = await connected(server.url);
    await send("PING");
    server.freeze();
    const answers: string[] = [];
    const asked = send("PING").then((answer) => answers.push(textOf(answer)));
    // The kernel takes connections for a frozen server: time passes, in which a running one would answer.
    for (let i = 0; i < 50; i++) await connected(server.url);
    expect(answers).toEqual([]);
    server.thaw();
    await asked;
    expect(answers).toEqual(["PONG"]);
  });

  test("asks for its password and refuses to grow beyond its memory", async () => {
    const server = await started({ password: "p@ss/word", maxmemory: "1mb" });
    const stranger = await connected(server.url.replace(/\/\/.*@/, "//"));
    await expect(stranger.send("PING")).rejects.toThrow("NOAUTH");
    const { send } = await connected(server.url);
    await expect(send("SET", "key", "x".repeat(2 ** 20))).rejects.toThrow("OOM");
  });
});
