import { abortedError } from "../domain/deadline.ts";
import { isMemoryError, MemoryError } from "../domain/memory-error.ts";
import { parseOptions, parseSignal } from "../domain/parse-options.ts";
import { isEmbedderTimeout } from "../embed/embed-texts.ts";
import type {
  NewVector,
  PendingRecord,
  StorageBackend,
  VectorSpace,
} from "../storage/storage-backend.ts";
import type { Embed } from "./embed-saves.ts";
import { parseProgressListener, tellProgress } from "./tell-progress.ts";

/** How far a re-embedding has come. What an earlier one has done counts as done. */
export interface ReembedProgress {
  readonly done: number;
  /** Records in the store; it may grow or shrink while others write. */
  readonly total: number;
}

export interface ReembedOptions {
  /** Called at the start and after every batch of records. What it throws is ignored. */
  readonly onProgress?: ((progress: ReembedProgress) => void) | undefined;
  /** Aborting it rejects with `ABORTED`; what was embedded is kept for the next call. */
  readonly signal?: AbortSignal | undefined;
}

export const parseReembedOptions = (options: unknown) =>
  parseOptions(
    options,
    { onProgress: parseProgressListener<ReembedProgress>, signal: parseSignal },
    "options",
  );

export interface ReembedTools extends ReembedOptions {
  readonly storage: Pick<StorageBackend, "name" | "reembed">;
  /** The space of what `embed` makes. */
  readonly space: VectorSpace;
  readonly embed: Embed;
  /** Records embedded with one call, and lost if the process ends before they are written. @default 100 */
  readonly batchSize?: number;
}

// A look for what is pending goes over all records, so it is worth more than one call to the embedder.
const batchesPerLook = 10;

/**
 * Gives every record of the store a vector of another embedder and switches the store to it. May be repeated
 * after a failure or a killed process: it goes on where the last one ended.
 */
export async function reembedRecords({
  storage,
  space,
  embed,
  batchSize = 100,
  onProgress,
  signal,
}: ReembedTools): Promise<void> {
  const reembedding = await storage.reembed?.(space);
  if (reembedding === undefined)
    throw new MemoryError(
      "NOT_SUPPORTED",
      `The storage "${storage.name}" cannot re-embed what it holds. Keep the embedder that it was written with, or start a new store.`,
    );
  let done = -1;
  for (;;) {
    const { records, remaining, total } = await reembedding.pending(batchSize * batchesPerLook);
    if (done !== total - remaining) {
      done = total - remaining;
      tellProgress(onProgress, { done, total });
    }
    for (let start = 0; start < records.length; start += batchSize) {
      throwIfAborted(signal);
      const batch = records.slice(start, start + batchSize);
      await embedRecords(batch, embed, reembedding.write, signal);
      done += batch.length;
      tellProgress(onProgress, { done, total });
    }
    throwIfAborted(signal);
    if (records.length === 0 && (await reembedding.finish())) return;
  }
}

function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortedError(signal);
}

/** Embeds a batch and, where that fails, one record after another, to tell which of them is refused. */
async function embedRecords(
  records: readonly PendingRecord[],
  embed: Embed,
  write: (vectors: readonly NewVector[]) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const contents = records.map(({ content }) => content);
  try {
    const vectors = await embed(contents, signal);
    const kept = records.map(({ id, revision }, i) => ({
      id,
      revision,
      vector: vectors[i] as Float32Array,
    }));
    return await write(kept);
  } catch (error) {
    if (!isMemoryError(error, "EMBEDDING_FAILED") || isEmbedderTimeout(error)) throw error;
    const [record, ...others] = records;
    if (record === undefined) throw error;
    if (others.length === 0) throw refusedRecord(record, error);
  }
  for (const record of records) await embedRecords([record], embed, write, signal);
}

function refusedRecord({ id }: PendingRecord, cause: MemoryError): MemoryError {
  return new MemoryError(
    "EMBEDDING_FAILED",
    `The record ${JSON.stringify(id)} could not be embedded, and the store is as it was: ${cause.message} Call reembed() again to go on; if it is this record that the embedder refuses, change or forget it with the former embedder first.`,
    { cause },
  );
}
