import { convertArrayToReadableStream } from "ai/test";
import { describe, expect, test } from "vitest";
import { type StreamPart, textParts } from "./testing/scripted-agent-model.ts";
import { type AnswerStream, answerOf, type GenerateResult, watchAnswer } from "./watch-answer.ts";

type Finish = GenerateResult["finishReason"]["unified"];

const usage = {
  inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 0, text: 0, reasoning: 0 },
};
const finished = (unified: Finish): StreamPart => ({
  type: "finish",
  finishReason: { unified, raw: undefined },
  usage,
});

function watched(source: AnswerStream, signal?: AbortSignal) {
  const answers: string[] = [];
  const { stream, ended } = watchAnswer(source, (answer) => void answers.push(answer), signal);
  return { answers, stream, ended };
}

async function partsOf(stream: AnswerStream): Promise<StreamPart[]> {
  const parts: StreamPart[] = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

describe.each<[Finish, boolean]>([
  ["stop", true],
  ["length", true],
  ["interrupted", true],
  ["other", true],
  ["tool-calls", false],
  ["content-filter", false],
  ["error", false],
])("an answer that ends with %s", (unified, isAnswer) => {
  const expected = isAnswer ? ["One two"] : [];

  test(`${isAnswer ? "is" : "is not"} the end of a turn, generated`, () => {
    const answer = answerOf({
      content: [
        { type: "reasoning", text: "Hm." },
        { type: "text", text: "One " },
        { type: "text", text: "two" },
      ],
      finishReason: { unified, raw: undefined },
      usage,
      warnings: [],
    });
    expect(answer === undefined ? [] : [answer]).toEqual(expected);
  });

  test(`${isAnswer ? "is" : "is not"} the end of a turn, streamed, and all its parts pass`, async () => {
    const parts = [...textParts("One two"), finished(unified)];
    const { stream, answers } = watched(convertArrayToReadableStream(parts));
    expect(await partsOf(stream)).toEqual(parts);
    expect(answers).toEqual(expected);
  });
});

test("a stream that nobody reads is read to its end all the same, and its parts are kept for a reader", async () => {
  const parts = [...textParts("One two"), finished("stop")];
  const { stream, answers, ended } = watched(convertArrayToReadableStream(parts));
  await ended;
  expect(answers).toEqual(["One two"]);
  expect(await partsOf(stream)).toEqual(parts);
});

test("a stream that is cancelled before its first word has no answer", async () => {
  let reason: unknown;
  const silent = new ReadableStream<StreamPart>({
    cancel(why) {
      reason = why;
    },
  });
  const { stream, answers, ended } = watched(silent);
  await stream.cancel("enough");
  await ended;
  expect([reason, answers]).toEqual(["enough", []]);
});

test("cancelling a stream that has ended, well or badly, makes no other answer", async () => {
  const parts = [...textParts("One two"), finished("stop")];
  const whole = watched(convertArrayToReadableStream(parts));
  const broken = watched(brokenStream(parts.slice(0, 2)));
  await Promise.all([whole.ended, broken.ended]);
  await whole.stream.cancel();
  await broken.stream.cancel().catch(() => {});
  expect([whole.answers, broken.answers]).toEqual([["One two"], []]);
});

test("a stream that ends with an error because it is aborted has the answer until then", async () => {
  const { stream, answers } = watched(brokenStream(textParts("One two")), AbortSignal.abort());
  await expect(partsOf(stream)).rejects.toThrow("broken off");
  expect(answers).toEqual(["One two"]);
});

function brokenStream(parts: readonly StreamPart[]): AnswerStream {
  const left = [...parts];
  return new ReadableStream<StreamPart>({
    pull(controller) {
      const part = left.shift();
      if (part) controller.enqueue(part);
      else controller.error(new Error("broken off"));
    },
  });
}
