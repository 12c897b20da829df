import { type MemoryRecord, newestFirst } from "@unimem/core/storage";

export interface RankedRow {
  readonly record: MemoryRecord;
  readonly rank: number;
}

export interface RankedQuery {
  readonly limit: number;
  /** Beyond so many equal ranks across the limit, which of them are answered is left to the database. */
  readonly mostTies: number;
  readonly admits: (record: MemoryRecord) => boolean;
}

/**
 * The first `limit` of what `admits` lets pass, by rank, equal ranks newest first. Asks for more until enough
 * have passed, and until a tie that lies across the limit has been seen whole: the database would break it
 * as it likes.
 */
export async function rankedRows<Row extends RankedRow>(
  { limit, mostTies, admits }: RankedQuery,
  ask: (size: number) => Promise<Row[]>,
): Promise<Row[]> {
  for (let size = limit + 1; ; size = size * 2 + 20) {
    const asked = await ask(size);
    const rows = asked
      .filter(({ record }) => admits(record))
      .sort((a, b) => b.rank - a.rank || newestFirst(a.record, b.record));
    const [last, beyond] = [rows[limit - 1], rows.at(-1)];
    const isAll = asked.length < size;
    const isTieCut = last?.rank === beyond?.rank && rows.length <= limit + mostTies;
    if (isAll || (last !== undefined && rows.length > limit && !isTieCut))
      return rows.slice(0, limit);
  }
}
