import { openai } from "@ai-sdk/openai";
import { type LanguageModel, simulateStreamingMiddleware, wrapLanguageModel } from "ai";
import { MockLanguageModelV4 } from "ai/test";

type Prompt = MockLanguageModelV4["doGenerateCalls"][number]["prompt"];

/** What a model does in one step: it says something, or it calls a tool. */
export type Step = string | { readonly toolName: string; readonly input: unknown };

/** Whether the examples run with a real model. */
export const real = process.env.OPENAI_API_KEY !== undefined;

/** OpenAI's model where there is a key for it, else one that follows a script, so that the examples run anywhere. */
export function agentModel(
  script: (prompt: Prompt, tools: readonly unknown[]) => Step,
): Exclude<LanguageModel, string> {
  if (real) return openai("gpt-4o-mini");
  const model = new MockLanguageModelV4({
    doGenerate: async ({ prompt, tools = [] }) => {
      const step = script(prompt, tools);
      const content =
        typeof step === "string"
          ? { type: "text" as const, text: step }
          : {
              type: "tool-call" as const,
              toolCallId: `call-${prompt.length}`,
              toolName: step.toolName,
              input: JSON.stringify(step.input),
            };
      const unified = content.type === "text" ? ("stop" as const) : ("tool-calls" as const);
      return { content: [content], finishReason: { unified, raw: undefined }, usage, warnings: [] };
    },
  });
  return wrapLanguageModel({ model, middleware: simulateStreamingMiddleware() });
}

const usage = {
  inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 0, text: 0, reasoning: 0 },
};

/** What stands in the prompt's last message: there the memories are, in front of what was said. */
export function lastText(prompt: Prompt): string {
  const content = prompt.at(-1)?.content ?? [];
  if (typeof content === "string") return content;
  return content
    .map((part) => {
      if (part.type === "text") return part.text;
      return part.type === "tool-result" && part.output.type === "text" ? part.output.value : "";
    })
    .join("\n");
}

/** What the memories that a text shows were told by somebody: neither questions nor what a model said. */
export function toldIn(text: string): string[] {
  const [, block = ""] = /<memories>\n.*?\n(.*?)\n<\/memories>/s.exec(text) ?? [];
  return block
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => (JSON.parse(line) as { content: string }).content)
    .filter((content) => !content.startsWith("Assistant: ") && !content.endsWith("?"))
    .map((content) => content.replace(/^User: /, ""));
}
