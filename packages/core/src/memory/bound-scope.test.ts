import { describe, expect, test } from "vitest";
import { inMemoryStorage } from "../storage/in-memory-storage.ts";
import { manualRuntime } from "../testing/manual-runtime.ts";
import { scriptedEmbedder } from "../testing/scripted-embedder.ts";
import { Memory } from "./memory.ts";

const refused = (field: string) =>
  expect.objectContaining({ code: "INVALID_INPUT", details: { field } });
const never = (options: object) => options as never;

async function filled() {
  const memory = new Memory({
    storage: inMemoryStorage(),
    embedder: scriptedEmbedder(),
    runtime: manualRuntime(),
  });
  const [open, adas, bobs] = await memory.rememberMany(
    [
      "known to all",
      { content: "only for ada", source: "ada", private: true, categories: ["a"] },
      { content: "bob alone", source: "bob", private: true, scope: "/team/bob", categories: ["b"] },
    ],
    { scope: "/team" },
  );
  return {
    memory,
    ada: memory.as("ada"),
    open: open?.id ?? "",
    adas: adas?.id ?? "",
    bobs: bobs?.id ?? "",
  };
}

describe("a memory as one principal", () => {
  test("sees public records and its own private ones, by every verb", async () => {
    const { ada, adas, bobs } = await filled();
    const seen = ["known to all", "only for ada"];
    expect((await ada.recall("who")).map(({ record }) => record.content).sort()).toEqual(seen);
    expect((await ada.listRecords()).map(({ content }) => content).sort()).toEqual(seen);
    expect(await ada.count("/team")).toBe(2);
    expect(await ada.listCategories()).toEqual({ a: 1 });
    expect(await ada.tree()).toBe("/ (2 records)\n  /team (2 records)");
    expect(await ada.info("/team")).toMatchObject({ recordCount: 2, childScopes: [] });
    expect((await ada.get(adas))?.content).toBe("only for ada");
    expect(await ada.get(bobs)).toBeUndefined();
  });

  test("remembers from its source, whatever a content of many says", async () => {
    const { ada } = await filled();
    expect(await ada.remember("mine")).toMatchObject({ source: "ada", private: false });
    expect(await ada.remember("own", { private: true })).toMatchObject({ source: "ada" });
    const many = await ada.rememberMany(["one", { content: "two", private: true }], {
      source: "ada",
    });
    expect(many.map(({ source }) => source)).toEqual(["ada", "ada"]);
    const contents = [{ content: "three" }, { content: "as bob", source: "bob" }];
    await expect(ada.rememberMany(contents)).rejects.toEqual(refused("contents[1].source"));
    await expect(ada.rememberMany([], { source: "bob" })).rejects.toEqual(refused("source"));
    await expect(
      ada.rememberMany([{ content: "four", source: "ada" }], { source: "bob" }),
    ).rejects.toEqual(refused("source"));
    expect(await ada.count()).toBe(6);
  });

  test.each([
    ["source", { source: "bob" }],
    ["includePrivate", { includePrivate: true }],
    ["includePrivate", { source: "ada", includePrivate: true }],
  ])("refuses to be somebody else: %s in %j", async (field, who) => {
    const { memory, ada, adas } = await filled();
    const slice = ada.slice({ scopes: ["/team"], readOnly: false });
    const calls = [ada, ada.scope("/team"), ada.scope("/team").subscope("/bob")].flatMap((view) => [
      view.recall("x", who),
      view.get(adas, who),
      view.history(adas, who),
      view.count("/", who),
      view.listRecords(who),
      view.listScopes("/", who),
      view.listCategories("/", who),
      view.info("/", who),
      view.tree("/", who),
      view.update(adas, { importance: 1 }, who),
      view.forget({ ids: [adas], ...who }),
      view.reset(never({ scope: "/", ...who })).catch((error) => {
        expect(error).toEqual(refused("options")); // reset knows no such option at all
        throw { ...error, details: { field } };
      }),
    ]);
    calls.push(slice.recall("x", who), slice.count("/", who), slice.get(adas, who));
    for (const outcome of await Promise.allSettled(calls))
      expect(outcome).toMatchObject({
        status: "rejected",
        reason: { code: "INVALID_INPUT", details: { field } },
      });
    expect(await memory.count("/", { includePrivate: true })).toBe(3);
  });

  test("remembers as nobody else, in a slice neither", async () => {
    const { ada } = await filled();
    const slice = ada.slice({ scopes: ["/team"], readOnly: false });
    const as = { source: "bob", scope: "/team" };
    await expect(ada.remember("x", as)).rejects.toEqual(refused("source"));
    await expect(slice.remember("x", as)).rejects.toEqual(refused("source"));
    const own = await slice.remember("own", { scope: "/team", private: true });
    expect(own).toMatchObject({ source: "ada", private: true });
  });

  test("takes its own name, and no other", async () => {
    const { ada } = await filled();
    expect(await ada.count("/", { source: "ada", includePrivate: false })).toBe(2);
    expect(await ada.as("ada").count()).toBe(2);
    expect(() => ada.as("bob")).toThrow(refused("source"));
    expect(() => ada.scope("/team").as("bob")).toThrow(refused("source"));
    for (const source of ["", " ", undefined, 7])
      expect(() => ada.as(source as never)).toThrow(refused("source"));
  });

  test("changes and forgets public records of others, never their private ones", async () => {
    const { memory, ada, open, bobs } = await filled();
    expect(await ada.update(open, { importance: 1 })).toMatchObject({ source: null });
    await expect(ada.update(bobs, { importance: 1 })).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await ada.forget({ ids: [open, bobs] })).toBe(1);
    expect(await ada.forget({ scope: "/team/bob" })).toBe(0);
    expect(await memory.get(bobs, { source: "bob" })).toMatchObject({ importance: 0.5 });
  });

  test("sees and forgets nothing of the history of a record that is hidden from it", async () => {
    const { memory, ada, bobs } = await filled();
    await memory.update(bobs, { content: "bob still" }, { source: "bob" });
    const [former] = await memory.history(bobs, { source: "bob" });
    expect(former?.content).toBe("bob alone");
    expect(await ada.history(bobs)).toEqual([]);
    expect(await ada.get(former?.id ?? "")).toBeUndefined();
    expect(await ada.forget({ ids: [former?.id ?? ""] })).toBe(0);
    expect(await ada.count("/", { asOf: new Date("2026-01-01") })).toBe(2);
    expect(await memory.history(bobs)).toEqual([]);
  });

  test("resets all it sees and leaves the private records of others", async () => {
    const { memory, ada } = await filled();
    await ada.reset();
    const left = await memory.listRecords({ includePrivate: true });
    expect(left.map(({ content }) => content)).toEqual(["bob alone"]);
  });

  test("has no verb that reaches past it", async () => {
    const { ada } = await filled();
    for (const verb of ["resetAll", "reembed", "on", "close"]) expect(ada).not.toHaveProperty(verb);
  });
});
