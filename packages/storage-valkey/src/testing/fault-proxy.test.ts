import { expect, onTestFinished, test } from "vitest";
import { type Fault, startFaultProxy } from "./fault-proxy.ts";
import { describeWithOwnServers } from "./provided-server.ts";
import { textOf } from "./resp.ts";
import { until } from "./until.ts";
import { connectValkey } from "./valkey-connection.ts";
import { startValkeyServer } from "./valkey-server.ts";

async function started() {
  const server = await startValkeyServer({ appendonly: false });
  onTestFinished(() => server.stop());
  const proxy = await startFaultProxy({ target: server.url });
  onTestFinished(() => proxy.stop());
  const { send } = await connected(server.url);
  /** Three increments in one go, through the proxy: what each was answered, and where the count is then. */
  async function incrementThrice() {
    const through = await connected(proxy.url);
    const answers = Promise.all(
      [1, 2, 3].map(() => through.send("INCR", "n").then(textOf, () => "lost")),
    );
    const count = async () => {
      const value = await send("GET", "n");
      return value.type === "_" ? "none" : textOf(value);
    };
    return { answers, count, through };
  }
  return { proxy, incrementThrice };
}

async function connected(url: string) {
  const connection = await connectValkey(url);
  onTestFinished(() => connection.close());
  return connection;
}

describeWithOwnServers("the fault proxy", () => {
  test.for<[Fault, string[], string]>([
    ["cut-before", ["1", "lost", "lost"], "1"],
    ["cut-after", ["1", "lost", "lost"], "2"],
    ["half-reply", ["1", "lost", "lost"], "2"],
  ])("ends a connection: %s", async ([fault, expected, expectedCount]) => {
    const { proxy, incrementThrice } = await started();
    proxy.arm(fault, 2);
    const { answers, count } = await incrementThrice();
    expect(await answers).toEqual(expected);
    expect(await count()).toBe(expectedCount);
    expect(proxy.commands).toEqual(["INCR", "INCR"]);
    expect(proxy.hasStruck).toBe(true);
    const again = await incrementThrice();
    expect(await again.answers).not.toContain("lost");
  });

  test("strikes no command that is not reached", async () => {
    const { proxy, incrementThrice } = await started();
    proxy.arm("cut-before", 4);
    expect(await (await incrementThrice()).answers).toEqual(["1", "2", "3"]);
    expect(proxy.hasStruck).toBe(false);
  });

  test("withholds an answer until it is healed", async () => {
    const { proxy, incrementThrice } = await started();
    proxy.arm("hold", 2);
    const { answers, count, through } = await incrementThrice();
    let isAnswered = false;
    const answered = answers.then((given) => {
      isAnswered = true;
      return given;
    });
    await until("the server has done all", async () => (await count()) === "3");
    expect(isAnswered).toBe(false);
    expect(proxy.hasStruck).toBe(true);
    const late = through.send("PING").then(textOf);
    proxy.heal();
    expect(await answered).toEqual(["1", "2", "3"]);
    expect(await late).toBe("PONG");
  });

  test("swallows everything until it is healed", async () => {
    const { proxy, incrementThrice } = await started();
    proxy.arm("black-hole", 1);
    const { answers, count } = await incrementThrice();
    await until("the fault has struck", () => proxy.hasStruck);
    proxy.heal();
    expect(await answers).toEqual(["lost", "lost", "lost"]);
    expect(await count()).toBe("none");
  });

  test("resets a connection in the middle of an answer", async () => {
    const { proxy, incrementThrice } = await started();
    proxy.armReset(":1\r\n:2\r\n".length);
    const { answers, count } = await incrementThrice();
    expect(await answers).toEqual(["1", "lost", "lost"]);
    expect(proxy.hasStruck).toBe(true);
    expect(await count()).toBe("3");
  });
});
