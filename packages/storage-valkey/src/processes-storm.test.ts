import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "./testing/opened-store.ts";
import { describeWithServer } from "./testing/provided-server.ts";
import { asWritten, samplePrefix, sampleRecord } from "./testing/sample-record.ts";
import { startSearchStandIn } from "./testing/search-stand-in/start-search-stand-in.ts";
import { expectWhole, serverSite } from "./testing/stored-state.ts";
import type { ValkeyStorageOptions } from "./valkey-options.ts";

const run = promisify(execFile);
const worker = fileURLToPath(new URL("testing/store-worker.ts", import.meta.url));

const processes = 8;
const rounds = process.env.UNIMEM_TESTS === "full" ? 400 : 40;
const few = [0, 1, 2, 3, 4];

describeWithServer("many processes", (serverUrl) => {
  test.for<ValkeyStorageOptions>([{ index: "flat" }, { index: "hnsw", search: "module" }])(
    `${processes} processes with ${rounds * 5} writes and removals each leave what the rules say: %o`,
    async (given) => {
      const standIn = await startSearchStandIn({ target: serverUrl });
      onTestFinished(() => standIn.stop());
      const url = given.search === "module" ? standIn.url : serverUrl;
      const options = { ...given, url, prefix: samplePrefix() };
      const store = await openStore(options);
      const old = few.flatMap((i) => [`old-${i}`, `contended-${i}`, `swept-${i}`]);
      await store.write({ put: old.map((id) => sampleRecord(id)), remove: [] });

      const outcomes = await Promise.all(
        Array.from({ length: processes }, (_, i) =>
          run(process.execPath, [
            "--no-warnings",
            worker,
            JSON.stringify(options),
            String(i),
            String(rounds),
          ]),
        ),
      );
      expect(outcomes.map(({ stderr }) => stderr)).toEqual(outcomes.map(() => ""));

      const records = await expectWhole(serverSite(url, given), options.prefix);
      expect(records).toEqual(records.map(asWritten));
      const stored = new Map(records.map(({ id, revision }) => [id, revision]));
      const expected = new Map<string, number>();
      for (let round = 0; round < rounds; round++) {
        expected.set(`same-${round}`, 1);
        for (let i = 0; i < processes; i++) {
          expected.set(`own-${i}-${round}`, 1);
          expected.set(`old-${round % 5}`, 2 + round * 100 + processes - 1);
        }
      }
      expect(stored).toEqual(new Map([...expected].sort()));
      // Each was there to be removed once, and one process alone may say that it did so.
      const swept = outcomes.reduce((sum, { stdout }) => sum + JSON.parse(stdout).swept, 0);
      expect(swept).toBe(few.length);
    },
  );
});
