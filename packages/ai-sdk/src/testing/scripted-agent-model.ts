import { convertArrayToReadableStream, MockLanguageModelV4 } from "ai/test";

type Call = MockLanguageModelV4["doGenerateCalls"][number];
export type StreamPart =
  Awaited<ReturnType<MockLanguageModelV4["doStream"]>>["stream"] extends ReadableStream<infer Part>
    ? Part
    : never;

/** What a model does in one step: it says something, or it calls a tool. */
export type Step = string | { readonly toolName: string; readonly input: unknown };

const usage = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};

/** A model that follows a script in both ways of calling it: `step` gives the answer to each call, or throws. */
export function scriptedAgentModel(step: (call: Call, index: number) => Step) {
  let calls = 0;
  const next = (call: Call) => {
    const index = calls++;
    const said = step(call, index);
    if (typeof said === "string")
      return { content: { type: "text" as const, text: said }, finish: "stop" as const };
    const { toolName, input } = said;
    const content = {
      type: "tool-call" as const,
      toolCallId: `call-${index}`,
      toolName,
      input: JSON.stringify(input),
    };
    return { content, finish: "tool-calls" as const };
  };
  return new MockLanguageModelV4({
    doGenerate: async (call) => {
      const { content, finish } = next(call);
      const finishReason = { unified: finish, raw: undefined };
      return { content: [content], finishReason, usage, warnings: [] };
    },
    doStream: async (call) => {
      const { content, finish } = next(call);
      const said: StreamPart[] = content.type === "text" ? textParts(content.text) : [content];
      const finishReason = { unified: finish, raw: undefined };
      return {
        stream: convertArrayToReadableStream<StreamPart>([
          { type: "stream-start", warnings: [] },
          ...said,
          { type: "finish", finishReason, usage },
        ]),
      };
    },
  });
}

/** A text as a stream gives it, word by word. */
export function textParts(text: string): StreamPart[] {
  return [
    { type: "text-start", id: "text" },
    ...text.split(/(?<= )/).map((delta) => ({ type: "text-delta" as const, id: "text", delta })),
    { type: "text-end", id: "text" },
  ];
}

/** What the model was shown in each of its calls: the texts of the messages of one role. */
export function shownTo(model: MockLanguageModelV4, role = "user"): string[] {
  return [...model.doGenerateCalls, ...model.doStreamCalls].map(({ prompt }) =>
    prompt
      .filter((message) => message.role === role)
      .map(({ content }) =>
        typeof content === "string"
          ? content
          : content.map((part) => ("text" in part ? part.text : "")).join("\n"),
      )
      .join("\n---\n"),
  );
}
