import type { ValkeyStorage } from "../valkey-storage.ts";
import { sampleRecord } from "./sample-record.ts";

/**
 * So many batches one after the other, and a repair for every five of them at the same time. Each batch moves the
 * record "a" and adds one; every fourth but the first takes away the one before.
 */
export async function writeDuringRepairs(store: ValkeyStorage, batches: number): Promise<void> {
  const writing = (async () => {
    for (let i = 0; i < batches; i++)
      await store.write({
        put: [
          sampleRecord("a", { revision: i + 2, scope: `/moved/${i % 3}` }),
          sampleRecord(`new-${i}`, { scope: "/new" }),
        ],
        remove: i % 4 === 0 ? [`new-${i - 1}`] : [],
      });
  })();
  const repairing = (async () => {
    for (let i = 0; i < batches / 5; i++) await store.repair();
  })();
  await Promise.all([writing, repairing]);
}
