import fc from "fast-check";
import { expect, test } from "vitest";
import { parseAnswer } from "./parse-answer.ts";

const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown);

test("JSON is found as it is, in a fence, and in a fence among words", () => {
  fc.assert(
    fc.property(json, fc.constantFrom("json", "JSON", ""), (value, language) => {
      const text = JSON.stringify(value, null, 2);
      const fence = `\`\`\`${language}\n${text}\n\`\`\``;
      for (const written of [text, ` ${text}\n`, fence, `Here it is:\n${fence}\nThat is all.`])
        expect(parseAnswer(written)).toEqual({ value });
    }),
  );
});

test.each(["", "   ", "blue", "```json\nblue\n```", '{"colour": "bl', "```"])(
  "%j is no JSON",
  (text) => {
    expect(parseAnswer(text)).toBeUndefined();
  },
);
