import PQueue from "p-queue";
import { isMemoryError, MemoryError } from "../domain/memory-error.ts";
import { dayAt } from "../domain/time-zone.ts";
import type { Ask } from "../model/ask-model.ts";
import { type KnownPlaces, knownPlaces } from "../model/known-places.ts";
import {
  type QuestionedDraft,
  saveDraftsPrompt,
  type WantedField,
} from "../prompts/save-drafts.ts";
import type { StorageBackend } from "../storage/storage-backend.ts";
import { type Advice, checkAdvice, insertAsGiven, settleClaims } from "./check-advice.ts";
import { audienceOf, type ComparedDraft } from "./find-similar.ts";

export interface ConsultTools {
  readonly storage: Pick<StorageBackend, "scopes" | "categories">;
  readonly ask: Ask;
  readonly now: Date;
  /** In which "yesterday" is meant. */
  readonly timeZone: string;
  readonly signal: AbortSignal | undefined;
  /** Told of every draft that is saved without the model's answer, and why. */
  readonly onFallback: (error: MemoryError) => void;
}

/** What the model advises for a batch of drafts of one root and audience, checked. */
export type ConsultModel = (
  drafts: readonly ComparedDraft[],
  tools: ConsultTools,
) => Promise<Advice[]>;

/**
 * Asks about all drafts in one call; about none that leave nothing to ask. Drafts that the answer says
 * nothing usable about are asked about once more, one by one, then saved as given.
 */
export const consultModel: ConsultModel = async (drafts, tools) => {
  const asked = drafts.filter(
    (draft) => draft.similar.length > 0 || wantedFields(draft).length > 0,
  );
  const advice = await adviceFor(asked, tools);
  return settleClaims(drafts.map((draft) => advice.get(draft) ?? insertAsGiven));
};

async function adviceFor(
  asked: readonly ComparedDraft[],
  tools: ConsultTools,
): Promise<Map<ComparedDraft, Advice>> {
  const [first] = asked;
  if (first === undefined) return new Map();
  const places = await knownPlaces(tools.storage, first.root, audienceOf(first));
  const found = new Map<ComparedDraft, Advice>();
  let failure = await askAbout(asked, places, tools, found);
  const left = asked.filter((draft) => !found.has(draft));
  if (left.length === 0) return found;
  if (asked.length > 1) {
    const attempts = left.map((draft) => async () => {
      failure = (await askAbout([draft], places, tools, found)) ?? failure;
    });
    await new PQueue({ concurrency: 8 }).addAll(attempts);
  }
  if (left.some((draft) => !found.has(draft))) tools.onFallback(failure ?? unusable());
  return found;
}

/** Adds to `found` what one call brings, and answers with why it brought less than was asked. */
async function askAbout(
  drafts: readonly ComparedDraft[],
  places: KnownPlaces,
  { ask, now, timeZone, signal }: ConsultTools,
  found: Map<ComparedDraft, Advice>,
): Promise<MemoryError | undefined> {
  try {
    const answer = await ask(
      saveDraftsPrompt(questionOf(drafts, places, (date) => dayAt(date, timeZone).day, now)),
      signal,
    );
    const checked = checkAdvice(answer, drafts, places);
    for (const [i, draft] of drafts.entries()) {
      const advice = checked[i];
      if (advice !== undefined) found.set(draft, advice);
    }
    return checked.includes(undefined) ? unusable() : undefined;
  } catch (error) {
    if (isMemoryError(error, "MODEL_FAILED")) return error;
    throw error; // a missing key or an abort is the caller's to know
  }
}

function questionOf(
  drafts: readonly ComparedDraft[],
  places: KnownPlaces,
  dayOf: (date: Date) => string,
  now: Date,
) {
  const wanted = new Set(drafts.flatMap(wantedFields));
  return {
    today: dayOf(now),
    scopes: wanted.has("scope") ? places.scopes : [],
    categories: wanted.has("categories") ? places.categories : [],
    drafts: drafts.map(
      (draft, i): QuestionedDraft => ({
        draft: i + 1,
        content: draft.content,
        ...(draft.createdAt !== null && { since: dayOf(draft.createdAt) }),
        ...(draft.agentRole !== undefined && { rememberedBy: draft.agentRole }),
        wanted: wantedFields(draft),
        ...(draft.similar.length > 0 && {
          similar: draft.similar.map(({ content, updatedAt }, at) => ({
            record: at + 1,
            content,
            since: dayOf(updatedAt),
          })),
        }),
      }),
    ),
  };
}

function wantedFields({ given }: ComparedDraft): WantedField[] {
  const all = ["scope", "categories", "importance", "metadata"] as const;
  return all.filter((field) => given[field] === undefined);
}

function unusable(): MemoryError {
  return new MemoryError("MODEL_FAILED", "The language model did not answer what it was asked.");
}
