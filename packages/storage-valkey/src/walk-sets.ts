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
  next: number;
  isEnded: boolean;
  entries: Entry[];
}

/**
 * The ids in some sets, newest first and then by id, each once, in pages. One round trip for each page, whatever
 * the number of sets. What others write meanwhile may be missed, or met twice.
 */
export async function* walkSets(
  reads: StoreReads,
  sets: CandidateSets,
  pageSize: number,
  skip = 0,
): AsyncGenerator<string[]> {
  // Only within a single set is the place of an entry known to the server.
  const isAlone = sets.keys.length === 1;
  const sources: Source[] = sets.keys.map((key) => ({
    key,
    next: isAlone ? skip : 0,
    isEnded: false,
    entries: [],
  }));
  let left = isAlone ? 0 : skip;
  let last: Entry | undefined;
  while (true) {
    await refill(reads, sets, sources, pageSize);
    const merged: string[] = [];
    for (const entry of mergedEntries(sources)) {
      if (sets.overlap && last !== undefined && order(last, entry) === 0) continue;
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
  pageSize: number,
): Promise<void> {
  const empty = sources.filter(({ entries, isEnded }) => entries.length === 0 && !isEnded);
  if (empty.length === 0) return;
  const pages = await reads.batch((batch, glide) => {
    for (const { key, next } of empty) addRange(batch, glide, { key, next, pageSize, sets });
  });
  for (const [i, source] of empty.entries()) {
    source.entries = readEntries(pages[i]);
    source.next += source.entries.length;
    source.isEnded = source.entries.length < pageSize;
  }
}

function addRange(
  batch: ReadBatch,
  glide: Glide,
  asked: { key: string; next: number; pageSize: number; sets: CandidateSets },
): void {
  const { key, next, pageSize, sets } = asked;
  if (sets.createdAfter === undefined && sets.createdBefore === undefined)
    batch.zrangeWithScores(key, { start: next, end: next + pageSize - 1 });
  else
    batch.zrangeWithScores(key, {
      type: "byScore",
      ...createdRange(glide, sets),
      limit: { offset: next, count: pageSize },
    });
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

/** What is known to come next: until a set that goes on has nothing left here. */
function* mergedEntries(sources: readonly Source[]): Generator<Entry> {
  const places = sources.map(() => 0);
  try {
    while (true) {
      let first = -1;
      for (const [i, { entries, isEnded }] of sources.entries()) {
        const entry = entries[places[i] as number];
        if (entry === undefined) {
          if (isEnded) continue;
          return;
        }
        const best = sources[first]?.entries[places[first] as number];
        if (best === undefined || order(entry, best) < 0) first = i;
      }
      if (first < 0) return;
      yield sources[first]?.entries[places[first] as number] as Entry;
      (places[first] as number)++;
    }
  } finally {
    for (const [i, source] of sources.entries()) source.entries = source.entries.slice(places[i]);
  }
}

function order(a: Entry, b: Entry): number {
  return a.score - b.score || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
