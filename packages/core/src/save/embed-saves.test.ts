import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MemoryError } from "../domain/memory-error.ts";
import { unitVector } from "../domain/vector.ts";
import { embedTexts } from "../embed/embed-texts.ts";
import { manualRuntime } from "../testing/manual-runtime.ts";
import { parseDraft } from "./draft.ts";
import { type Embed, embedSaves, type SaveInput } from "./embed-saves.ts";

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const vectorOf = (text: string) => unitVector([text.length, 1]);

function save(texts: readonly string[], signal?: AbortSignal): SaveInput {
  const drafts = texts.map((text) => parseDraft(text, {}));
  return { operation: 1, drafts, signal };
}

/** Refuses every call that holds a text with "bad" in it. */
function refusingBad() {
  const calls: (readonly string[])[] = [];
  const embed: Embed = async (texts) => {
    calls.push(texts);
    if (texts.some((text) => text.includes("bad")))
      throw new MemoryError("EMBEDDING_FAILED", "Refused.");
    return texts.map(vectorOf);
  };
  return { embed, calls };
}

/** An embedder that never answers, behind the real timeout. */
function silent(timeoutMs = 100) {
  const runtime = manualRuntime();
  const started: number[] = [];
  const embedder = {
    id: "silent",
    dimensions: 2,
    embed: () => {
      started.push(runtime.now().getTime());
      return new Promise<never>(() => {});
    },
  };
  const embed: Embed = (texts, signal) =>
    embedTexts(embedder, texts, { timeoutMs, runtime, signal });
  return { embed, runtime, started, timeoutMs };
}

describe("embedSaves", () => {
  test("embeds the drafts of all saves in one call", async () => {
    const { embed, calls } = refusingBad();
    const outcomes = await embedSaves([save(["a", "bb"]), save(["ccc"])], embed);
    expect(calls).toEqual([["a", "bb", "ccc"]]);
    expect(outcomes).toMatchObject([
      { drafts: [{ content: "a" }, { content: "bb" }] },
      { drafts: [{ content: "ccc" }] },
    ]);
  });

  test("lets one bad text harm its own save only, and each vector go to its own text", async () => {
    const text = fc.constantFrom("a", "bb", "ccc", "bad", "dddd", "so bad");
    const group = fc.array(fc.array(text, { minLength: 1, maxLength: 3 }), {
      minLength: 1,
      maxLength: 15,
    });
    await fc.assert(
      fc.asyncProperty(group, async (group) => {
        const { embed, calls } = refusingBad();
        const outcomes = await embedSaves(
          group.map((texts) => save(texts)),
          embed,
        );
        const bad = (texts: string[]) => texts.some((each) => each.includes("bad"));
        expect(outcomes).toEqual(
          group.map((texts) =>
            bad(texts)
              ? { error: expect.objectContaining({ code: "EMBEDDING_FAILED" }) }
              : {
                  drafts: save(texts).drafts.map((draft) => ({
                    ...draft,
                    vector: vectorOf(draft.content),
                  })),
                },
          ),
        );
        expect(calls).toHaveLength(group.some(bad) && group.length > 1 ? 1 + group.length : 1);
      }),
    );
  });

  test("waits two timeouts in total for a silent embedder, however many saves there are", async () => {
    const { embed, runtime, started, timeoutMs } = silent();
    let settled = false;
    const outcome = embedSaves(
      Array.from({ length: 50 }, (_, i) => save([`text ${i}`])),
      embed,
    ).finally(() => {
      settled = true;
    });
    await turn();
    runtime.advance(timeoutMs);
    await turn();
    runtime.advance(timeoutMs - 1);
    await turn();
    expect(settled).toBe(false);
    runtime.advance(1);
    const outcomes = await outcome;
    expect(outcomes).toHaveLength(50);
    for (const each of outcomes)
      expect(each).toMatchObject({ error: { code: "EMBEDDING_FAILED" } });
    expect(new Set(started).size).toBe(2);
    expect(started.length).toBeLessThan(20);
  });

  test("does not try a save alone twice", async () => {
    const { embed, calls } = refusingBad();
    const [outcome] = await embedSaves([save(["bad"])], embed);
    expect(outcome).toMatchObject({ error: { code: "EMBEDDING_FAILED" } });
    expect(calls).toHaveLength(1);
  });

  test("gives up the call once every save of the group is aborted, not before", async () => {
    const { embed } = silent();
    const [first, second] = [new AbortController(), new AbortController()];
    const seen: (AbortSignal | undefined)[] = [];
    const watched: Embed = (texts, signal) => {
      seen.push(signal);
      return embed(texts, signal);
    };
    const outcome = embedSaves([save(["a"], first.signal), save(["b"], second.signal)], watched);
    first.abort();
    await turn();
    expect(seen.map((signal) => signal?.aborted)).toEqual([false]);
    second.abort();
    expect(await outcome).toMatchObject([
      { error: { code: "ABORTED" } },
      { error: { code: "ABORTED" } },
    ]);
    expect(seen[0]?.aborted).toBe(true);
  });

  test("never aborts a call that a save without a signal waits for", async () => {
    const seen: (AbortSignal | undefined)[] = [];
    const embed: Embed = async (texts, signal) => {
      seen.push(signal);
      return texts.map(vectorOf);
    };
    const outcomes = await embedSaves([save(["a"], AbortSignal.abort()), save(["b"])], embed);
    expect(seen).toEqual([undefined]);
    expect(outcomes[1]).toMatchObject({ drafts: [{ content: "b" }] });
  });
});
