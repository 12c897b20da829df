import fc from "fast-check";
import { expect, test } from "vitest";
import type { Visibility } from "../domain/record-filter.ts";
import { covers, parseScope } from "../domain/scope.ts";
import { embedTexts } from "../embed/embed-texts.ts";
import type { SaveQuestion } from "../prompts/save-drafts.ts";
import { formerVersions } from "../storage/former-versions.ts";
import { inMemoryStorage } from "../storage/in-memory-storage.ts";
import { manualRuntime } from "../testing/manual-runtime.ts";
import { scriptedEmbedder } from "../testing/scripted-embedder.ts";
import { commitSaves, type SaveOutput } from "./commit-saves.ts";
import { consultModel } from "./consult-model.ts";
import { type Draft, parseDraft } from "./draft.ts";

interface Whim {
  readonly scope: unknown;
  readonly action: string;
  readonly content: string | null;
  readonly record: number;
  readonly insert: boolean;
}

const whim: fc.Arbitrary<Whim> = fc.record({
  scope: fc.constantFrom("/", "/team", "/../x", "/away", null, 7),
  action: fc.constantFrom("keep", "update", "delete", "obey"),
  content: fc.constantFrom("a merged text", "aab", " ", null),
  record: fc.constantFrom(0, 0, 0, 1, 2, -1),
  insert: fc.boolean(),
});
const who = fc.constantFrom(
  {},
  { source: "alice" },
  { source: "alice", private: true },
  { source: "bob", private: true },
  { source: "bob", rootScope: "/team" },
  { source: "bob", scope: "/team/x" },
);
// Few letters, so that many texts are alike; the number keeps them apart.
const text = fc.constantFrom("aab", "aaab", "abb", "zz", "aaaab");
const groups = fc.array(fc.array(fc.tuple(text, who), { minLength: 1, maxLength: 6 }), {
  minLength: 1,
  maxLength: 4,
});

/** Saves groups of drafts, one call each, with a model that answers as it likes. */
async function saveAll(groups: readonly (readonly Draft[])[], whims: readonly Whim[]) {
  const runtime = manualRuntime();
  const storage = inMemoryStorage({ runtime });
  await storage.open({ dimensions: 27, embedder: "letters" });
  const questions: SaveQuestion[] = [];
  const embedder = scriptedEmbedder();
  let next = 0;
  const ask = async ({ prompt }: { readonly prompt: string }) => {
    const question = JSON.parse(prompt) as SaveQuestion;
    questions.push(question);
    return {
      drafts: question.drafts.map(({ draft, similar = [] }) => {
        const { record, action, content, ...rest } = whims[next++ % whims.length] as Whim;
        const records = similar.map((each) => ({ record: each.record + record, action, content }));
        return { draft, ...rest, records };
      }),
    };
  };
  const tools = {
    storage,
    providersFor: () => ({
      embed: (texts: readonly string[]) => embedTexts(embedder, texts, { timeoutMs: 1, runtime }),
      ask,
    }),
    consult: consultModel,
    onFallback: () => {},
    runtime,
    settings: {
      consolidationThreshold: 0.6,
      consolidationLimit: 3,
      analysisBatchSize: 3,
      batchDedupThreshold: 1,
      defaultImportance: 0.5,
      timeZone: "UTC",
    },
  };
  const outputs: SaveOutput[] = [];
  for (const [operation, group] of groups.entries()) {
    const saves = group.map((draft) => ({
      input: { operation, drafts: [draft] },
      weight: 1,
      resolve: (output: SaveOutput) => void outputs.push(output),
      reject: (error: unknown) => {
        throw error;
      },
    }));
    await commitSaves(saves, tools);
    runtime.advance(1000);
  }
  const list = (visibleTo: Visibility) =>
    storage.list({ filter: { visibleTo }, limit: 999, offset: 0 });
  const findable = async (visibleTo: Visibility) => {
    const current = await list(visibleTo);
    const ids = current.map(({ id }) => id);
    return [...current, ...(await formerVersions(storage, ids, { visibleTo }))];
  };
  return { outputs, questions, findable, list };
}

test("whatever a model advises, every text stays findable, a private one for its source and for nobody else", async () => {
  await fc.assert(
    fc.asyncProperty(
      groups,
      fc.array(whim, { minLength: 1, maxLength: 9 }),
      async (groups, whims) => {
        let n = 0;
        const drafts = groups.map((group) =>
          group.map(([text, options]) => parseDraft(`${text} ${n++}`, options)),
        );
        const { outputs, questions, findable, list } = await saveAll(drafts, whims);
        expect(outputs).toHaveLength(n);
        for (const { content, source, root, ...draft } of drafts.flat()) {
          // A private draft may take a public record of its own source with it, and so what that replaced.
          const found = await findable(draft.private && source !== null ? { source } : "all");
          const own = found.find((record) => record.content === content);
          expect(own?.source).toBe(source);
          expect(covers(root, own?.scope ?? parseScope("/"))).toBe(true);
        }
        const secrets = drafts.flat().filter((draft) => draft.private);
        const open = JSON.stringify(await findable("public"));
        for (const { content, source } of secrets) {
          expect(open).not.toContain(`"${content}"`);
          const others = drafts.flat().filter((draft) => !draft.private || draft.source !== source);
          for (const question of questions)
            if (
              others.some((draft) => question.drafts.some((each) => each.content === draft.content))
            )
              expect(JSON.stringify(question)).not.toContain(`"${content}"`);
        }
        const current = await list("all");
        expect(new Set(current.map(({ id }) => id)).size).toBe(current.length);
      },
    ),
    { numRuns: 400 },
  );
});
