import { isPlainObject, type Metadata } from "../domain/metadata.ts";
import type { KnownPlaces } from "../model/known-places.ts";
import { advisedScope } from "./advised-scope.ts";
import type { GivenFields } from "./draft.ts";
import type { ComparedDraft } from "./find-similar.ts";

/** What is to become of one draft and of the records like it. Always legal, whoever asked for it. */
export interface Advice {
  /** Fields that the caller left open. */
  readonly fields: GivenFields;
  /** At most one for each record that was shown; the others are kept. */
  readonly actions: readonly AdvisedAction[];
  /** The shown record that says all the draft says; `null` where the draft becomes a record of its own. */
  readonly heldBy: string | null;
}

export type AdvisedAction =
  | { readonly action: "update"; readonly id: string; readonly content: string }
  | { readonly action: "delete"; readonly id: string };

export const insertAsGiven: Advice = { fields: {}, actions: [], heldBy: null };

const maxCategories = 8;
const maxTopics = 20;
const maxLabelLength = 64;
const maxTopicLength = 200;

/**
 * Turns any answer of a model into what may be done, draft by draft; `undefined` where it has none for a
 * draft. Total: whatever is malformed or was not asked for is left out. The answer names drafts and records
 * by their numbers in the question, from 1; a number that was not shown, or an action that is contradicted
 * by another on the same record, does nothing. A draft that no record would hold is inserted.
 */
export function checkAdvice(
  answer: unknown,
  drafts: readonly ComparedDraft[],
  known: KnownPlaces,
): (Advice | undefined)[] {
  const items = listOf(isPlainObject(answer) ? answer.drafts : undefined).filter(isPlainObject);
  return drafts.map((draft, i) => {
    const item = items.find(({ draft }) => draft === i + 1);
    return item && checkItem(item, draft, known);
  });
}

/**
 * Of two drafts that act on one record the first does; the other is inserted, and so is one that a record
 * was to hold which another draft replaces.
 */
export function settleClaims(advices: readonly Advice[]): Advice[] {
  const claimed = new Set<string>();
  const settled = advices.map((advice) => {
    const actions = advice.actions.filter(({ id }) => !claimed.has(id));
    for (const { id } of actions) claimed.add(id);
    if (actions.length === advice.actions.length) return advice;
    return { ...advice, actions, heldBy: null };
  });
  const replaced = new Set(
    settled.flatMap(({ actions }) => actions.filter(isDelete).map(({ id }) => id)),
  );
  return settled.map((advice) =>
    advice.heldBy !== null && replaced.has(advice.heldBy) ? { ...advice, heldBy: null } : advice,
  );
}

function checkItem(
  item: Record<string, unknown>,
  draft: ComparedDraft,
  known: KnownPlaces,
): Advice {
  const { given, root, similar } = draft;
  const fields = {
    scope: given.scope ?? advisedScope(item.scope, root, known.scopes),
    categories: given.categories ?? categoriesOf(item.categories, known),
    importance: given.importance ?? fractionOf(item.importance),
    metadata: given.metadata ?? metadataOf(item.metadata),
  };
  const entries = listOf(item.records).filter(isPlainObject);
  const actions = similar.flatMap((record, i) => {
    const asked = entries.filter((entry) => entry.record === i + 1);
    const [first] = asked;
    if (first === undefined || asked.some(({ action }) => action !== first.action)) return [];
    return actionOn(record.id, first, record.content, draft.content);
  });
  const updated = actions.find(({ action }) => action === "update")?.id;
  const kept = similar.find(({ id }) => !actions.some((each) => isDelete(each) && each.id === id));
  return {
    fields: Object.fromEntries(
      Object.entries(fields).filter(([, value]) => value !== undefined),
    ) as GivenFields,
    actions,
    heldBy: item.insert === false ? (updated ?? kept?.id ?? null) : null,
  };
}

function isDelete({ action }: AdvisedAction): boolean {
  return action === "delete";
}

function actionOn(
  id: string,
  { action, content }: Record<string, unknown>,
  old: string,
  draft: string,
): AdvisedAction[] {
  if (action === "delete") return [{ action, id }];
  if (action !== "update" || typeof content !== "string") return [];
  const text = content.trim();
  // A merge says what both say: much more than both together is something else.
  const tooLong = text.length > 2 * (old.length + draft.length) + 200;
  if (text === "" || tooLong || !text.isWellFormed() || text === old) return [];
  return [{ action, id, content: text }];
}

function categoriesOf(value: unknown, known: KnownPlaces): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const labels = textsOf(value, maxLabelLength).map((label) =>
    known.categories.includes(label) ? label : label.toLowerCase(),
  );
  return [...new Set(labels)].slice(0, maxCategories);
}

function fractionOf(value: unknown): number | undefined {
  if (typeof value !== "number" || Number.isNaN(value)) return undefined;
  return value <= 0 ? 0 : Math.min(1, value);
}

function metadataOf(value: unknown): Metadata | undefined {
  if (!isPlainObject(value)) return undefined;
  const lists = ["entities", "dates", "topics"].map(
    (key) => [key, textsOf(value[key], maxTopicLength).slice(0, maxTopics)] as const,
  );
  return Object.fromEntries(lists.filter(([, texts]) => texts.length > 0));
}

function textsOf(value: unknown, maxLength: number): string[] {
  const texts = listOf(value)
    .filter((each) => typeof each === "string")
    .map((each) => each.trim())
    .filter((each) => each !== "" && each.length <= maxLength && each.isWellFormed());
  return [...new Set(texts)];
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
