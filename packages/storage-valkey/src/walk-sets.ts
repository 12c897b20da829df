import type { GlideReturnType } from "@valkey/valkey-glide";
import type { CandidateSets } from "./candidates.ts";
import { fromMember } from "./encode-text.ts";
import type { Glide } from "./glide.ts";
import type { ReadBatch } from "./round-trips.ts";
import type { StoreReads } from "./store-reads.ts";

interface Entry {
  readonly id: string;
  /** The negative of createdAt in milliseconds. */
  readonly score: number;
}

interface Source {
  readonly key: string;
  /** The last entry that was read of it. */
  end: Entry | undefined;
  /** How many of those read just now were created when `end` was, with it; 0 where it has to be found again. */
  ties: number;
  isEnded: boolean;
  entries: Entry[];
}

/** Whoever needs a second page may have far to go. */
const leastAhead = 500;

/**
 * The ids in some sets, newest first and then by id, each once, in pages. One round trip for each page, whatever
 * the number of sets. What others write meanwhile may be missed; all else is met, because a set is read on from
 * behind an entry, whose place others change, and not from a place.
 */
export async function* walkSets(
  reads: StoreReads,
  sets: CandidateSets,
  pageSize: number,
  skip = 0,
): AsyncGenerator<string[]> {
  // Only within a single set is the place of an entry known to the server.
  const isAlone = sets.keys.length === 1;
  const first = isAlone ? skip : 0;
  const sources: Source[] = sets.keys.map((key) => ({
    ...{ key, end: undefined, ties: 0 },
    ...{ isEnded: false, entries: [] },
  }));
  let left = isAlone ? 0 : skip;
  let last: Entry | undefined;
  for (let size = pageSize; ; size = Math.max(size, leastAhead)) {
    await refill(reads, sets, sources, { pageSize: size, first });
    const merged: string[] = [];
    for (const entry of takeMerged(sources)) {
      // It is in several sets, or came into one behind this walk.
      if (last !== undefined && order(last, entry) >= 0) continue;
      last = entry;
      if (left > 0) left--;
      else merged.push(entry.id);
    }
    if (merged.length > 0) yield merged;
    if (sources.every(({ isEnded, entries }) => isEnded && entries.length === 0)) return;
  }
}

async function refill(
  reads: StoreReads,
  sets: CandidateSets,
  sources: readonly Source[],
  { pageSize, first }: { readonly pageSize: number; readonly first: number },
): Promise<void> {
  const empty = sources.filter(({ entries, isEnded }) => entries.length === 0 && !isEnded);
  if (empty.length === 0) return;
  const pages = await reads.batch((batch, glide) => {
    for (const source of empty)
      if (source.end === undefined)
        addFirst(batch, glide, { key: source.key, sets, pageSize, first });
      else addNext(batch, glide, { source, end: source.end, sets, pageSize });
  });
  for (const [i, source] of empty.entries()) take(source, readEntries(pages[i]), pageSize);
}

function addFirst(
  batch: ReadBatch,
  glide: Glide,
  asked: { key: string; sets: CandidateSets; pageSize: number; first: number },
): void {
  const { key, sets, pageSize, first } = asked;
  if (sets.createdAfter === undefined && sets.createdBefore === undefined)
    batch.zrangeWithScores(key, { start: first, end: first + pageSize - 1 });
  else
    batch.zrangeWithScores(key, {
      type: "byScore",
      ...createdRange(glide, sets),
      limit: { offset: first, count: pageSize },
    });
}

/** The last entry once more, to see that it is where it was, and a page of what follows it. */
function addNext(
  batch: ReadBatch,
  glide: Glide,
  asked: { source: Source; end: Entry; sets: CandidateSets; pageSize: number },
): void {
  const { source, end, sets, pageSize } = asked;
  batch.zrangeWithScores(source.key, {
    type: "byScore",
    ...createdRange(glide, sets),
    start: { value: end.score, isInclusive: true },
    limit: { offset: Math.max(0, source.ties - 1), count: pageSize + 1 },
  });
}

function take(source: Source, page: Entry[], pageSize: number): void {
  const { end, ties } = source;
  const isNext = end !== undefined && ties > 0;
  const [head] = page;
  if (isNext && (head === undefined || order(head, end) !== 0)) {
    // Others took away, or brought, what was created at the same moment: it is read from there again.
    source.ties = 0;
    return;
  }
  source.isEnded = page.length < (end === undefined ? pageSize : pageSize + 1);
  source.entries = isNext ? page.slice(1) : page;
  const last = page.at(-1);
  if (last === undefined) return;
  const same = page.filter(({ score }) => score === last.score).length;
  source.ties = isNext && last.score === end.score ? ties - 1 + same : same;
  source.end = last;
}

/** The scores of what was created within the times: they are negative, so the later bound comes first. */
export function createdRange(
  { InfBoundary }: Glide,
  { createdAfter, createdBefore }: Pick<CandidateSets, "createdAfter" | "createdBefore">,
) {
  return {
    start:
      createdBefore === undefined
        ? InfBoundary.NegativeInfinity
        : { value: -createdBefore.getTime(), isInclusive: false },
    end:
      createdAfter === undefined
        ? InfBoundary.PositiveInfinity
        : { value: -createdAfter.getTime(), isInclusive: true },
  };
}

/** In a batch GLIDE answers with `key` and `value`, and not with `element` and `score`. */
function readEntries(page: GlideReturnType | undefined): Entry[] {
  return (page as unknown as { key: string; value: number }[]).map(({ key, value }) => ({
    id: fromMember(key),
    score: value,
  }));
}

/** Takes what is known to come next, in order: up to where a set that goes on has nothing left here. */
function takeMerged(sources: readonly Source[]): Entry[] {
  let bound: Entry | undefined;
  for (const { entries, isEnded } of sources) {
    if (isEnded) continue;
    const end = entries.at(-1);
    if (end === undefined) return [];
    if (bound === undefined || order(end, bound) < 0) bound = end;
  }
  const merged: Entry[] = [];
  for (const source of sources) {
    const { entries } = source;
    let taken = 0;
    for (const entry of entries) {
      if (bound !== undefined && order(entry, bound) > 0) break;
      merged.push(entry);
      taken++;
    }
    if (taken > 0) source.entries = entries.slice(taken);
  }
  return sources.length === 1 ? merged : merged.sort(order);
}

function order(a: Entry, b: Entry): number {
  return a.score - b.score || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
