import {
  type MemoryRecord,
  matchesFilter,
  type RecordFilter,
  type StorageBackend,
} from "@unimem/core/storage";
import { matchingBy } from "./matching-by.ts";
import type { Saboteur } from "./saboteur.ts";

/** Has an idea of its own of which records `aliveAt` and `expiredAt` hold for. */
function living(
  name: string,
  isAlive: (record: MemoryRecord, at: Date, filter: RecordFilter) => boolean,
  isExpired = (record: MemoryRecord, at: Date, filter: RecordFilter) =>
    matchesFilter(record, { ...filter, expiredAt: at }),
): Saboteur {
  return {
    name,
    store: matchingBy((record, { aliveAt, expiredAt, ...rest }) => {
      if (!matchesFilter(record, rest)) return false;
      if (aliveAt !== undefined && !isAlive(record, aliveAt, rest)) return false;
      return expiredAt === undefined || isExpired(record, expiredAt, rest);
    }),
  };
}

const isAlive = (record: MemoryRecord, aliveAt: Date, filter: RecordFilter) =>
  matchesFilter(record, { ...filter, aliveAt });
const hasExpired = ({ expiresAt }: MemoryRecord, at: Date) => expiresAt !== null && expiresAt <= at;

/** Applies `aliveAt` to what is already cut to the limit. */
function filteringLate(storage: StorageBackend): StorageBackend {
  const { matching } = storage;
  const split = <Query extends { filter: RecordFilter }>(query: Query) => {
    const { aliveAt, ...filter } = query.filter;
    const keeps = (record: MemoryRecord) => aliveAt === undefined || !hasExpired(record, aliveAt);
    return { early: { ...query, filter }, keeps };
  };
  return {
    ...storage,
    async list(query) {
      const { early, keeps } = split(query);
      return (await storage.list(early)).filter(keeps);
    },
    async nearest(query) {
      const { early, keeps } = split(query);
      return (await storage.nearest(early)).filter(({ record }) => keeps(record));
    },
    ...(matching && {
      async matching(query) {
        const { early, keeps } = split(query);
        return (await matching(early)).filter(({ record }) => keeps(record));
      },
    }),
  };
}

/** Remembers its summaries without the moment that they were asked as of. */
function rememberingSummaries(storage: StorageBackend): StorageBackend {
  const known = new Map<string, unknown>();
  const remembered = async <Answer>(
    what: string,
    { aliveAt, ...filter }: RecordFilter,
    ask: (filter: RecordFilter) => Promise<Answer>,
  ): Promise<Answer> => {
    const key = JSON.stringify([what, filter]);
    const answer =
      (known.get(key) as Answer) ?? (await ask({ ...filter, ...(aliveAt && { aliveAt }) }));
    known.set(key, answer);
    return answer;
  };
  return {
    ...storage,
    scopes: (filter) => remembered("scopes", filter, storage.scopes),
    categories: (filter) => remembered("categories", filter, storage.categories),
    async write(batch) {
      known.clear();
      await storage.write(batch);
    },
    async remove(filter) {
      known.clear();
      return storage.remove(filter);
    },
  };
}

export const expirySaboteurs: readonly Saboteur[] = [
  living("drops the condition aliveAt", () => true),
  living("drops the condition expiredAt", isAlive, () => true),
  living("shows a record at the moment it expires", (record, at, filter) =>
    isAlive(record, new Date(+at - 1), filter),
  ),
  living("hides a record a millisecond before it expires", (record, at, filter) =>
    isAlive(record, new Date(+at + 1), filter),
  ),
  living("sweeps what expires at this moment with the next sweep", isAlive, (record, at) =>
    hasExpired(record, new Date(+at - 1)),
  ),
  living("hides what never expires", ({ expiresAt }, at) => expiresAt !== null && expiresAt > at),
  living(
    "sweeps what never expires",
    isAlive,
    ({ expiresAt }, at) => expiresAt === null || expiresAt <= at,
  ),
  living(
    "brings back with asOf what has expired",
    (record, at, { asOf }) => asOf !== undefined || !hasExpired(record, at),
  ),
  living(
    "compares the expiry with asOf",
    (record, at, { asOf }) => !hasExpired(record, asOf ?? at),
    (record, at, { asOf }) => hasExpired(record, asOf ?? at),
  ),
  living(
    "shows expired records where superseded ones are asked for",
    (record, at, { state }) => state === "superseded" || !hasExpired(record, at),
  ),
  living(
    "never sweeps superseded records",
    isAlive,
    (record, at) => record.supersededAt === null && hasExpired(record, at),
  ),
  { name: "takes expired records out of what the limit left", store: filteringLate },
  { name: "remembers its summaries beyond the next expiry", store: rememberingSummaries },
];
