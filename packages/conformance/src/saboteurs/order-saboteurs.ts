import { matchesFilter, newestFirst } from "@unimem/core/storage";
import { everything } from "../store-calls.ts";
import { instead } from "./instead.ts";
import type { Saboteur } from "./saboteur.ts";

const all = { filter: everything, limit: 100_000, offset: 0 };

export const orderSaboteurs: readonly Saboteur[] = [
  instead("lists the oldest first", "list", ({ list }) => async ({ filter, limit, offset }) => {
    const found = await list({ ...all, filter });
    return found.reverse().slice(offset, offset + limit);
  }),
  instead("lists ties by id, the last first", "list", ({ list }) => async (query) => {
    const found = await list({ ...all, filter: query.filter });
    return found
      .sort((a, b) => +b.createdAt - +a.createdAt || (a.id < b.id ? 1 : -1))
      .slice(query.offset, query.offset + query.limit);
  }),
  instead("lists ties by locale", "list", ({ list }) => async (query) => {
    const found = await list({ ...all, filter: query.filter });
    return found
      .sort((a, b) => +b.createdAt - +a.createdAt || a.id.localeCompare(b.id, "en"))
      .slice(query.offset, query.offset + query.limit);
  }),
  instead("sorts within a page only", "list", ({ list }) => async (query) => {
    const found = await list({ ...all, filter: query.filter });
    return found
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .slice(query.offset, query.offset + query.limit)
      .sort(newestFirst);
  }),
  instead(
    "lists from one record too late",
    "list",
    ({ list }) =>
      (query) =>
        list({ ...query, offset: query.offset === 0 ? 0 : query.offset + 1 }),
  ),
  instead(
    "ignores the offset",
    "list",
    ({ list }) =>
      (query) =>
        list({ ...query, offset: 0 }),
  ),
  instead(
    "lists one record too many",
    "list",
    ({ list }) =>
      (query) =>
        list({ ...query, limit: query.limit + 1 }),
  ),
  instead(
    "never lists more than a hundred",
    "list",
    ({ list }) =>
      (query) =>
        list({ ...query, limit: Math.min(100, query.limit) }),
  ),
  instead("skips before it filters", "list", ({ list }) => async ({ filter, limit, offset }) => {
    const found = await list({ ...all, offset });
    return found.filter((record) => matchesFilter(record, filter)).slice(0, limit);
  }),
  instead("lists, then filters", "list", ({ list }) => async ({ filter, limit, offset }) => {
    const found = await list({ filter: everything, limit, offset });
    return found.filter((record) => matchesFilter(record, filter));
  }),
  instead(
    "answers get in the order of ids",
    "get",
    ({ get }) =>
      (ids, filter) =>
        get(ids.toSorted(), filter),
  ),
  instead(
    "leaves missing records out of get",
    "get",
    ({ get }) =>
      async (ids, filter) =>
        (await get(ids, filter)).filter((record) => record !== undefined),
  ),
  instead(
    "answers a repeated id once in get",
    "get",
    ({ get }) =>
      (ids, filter) =>
        get([...new Set(ids)], filter),
  ),
  instead(
    "hides superseded records from get",
    "get",
    ({ get }) =>
      (ids, filter) =>
        get(ids, filter ?? { visibleTo: "all" }),
  ),
  instead(
    "ignores the filter in get",
    "get",
    ({ get }) =>
      (ids) =>
        get(ids),
  ),
  instead("gets at most a thousand ids", "get", ({ get }) => async (ids, filter) => [
    ...(await get(ids.slice(0, 1_000), filter)),
    ...ids.slice(1_000).map(() => undefined),
  ]),
];
