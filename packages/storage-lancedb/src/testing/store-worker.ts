/** What another process does in the tests: `node store-worker.ts <task> <uri> <options as JSON>`. */
import { parseScope, type Reembedding, unitVector } from "@unimem/core/storage";
import { lanceStorageWith } from "../lance-storage.ts";
import { upkeepPolicy } from "../upkeep-policy.ts";
import { dieAfter } from "./die-after.ts";
import { otherSpace, otherVector } from "./reembedded.ts";

const [task, uri = "", json = "{}"] = process.argv.slice(2);
const { prefix = "w", count = 10, policy = {}, steps = 0, scratch = "" } = JSON.parse(json);
const store = lanceStorageWith({ ...upkeepPolicy, ...policy }, { uri });
await store.open({ dimensions: 4, embedder: "sample-embedder" });

const record = (id: string, revision: number) => ({
  id,
  content: `revision ${revision} of ${id}`,
  scope: parseScope("/"),
  categories: [],
  metadata: {},
  importance: 0.5,
  createdAt: new Date(0),
  updatedAt: new Date(0),
  lastAccessed: new Date(0),
  source: null,
  private: false,
  revision,
  supersededBy: null,
  supersededAt: null,
  expiresAt: null,
  vector: unitVector([1, 2, 3, revision]),
});

const tasks: Record<string, () => Promise<void>> = {
  /** Single-record writes of new ids. */
  async insert() {
    for (let i = 0; i < count; i++)
      await store.write({ put: [record(`${prefix}-${i}`, 1)], remove: [] });
  },
  /** Ever other revisions of the same few ids. */
  async revise() {
    const step = Number(prefix);
    for (let i = 0; i < count; i++)
      await store.write({ put: [record(`shared-${i % 3}`, 1 + i * 10 + step)], remove: [] });
  },
  /** Removes and writes the same ids as everybody else who does so. */
  async contend() {
    for (let i = 0; i < count; i++) {
      await store.write({ put: [record(`contended-${i}`, 1)], remove: [] });
      await store.write({ put: [], remove: [`contended-${i}`] });
      await store.write({ put: [record(`contended-${i}`, 2)], remove: [] });
    }
  },
  /** Takes the store to the other space, two records at a time, and dies on the way after some steps. */
  async reembed() {
    await dieAfter(steps, scratch);
    const work = (await store.reembed?.(otherSpace)) as Reembedding;
    do {
      for (;;) {
        const { records } = await work.pending(2);
        if (records.length === 0) break;
        await work.write(records.map(otherVector));
      }
    } while (!(await work.finish()));
  },
};

await tasks[task ?? ""]?.();
await store.close();
