import { checkedStorage, inMemoryStorage, type StorageBackend } from "@unimem/core/storage";
import { manualRuntime } from "@unimem/core/testing";
import fc from "fast-check";
import { checkReads } from "./check-reads.ts";
import { type ModelCommand, modelCommands, modelIds, modelRecord } from "./model-commands.ts";
import { sampleSpace } from "./sample-record.ts";
import { sampleVector } from "./sample-vector.ts";
import type { StorageFixture } from "./storage-fixture.ts";
import { everything } from "./store-calls.ts";

export interface ModelOptions {
  /** How many random sequences of commands. @default 40 */
  readonly runs?: number;
  /** The longest sequence. @default 25 */
  readonly commands?: number;
  /** Repeats a failure that was printed, together with `path`. */
  readonly seed?: number;
  readonly path?: string;
}

export const storageModelName = "random operations give the same answers as the in-memory storage";

/**
 * Drives random sequences of writes, touches, removals and reads against the storage, held to its contract by
 * `checkedStorage`, and against core's in-memory storage, and compares. A failure is shrunk to a short
 * sequence and printed with the seed and path that repeat it.
 */
export async function storageModel(
  fixture: StorageFixture,
  { runs = 40, commands = 25, seed, path }: ModelOptions = {},
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(modelCommands(commands), (sequence) => compare(fixture, sequence)),
    { numRuns: runs, ...(seed !== undefined && { seed }), ...(path !== undefined && { path }) },
  );
}

async function compare(fixture: StorageFixture, sequence: readonly ModelCommand[]): Promise<void> {
  const runtime = manualRuntime();
  const reference = inMemoryStorage({ runtime });
  await reference.open(sampleSpace);
  const store = await fixture.create();
  let handles: StorageBackend[] = [];
  let turn = 0;

  async function open(): Promise<StorageBackend> {
    const handle = checkedStorage(store.handle({ runtime }));
    handles.push(handle);
    await handle.open(sampleSpace);
    return handle;
  }

  // Where access is shared two handles take turns, so that each sees what the other did.
  async function openAll(): Promise<void> {
    await Promise.all(handles.map((each) => each.close()));
    handles = [];
    const { supports } = await open();
    if (supports.sharedAccess) await open();
  }

  async function both<T>(call: (each: StorageBackend) => Promise<T>): Promise<[T, T]> {
    const storage = handles[turn++ % handles.length] as StorageBackend;
    return [await call(storage), await call(reference)];
  }

  try {
    await openAll();
    for (const command of [...sequence, lastLook]) {
      runtime.advance(1_000);
      switch (command.kind) {
        case "reopen":
          if (handles[0]?.supports.durability !== "none") await openAll();
          break;
        case "write": {
          const batch = { put: command.put.map(modelRecord), remove: command.remove };
          await both((each) => each.write(batch));
          break;
        }
        case "touch":
          await both((each) => each.touch(command.ids, command.at));
          break;
        case "remove": {
          const [actual, expected] = await both((each) => each.remove(command.filter));
          if (actual !== expected)
            throw new Error(`remove answered ${actual}, but ${expected} records matched.`);
          break;
        }
        case "read": {
          const held = (await reference.get(modelIds)).filter((record) => record !== undefined);
          const { filter, limit, offset, word } = command;
          const vector = sampleVector(command.vector);
          const query = { filter, limit, offset, word, vector };
          for (const each of handles) await checkReads(each, held, query);
        }
      }
    }
  } finally {
    await Promise.allSettled(handles.map((each) => each.close()));
    await store.dispose?.();
  }
}

const lastLook: ModelCommand = {
  kind: "read",
  filter: everything,
  limit: 100,
  offset: 0,
  vector: "the last look",
  word: "lighthouse",
};
