/** One of many processes on one store: `node store-worker.ts <options of the storage as JSON> <worker> <rounds>`. */
import { valkeyStorage } from "../valkey-storage.ts";
import { sampleRecord, sampleSpace } from "./sample-record.ts";

const [options = "{}", writer = "", rounds = "0"] = process.argv.slice(2);
const store = valkeyStorage({ searchConnections: 0, ...JSON.parse(options) });
await store.open(sampleSpace);

const put = (id: string, revision: number) =>
  store.write({ put: [sampleRecord(id, { revision, writer })], remove: [] });

let swept = 0;
for (let round = 0; round < Number(rounds); round++) {
  // No two writes of one id have the same revision, but for `same`.
  const revision = 2 + round * 100 + Number(writer);
  const removes = (Number(writer) + round) % 2 === 0;
  const few = round % 5;
  await put(`own-${writer}-${round}`, 1);
  await put(`same-${round}`, 1);
  await put(`old-${few}`, revision);
  if (removes) await store.write({ put: [], remove: [`contended-${few}`] });
  else await put(`contended-${few}`, revision);
  if (removes)
    swept += await store.remove({ visibleTo: "all", state: "any", ids: [`swept-${few}`] });
  else await put(`swept-${few}`, revision);
}
await store.close();
process.stdout.write(JSON.stringify({ swept }));
