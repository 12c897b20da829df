import { expect, onTestFinished, test } from "vitest";
import { openStore } from "./testing/opened-store.ts";
import { describeWithOwnServers } from "./testing/provided-server.ts";
import { itemsOf, list, type RespValue, status, textOf } from "./testing/resp.ts";
import { sampleRecord } from "./testing/sample-record.ts";
import { translate } from "./testing/search-stand-in/search-commands.ts";
import { startModuleRelay } from "./testing/search-stand-in/start-search-stand-in.ts";
import { startValkeyServer } from "./testing/valkey-server.ts";

describeWithOwnServers("an index that does not become ready", () => {
  test.each([
    ["of a module that does not tell", undefined, "NOT_SUPPORTED"],
    ["because memory is full", "backfill_paused_by_oom", "STORAGE_UNAVAILABLE"],
  ])("%s is not waited for", async (_, state, code) => {
    const server = await startValkeyServer({ appendonly: false });
    onTestFinished(() => server.stop());
    const relay = await startModuleRelay(server.url, (args, database) => {
      const translation = translate(args, database);
      if (translation === undefined || args[0]?.toUpperCase() !== "FT.INFO") return translation;
      const answer = async (reply: RespValue) => withState(await translation.answer(reply), state);
      return { ...translation, answer };
    });
    onTestFinished(() => relay.stop());
    const store = await openStore({ url: relay.url });
    const writing = store.write({ put: [sampleRecord("a")], remove: [] });
    await expect(writing).rejects.toMatchObject({ code });
  });
});

/** An answer to FT.INFO with another state, or without one. */
function withState(info: RespValue, state: string | undefined): RespValue {
  if (info.type !== "*") return info;
  const items = itemsOf(info);
  const at = items.findIndex((item) => item.type === "+" && textOf(item) === "state");
  const said = state === undefined ? [] : [status("state"), status(state)];
  return list([...items.slice(0, at), ...said, ...items.slice(at + 2)]);
}
