import type { MemoryRecord } from "../domain/memory-record.ts";
import { isPlainObject, type Metadata } from "../domain/metadata.ts";
import type { KnownPlaces } from "../model/known-places.ts";
import { plainAnswer } from "../model/plain-answer.ts";
import { listOf, usableText, usableTexts } from "../model/usable-texts.ts";
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
 * by their numbers in the question, from 1. One that names a draft which was not asked about, or one draft
 * twice, may have counted otherwise, and counts for none. A record that was not shown, or about which an
 * answer contradicts itself, is left as it is. A draft is inserted unless a record clearly holds it.
 */
export function checkAdvice(
  answer: unknown,
  drafts: readonly ComparedDraft[],
  known: KnownPlaces,
): (Advice | undefined)[] {
  const plain = plainAnswer(answer);
  const items = listOf(isPlainObject(plain) ? plain.drafts : undefined).filter(isPlainObject);
  const byNumber = new Map(items.map((item) => [item.draft, item]));
  const isClear = byNumber.size === items.length;
  if (!isClear || items.some(({ draft }) => drafts[Number(draft) - 1] === undefined))
    return drafts.map(() => undefined);
  return drafts.map((draft, i) => {
    const item = byNumber.get(i + 1);
    return item && checkItem(item, draft, known);
  });
}

/**
 * Of two drafts that act on one record the first does; the other is inserted, and so is one that was to be
 * held by a record which another draft changes.
 */
export function settleClaims(advices: readonly Advice[]): Advice[] {
  const claims = new Map<string, Advice>();
  for (const advice of advices)
    for (const { id } of advice.actions) if (!claims.has(id)) claims.set(id, advice);
  return advices.map((advice) => {
    const isFree = (id: string) => (claims.get(id) ?? advice) === advice;
    const actions = advice.actions.filter(({ id }) => isFree(id));
    const keepsAll = actions.length === advice.actions.length;
    const { heldBy } = advice;
    return { ...advice, actions, heldBy: keepsAll && heldBy && isFree(heldBy) ? heldBy : null };
  });
}

function checkItem(
  item: Record<string, unknown>,
  draft: ComparedDraft,
  known: KnownPlaces,
): Advice {
  const { given, root } = draft;
  const fields = {
    scope: given.scope ?? advisedScope(item.scope, root, known.scopes),
    categories: given.categories ?? categoriesOf(item.categories, known),
    importance: given.importance ?? fractionOf(item.importance),
    metadata: given.metadata ?? metadataOf(item.metadata),
  };
  return {
    fields: Object.fromEntries(
      Object.entries(fields).filter(([, value]) => value !== undefined),
    ) as GivenFields,
    ...checkRecords(item, draft),
  };
}

function checkRecords(
  { records, insert }: Record<string, unknown>,
  { similar, content, given }: ComparedDraft,
): Pick<Advice, "actions" | "heldBy"> {
  const entries = listOf(records).filter(isPlainObject);
  const verdicts = similar.flatMap((record, i) => {
    const about = entries.filter((entry) => entry.record === i + 1);
    // Whoever sees only a scope below the one that was given must not read the draft there.
    const mayHold = given.scope === undefined || given.scope === record.scope;
    const [first, ...others] = about.map((entry) => verdictOn(record, entry, content, mayHold));
    if (first === undefined) return [];
    const agree = others.every((other) => sameVerdict(first, other));
    return [agree ? first : ({ action: "unclear", id: record.id } as const)];
  });
  const of = (wanted: Verdict["action"]) => verdicts.find(({ action }) => action === wanted);
  // A merge that cannot be used would have held the draft; a record beside it need not.
  const holder = of("update") ?? (of("unclear") ? undefined : of("keep"));
  return {
    actions: verdicts.filter(isAction),
    heldBy: insert === false ? (holder?.id ?? null) : null,
  };
}

type Verdict = AdvisedAction | { readonly action: "keep" | "unclear"; readonly id: string };

function verdictOn(
  { id, content: old }: MemoryRecord,
  { action, content }: Record<string, unknown>,
  draft: string,
  mayHold: boolean,
): Verdict {
  if (action === "keep" || action === "delete") return { action, id };
  // A merge says what both say: much more than both together is something else.
  const text = usableText(content, 2 * (old.length + draft.length) + 200);
  if (action !== "update" || text === undefined || !mayHold) return { action: "unclear", id };
  return text === old ? { action: "keep", id } : { action, id, content: text };
}

function sameVerdict(a: Verdict, b: Verdict): boolean {
  const isSameText = !("content" in a && "content" in b) || a.content === b.content;
  return a.action === b.action && isSameText;
}

function isAction(verdict: Verdict): verdict is AdvisedAction {
  return verdict.action === "update" || verdict.action === "delete";
}

function categoriesOf(value: unknown, known: KnownPlaces): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const labels = value
    .flatMap((each) => usableText(each, maxLabelLength) ?? [])
    .map((label) => (known.categories.includes(label) ? label : label.toLowerCase()));
  return [...new Set(labels)].slice(0, maxCategories);
}

function fractionOf(value: unknown): number | undefined {
  if (typeof value !== "number" || Number.isNaN(value)) return undefined;
  return value <= 0 ? 0 : Math.min(1, value);
}

function metadataOf(value: unknown): Metadata | undefined {
  if (!isPlainObject(value)) return undefined;
  const lists = ["entities", "dates", "topics"].map(
    (key) => [key, usableTexts(value[key], maxTopicLength, maxTopics)] as const,
  );
  return Object.fromEntries(lists.filter(([, texts]) => texts.length > 0));
}
