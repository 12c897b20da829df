import { expect, onTestFinished, test } from "vitest";
import * as reembedScripts from "./reembed-scripts.ts";
import * as repairScripts from "./repair-scripts.ts";
import * as spreadRecordScripts from "./spread-record-scripts.ts";
import * as spreadSideScripts from "./spread-side-scripts.ts";
import { openStore } from "./testing/opened-store.ts";
import { describeWithOwnServers } from "./testing/provided-server.ts";
import { everything, samplePrefix, sampleRecord, sampleSpace } from "./testing/sample-record.ts";
import { rawState } from "./testing/stored-state.ts";
import { heldBefore, struckWrites } from "./testing/struck-writes.ts";
import { connectValkey } from "./testing/valkey-connection.ts";
import { startValkeyServer } from "./testing/valkey-server.ts";
import { valkeyStorage } from "./valkey-storage.ts";
import * as writeScripts from "./write-script.ts";

const reading = ["+@read", "+@connection", "+@transaction", "+info"];
const writing = [...reading, "+@write", "+@scripting"];
const lacksPermissions = {
  code: "STORAGE_UNAVAILABLE",
  message: expect.stringContaining("permissions"),
};

const scripts = [
  ...[writeScripts, reembedScripts, repairScripts],
  ...[spreadRecordScripts, spreadSideScripts],
].flatMap((each) => Object.values(each));
const commands = new Set(
  scripts.flatMap((each) => [...each.matchAll(/'([A-Z]{3,})'/g)].map(([, name]) => name ?? "")),
);

async function started() {
  const server = await startValkeyServer({ appendonly: false });
  onTestFinished(() => server.stop());
  const { send, close } = await connectValkey(server.url);
  onTestFinished(close);
  const { port } = new URL(server.url);
  return {
    url: server.url,
    grant: (user: string, ...rights: string[]) =>
      send("ACL", "SETUSER", user, "on", ">secret", ...rights),
    as: (user: string) => `valkey://${user}:secret@127.0.0.1:${port}`,
  };
}

describeWithOwnServers("a storage whose user may not do everything", () => {
  test("needs no other permissions than the README lists", async () => {
    const { grant, as } = await started();
    const prefix = samplePrefix();
    await grant("agent", `~${prefix}:*`, ...writing);
    const store = await openStore({ url: as("agent"), prefix });
    await store.write({ put: [sampleRecord("a"), sampleRecord("b")], remove: [] });
    await store.touch(["a"], new Date());
    expect(await store.remove({ visibleTo: "all", ids: ["b"] })).toBe(1);
    expect(await store.count(everything)).toBe(1);
    expect(store.supports.durability).toBe("none");
  });

  test("reads where the user may only read, and says what writing lacks", async () => {
    const { grant, as, url } = await started();
    const prefix = samplePrefix();
    const store = await openStore({ url, prefix });
    await store.write({ put: [sampleRecord("a")], remove: [] });
    await grant("reader", `~${prefix}:*`, ...reading);
    const reader = await openStore({ url: as("reader"), prefix });
    expect(await reader.count(everything)).toBe(1);
    await expect(reader.write({ put: [sampleRecord("c")], remove: [] })).rejects.toMatchObject(
      lacksPermissions,
    );
  });

  test("is not opened where the user may not see its keys", async () => {
    const { grant, as } = await started();
    await grant("agent", "~mine:*", ...writing);
    const elsewhere = valkeyStorage({ url: as("agent"), prefix: "elsewhere" });
    onTestFinished(() => elsewhere.close());
    await expect(elsewhere.open(sampleSpace)).rejects.toMatchObject(lacksPermissions);
  });

  test("changes nothing where a single command of its scripts is refused, whichever", async () => {
    const { grant, as, url } = await started();
    const prefix = samplePrefix();
    await grant("agent", `~${prefix}:*`, ...writing);
    const store = await openStore({ url: as("agent"), prefix });
    await store.write({ put: heldBefore, remove: ["long gone"] });
    const before = await rawState(url, prefix);
    expect(commands).toContain("ZADD");
    for (const command of commands) {
      await grant("agent", `-${command}`);
      await expect(struckWrites["a batch"](store), command).rejects.toMatchObject(lacksPermissions);
      expect(await rawState(url, prefix), command).toEqual(before);
      await grant("agent", `+${command}`);
    }
    await struckWrites["a batch"](store);
    expect(await rawState(url, prefix)).not.toEqual(before);
  });
});
