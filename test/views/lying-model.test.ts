import assert from "node:assert/strict";
import fc from "fast-check";
import { inMemoryStorage, Memory, type MemoryScope } from "unimem";
import { manualRuntime, scriptedEmbedder, scriptedModel } from "unimem/testing";
import { expect, test } from "vitest";
import { isSeen, rootOf, segments } from "./expected.ts";
import { makeView, onlyReads, type ViewMaker, viewPlans } from "./view-plan.ts";
import { facts, fill, hostilePaths, inTen, paths, stored } from "./world.ts";

const actions = fc.record({
  record: fc.integer({ min: 0, max: 6 }),
  action: fc.constantFrom("keep", "update", "delete"),
  content: fc.constantFrom(null, "what a liar says", "a lie"),
});
const answers = fc.record({
  scope: fc.constantFrom(null, "/elsewhere", "../../app", ...paths, ...hostilePaths),
  records: fc.uniqueArray(actions, {
    selector: ({ record }) => record,
    minLength: 2,
    maxLength: 6,
  }),
  insert: fc.boolean(),
});

/** Whatever a model answers, it is shown and changes nothing that lies outside of the view or is hidden. */
async function holdsAgainstLies(make: ViewMaker, runs: number, seed?: number): Promise<number> {
  let changed = 0;
  const plans = viewPlans.filter((plan) => !onlyReads(plan) && plan.slice === undefined);
  const call = fc.record({
    private: fc.boolean(),
    scope: inTen(3, fc.constantFrom(...paths)),
    rootScope: inTen(2, fc.constantFrom(...paths)),
  });
  const property = fc.asyncProperty(
    facts,
    plans,
    call,
    answers,
    async (all, plan, call, answer) => {
      const runtime = manualRuntime();
      const storage = inMemoryStorage({ runtime });
      const parts = { storage, embedder: scriptedEmbedder(), runtime };
      const marked = all.map(({ content, update, ...fact }, i) => ({
        ...fact,
        content: `${content} (${i})`,
        update: update && { ...update, content: `${update.content ?? content} (${i}, later)` },
      }));
      await fill(new Memory({ ...parts, llm: false }), marked, runtime);
      const before = await stored(storage);

      const model = scriptedModel(() => ({ drafts: [{ draft: 1, ...answer }] }));
      const open = (options: object) =>
        new Memory({ ...parts, llm: model, consolidationThreshold: 0, ...options });
      const view = make(open, plan) as MemoryScope;
      const isPrivate = call.private && plan.as !== undefined;
      const record = await view.remember("a lighthouse", { ...call, private: isPrivate });
      await view.drainWrites();

      const root = [...rootOf(plan), ...segments(call.rootScope ?? "")];
      assert.deepEqual(segments(record.scope).slice(0, root.length), root, "the place");
      const after = new Map((await stored(storage)).map((each) => [each.id, each]));
      const prompts = model.calls.map(({ prompt }) => prompt).join();
      const now = runtime.now();
      const confined = { ...plan, scopes: [...plan.scopes, call.rootScope ?? "/"] };
      for (const each of before) {
        const isAlive = !each.expiresAt || each.expiresAt > now;
        const audience = isPrivate ? plan : { ...plan, as: undefined };
        if (isSeen(each, { ...confined, as: audience.as }, {}, now)) {
          if (after.get(each.id)?.revision !== each.revision) changed++;
          continue;
        }
        if (isAlive) assert.deepEqual(after.get(each.id), each, "what is hidden or outside");
        assert.ok(!prompts.includes(each.content), "what a model is shown");
      }
    },
  );
  await fc.assert(property, {
    numRuns: runs,
    ...(seed !== undefined && { seed, endOnFailure: true }),
  });
  return changed;
}

test("no model leads out of a view: it is shown and changes nothing that is hidden or lies outside", async () => {
  expect(await holdsAgainstLies(makeView, 400)).toBeGreaterThan(20); // it does change what it may
});

test("that is noticed of a view that lets its model see the whole memory", async () => {
  const careless: ViewMaker = (open, plan) =>
    makeView(open, { ...plan, rootScope: "/", scopes: [] });
  await expect(holdsAgainstLies(careless, 400, 1)).rejects.toMatchObject({
    cause: { code: "ERR_ASSERTION" },
  });
});
