import PQueue from "p-queue";
import { abortedError } from "../domain/deadline.ts";
import { isEmbedderTimeout } from "../embed/embed-texts.ts";
import type { Draft, EmbeddedDraft } from "./draft.ts";
import { jointSignal } from "./joint-signal.ts";

export interface SaveInput {
  /** The number of the call among those of its memory. */
  readonly operation: number;
  readonly drafts: readonly Draft[];
  readonly signal?: AbortSignal | undefined;
  /** Told the id of the record that holds a draft, as soon as it is stored. */
  readonly onStored?: ((id: string) => void) | undefined;
}

/** Vectors for texts, as `embedTexts` gives them. */
export type Embed = (texts: readonly string[], signal?: AbortSignal) => Promise<Float32Array[]>;

export type EmbedOutcome =
  | { readonly drafts: readonly EmbeddedDraft[] }
  | { readonly error: unknown };

/**
 * Embeds the drafts of a whole group in one call. If that fails, each save is tried alone, so that one text
 * which the embedder refuses harms no other save. Once a save alone has timed out the embedder is taken to be
 * down, and what has not begun fails with it: a silent provider costs two timeouts, not one per save.
 */
export async function embedSaves(
  saves: readonly SaveInput[],
  embed: Embed,
): Promise<EmbedOutcome[]> {
  const done = new AbortController();
  try {
    const texts = saves.flatMap(({ drafts }) => drafts.map(({ content }) => content));
    const vectors = await embed(
      texts,
      jointSignal(
        saves.map(({ signal }) => signal),
        done.signal,
      ),
    );
    return saves.map((save) => ({
      drafts: attach(save.drafts, vectors.splice(0, save.drafts.length)),
    }));
  } catch (error) {
    if (saves.length === 1) return [{ error }];
    return embedEachAlone(saves, embed);
  } finally {
    done.abort();
  }
}

async function embedEachAlone(saves: readonly SaveInput[], embed: Embed): Promise<EmbedOutcome[]> {
  const queue = new PQueue({ concurrency: 8 });
  let down: unknown;
  const attempts = saves.map(({ drafts, signal }) => async (): Promise<EmbedOutcome> => {
    if (down !== undefined) return { error: down };
    if (signal?.aborted) return { error: abortedError(signal) };
    try {
      const texts = drafts.map(({ content }) => content);
      return { drafts: attach(drafts, await embed(texts, signal)) };
    } catch (error) {
      if (isEmbedderTimeout(error)) down = error;
      return { error };
    }
  });
  return queue.addAll(attempts);
}

function attach(drafts: readonly Draft[], vectors: readonly Float32Array[]): EmbeddedDraft[] {
  return drafts.map((draft, i) => ({ ...draft, vector: vectors[i] as Float32Array }));
}
