import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cosine, isUnit } from "../domain/vector.ts";
import { lexicalEmbedder } from "./lexical-embedder.ts";

const embedder = lexicalEmbedder();
const anyText = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: "binary" }),
  fc.lorem({ maxCount: 30 }),
  fc.constantFrom(
    "我们去北京玩",
    "猫",
    "สวัสดีครับ",
    "🎉",
    "👩‍👩‍👧",
    "!?!",
    "\u0301",
    "\u0000",
    "İ",
    "ﬁ",
    "Ⅷ",
    "\ud800",
  ),
);

async function vectorOf(text: string, dimensions?: number): Promise<Float32Array> {
  const { vectors } = await lexicalEmbedder(dimensions === undefined ? {} : { dimensions }).embed([
    text,
  ]);
  return vectors[0] as Float32Array;
}

async function cosineOf(one: string, other: string): Promise<number> {
  return cosine(await vectorOf(one), await vectorOf(other));
}

describe("lexicalEmbedder", () => {
  test("gives every text, in any script or in none, a vector of length one", async () => {
    await fc.assert(
      fc.asyncProperty(anyText, fc.integer({ min: 64, max: 1024 }), async (text, dimensions) => {
        const vector = await vectorOf(text, dimensions);
        expect(vector).toHaveLength(dimensions);
        expect(isUnit(vector)).toBe(true);
      }),
    );
  });

  test("gives a text the same vector whatever texts it comes with", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyText, { maxLength: 6 }), async (texts) => {
        const { vectors } = await embedder.embed(texts);
        const [reversed, alone] = await Promise.all([
          embedder.embed(texts.toReversed()),
          Promise.all(texts.map((text) => vectorOf(text))),
        ]);
        expect(vectors).toEqual(alone);
        expect(vectors).toEqual(reversed.vectors.toReversed());
      }),
    );
  });

  test("does not see case, accents, punctuation and spaces between words", async () => {
    expect(await cosineOf("Zoë  moved to São Paulo!", "zoe moved to SAO PAULO")).toBeCloseTo(1, 5);
    await fc.assert(
      fc.asyncProperty(fc.lorem({ maxCount: 20 }), async (text) => {
        expect(await cosineOf(text, `  ${text.toUpperCase()} ...`)).toBeCloseTo(1, 5);
      }),
    );
  });

  test.each([
    ["She went hiking with her dog", "They hiked with two dogs", "The invoice is overdue"],
    ["Deployment to Kubernetes failed", "kubernets deploys fail", "Grandma bakes apple pie"],
    ["我们下周去北京出差", "北京", "今天的晚饭很好吃"],
    ["Der Umzugswagen kommt am Montag", "Umzug am Montag", "Die Katze schläft gern lange"],
  ])("holds %j nearer to %j than to %j", async (text, related, unrelated) => {
    expect(await cosineOf(text, related)).toBeGreaterThan((await cosineOf(text, unrelated)) + 0.2);
  });

  test("keeps unrelated texts near a cosine of zero", async () => {
    expect(Math.abs(await cosineOf("Paris hotel booking", "quarterly tax forms"))).toBeLessThan(
      0.2,
    );
  });

  test.each([
    ["Ann owes Bob 20 euros", "Bob owes Ann 20 euros"],
    ["I like my new job", "I do not like my new job"],
    ["I can come", "I can't come"],
    ["The gate code is 4471", "The gate code is 4477"],
    [`${"many words ".repeat(300)}red`, `${"many words ".repeat(300)}blue`],
  ])("never takes two texts with different words for repeats: %#", async (one, other) => {
    expect(await cosineOf(one, other)).toBeLessThan(0.975);
  });

  test("hashes the features of version 1 as it always did", async () => {
    const { vectors } = await lexicalEmbedder({ dimensions: 64 }).embed([
      "Zoë's cats were hiking in 北京 🎉",
      "!?",
    ]);
    const largest = vectors.map((vector) =>
      Array.from(vector, (value, index) => ({ index, value: Number(value.toFixed(4)) }))
        .sort((a, b) => Math.abs(b.value) - Math.abs(a.value) || a.index - b.index)
        .slice(0, 6)
        .map(({ index, value }) => `${index}: ${value}`),
    );
    expect(largest).toMatchInlineSnapshot(`
      [
        [
          "45: -0.3869",
          "53: 0.3869",
          "40: -0.3144",
          "9: -0.2453",
          "12: 0.2453",
          "28: -0.2453",
        ],
        [
          "22: -0.488",
          "33: 0.488",
          "44: 0.488",
          "54: 0.488",
          "63: -0.138",
          "10: -0.069",
        ],
      ]
    `);
  });

  test("names its kind, version and dimensions", () => {
    expect(embedder).toMatchObject({ id: "lexical-1/512", dimensions: 512 });
    expect(lexicalEmbedder({ dimensions: 1024 }).id).toBe("lexical-1/1024");
  });

  test.each([0, 63, 4097, 100.5, -512, Number.NaN, "512" as unknown as number])(
    "refuses %j dimensions",
    (dimensions) => {
      expect(() => lexicalEmbedder({ dimensions })).toThrow("from 64 to 4096");
    },
  );

  test("stops for a signal that was aborted", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(embedder.embed(["text"], { signal })).rejects.toThrow("enough");
  });
});
