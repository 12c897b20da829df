import { describe, expect, test } from "vitest";
import { inMemoryStorage } from "../storage/in-memory-storage.ts";
import { manualRuntime } from "../testing/manual-runtime.ts";
import { scriptedEmbedder } from "../testing/scripted-embedder.ts";
import { Memory } from "./memory.ts";
import type { SelectOptions } from "./read-options.ts";

const day = 24 * 3_600_000;
const at = (days: number) => new Date(Date.UTC(2026, 0, 1) + days * day);

/** The facts a, b and c, in a scope, each remembered a day after the one before. */
async function filled() {
  const runtime = manualRuntime();
  const memory = new Memory({ storage: inMemoryStorage(), embedder: scriptedEmbedder(), runtime });
  const facts = [
    { content: "a", scope: "/x", categories: ["red"], metadata: { year: 2024, team: "core" } },
    { content: "b", scope: "/x/y", categories: ["red", "blue"], metadata: { year: 2025 } },
    { content: "c", scope: "/xy", categories: [], metadata: { year: "2025", tags: ["t"] } },
  ];
  for (const { content, ...options } of facts) {
    await memory.remember(content, { ...options, scope: `/view${options.scope}` });
    runtime.advance(day);
  }
  return { memory, view: memory.scope("/view"), runtime };
}

const filters: [SelectOptions, string][] = [
  [{ scope: "/x" }, "ab"],
  [{ scope: "x//y/" }, "b"],
  [{ categories: ["blue", "green"] }, "b"],
  [{ categories: [] }, ""],
  [{ metadata: { year: 2025 } }, "b"],
  [{ metadata: { tags: ["t"] } }, "c"],
  [{ metadata: { year: { eq: "2025" } } }, "c"],
  [{ metadata: { year: { ne: 2025 } } }, "ac"],
  [{ metadata: { year: { gt: 2024 } } }, "b"],
  [{ metadata: { year: { gte: 2024, lt: 2025 } } }, "a"],
  [{ metadata: { year: { lte: 2025 } } }, "ab"],
  [{ metadata: { year: { in: [2024, "2025"] } } }, "ac"],
  [{ metadata: { team: { exists: true } } }, "a"],
  [{ metadata: { team: { exists: false }, year: { exists: true } } }, "bc"],
  [{ createdAfter: at(1) }, "bc"],
  [{ createdBefore: at(1) }, "a"],
  [{ createdAfter: at(1), createdBefore: at(2), categories: ["red"] }, "b"],
  [{ scope: "/x", metadata: { year: { gte: 2025 } }, categories: ["red"] }, "b"],
];

describe("every verb that selects takes every filter", () => {
  test.each(filters)("%j selects %j", async (filter, selected) => {
    const { memory, view } = await filled();
    const joined = (contents: string[]) => contents.sort().join("");
    const { scope = "/", ...rest } = filter;
    expect(joined((await view.recall("abc", filter)).map((m) => m.record.content))).toBe(selected);
    expect(joined((await view.listRecords(filter)).map((r) => r.content))).toBe(selected);
    expect(await view.count(scope, rest)).toBe(selected.length);
    const slice = view.slice({ scopes: ["/x", "/xy", "/x/y"] });
    expect(joined((await slice.recall("abc", filter)).map((m) => m.record.content))).toBe(selected);
    expect(await slice.count(scope, rest)).toBe(selected.length);
    expect(await view.forget(filter)).toBe(selected.length);
    const left = [..."abc"].filter((content) => !selected.includes(content));
    expect(joined((await memory.listRecords()).map((r) => r.content))).toBe(left.join(""));
  });

  test("counts only what fits towards the limit", async () => {
    const { view } = await filled();
    const [match] = await view.recall("c", { limit: 1, categories: ["blue"] });
    expect(match?.record.content).toBe("b");
    expect((await view.listRecords({ limit: 1, scope: "/x" })).map((r) => r.content)).toEqual([
      "b",
    ]);
  });

  test("answers as of a moment, together with other filters, and forgets what was current then", async () => {
    const { view, runtime } = await filled();
    const [a] = await view.listRecords({ createdBefore: at(1) });
    const asOf = runtime.now();
    runtime.advance(day);
    await view.update(a?.id ?? "", { content: "changed", categories: ["green"] });
    const past = { asOf, categories: ["red"] };
    expect((await view.recall("abc", past)).map((m) => m.record.content).sort()).toEqual([
      "a",
      "b",
    ]);
    expect((await view.listRecords({ ...past, scope: "/x" })).map((r) => r.content)).toEqual([
      "b",
      "a",
    ]);
    expect([await view.count("/", past), await view.count("/", { categories: ["red"] })]).toEqual([
      2, 1,
    ]);
    expect(await view.forget(past)).toBe(2);
    expect((await view.listRecords({ asOf })).map((r) => r.content)).toEqual(["c"]);
    expect((await view.listRecords()).map((r) => r.content)).toEqual(["c", "changed"]);
    expect(await view.history(a?.id ?? "")).toEqual([]);
  });
});
