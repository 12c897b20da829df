import type { ModelMessage, UIMessage } from "ai";
import { expect, test } from "vitest";
import { rememberMessages } from "./remember-messages.ts";
import { testMemory } from "./testing/test-memory.ts";

const noon = new Date("2025-06-01T12:00:00.000Z");

async function stored(
  messages: readonly (UIMessage | ModelMessage)[],
  options: Partial<Parameters<typeof rememberMessages>[1]> = {},
) {
  const { memory } = testMemory();
  const records = await rememberMessages(messages, { memory, ...options });
  return records.map(({ content }) => content);
}

test("stores UI messages as they were said: by whom, and when", async () => {
  const { memory, runtime } = testMemory();
  const messages: UIMessage[] = [
    {
      id: "1",
      role: "user",
      metadata: { createdAt: noon },
      parts: [{ type: "text", text: "Hi. " }],
    },
    {
      id: "2",
      role: "assistant",
      metadata: { createdAt: noon.toISOString() },
      parts: [
        { type: "step-start" },
        { type: "reasoning", text: "They greet me." },
        { type: "text", text: "Hello." },
        { type: "text", text: "How are you?" },
      ],
    },
    {
      id: "3",
      role: "user",
      metadata: { createdAt: noon.getTime() },
      parts: [{ type: "text", text: "Fine." }],
    },
    { id: "4", role: "user", parts: [{ type: "text", text: "And you?" }] },
  ];
  const records = await rememberMessages(messages, {
    memory,
    speakers: { user: "Ana" },
    remember: { scope: "/chat", source: "ana" },
  });
  expect(records.map(({ content, createdAt }) => [content, createdAt])).toEqual([
    ["Ana: Hi.", noon],
    ["Assistant: Hello.\nHow are you?", noon],
    ["Ana: Fine.", noon],
    ["Ana: And you?", runtime.now()],
  ]);
  expect(records.every(({ scope, source }) => scope === "/chat" && source === "ana")).toBe(true);
});

test("stores model messages, and leaves out what nobody said", async () => {
  const messages: ModelMessage[] = [
    { role: "system", content: "Be brief." },
    { role: "user", content: "Hi." },
    {
      role: "assistant",
      content: [
        { type: "reasoning", text: "A tool, then." },
        { type: "tool-call", toolCallId: "1", toolName: "clock", input: {} },
      ],
    },
    {
      role: "tool",
      content: [
        {
          type: "tool-result",
          toolCallId: "1",
          toolName: "clock",
          output: { type: "text", value: "12" },
        },
      ],
    },
    { role: "assistant", content: [{ type: "text", text: "It is noon." }] },
    { role: "user", content: "  " },
  ];
  expect(await stored(messages)).toEqual(["User: Hi.", "Assistant: It is noon."]);
});

test("stores files by their caption, else by their name, else as what they are", async () => {
  const messages: (UIMessage | ModelMessage)[] = [
    {
      id: "1",
      role: "user",
      parts: [
        { type: "text", text: "Look:" },
        { type: "file", mediaType: "image/png", filename: "rex.png", url: "data:," },
        { type: "file", mediaType: "application/pdf", url: "data:," },
      ],
    },
    { role: "user", content: [{ type: "image", image: "AAAA" }] },
  ];
  expect(await stored(messages)).toEqual([
    "User: Look:\n[image: rex.png]\n[file]",
    "User: [image]",
  ]);
  const caption = async ({ kind }: { kind: string }) =>
    kind === "image" ? "a brown dog" : undefined;
  expect(await stored(messages, { caption })).toEqual([
    "User: Look:\n[image: a brown dog]\n[file]",
    "User: [image: a brown dog]",
  ]);
});

test("gives a user their own words where they spoke into an answer", async () => {
  const messages: UIMessage[] = [
    {
      id: "1",
      role: "assistant",
      parts: [
        { type: "text", text: "First I" },
        { type: "steering-message", id: "s", parts: [{ type: "text", text: "Shorter!" }] },
        { type: "text", text: "Done." },
      ],
    },
  ];
  expect(await stored(messages)).toEqual([
    "Assistant: First I",
    "User: Shorter!",
    "Assistant: Done.",
  ]);
});

test("stores nothing where a time is none, or a caption fails", async () => {
  const { memory, contents } = testMemory();
  const said = (createdAt: unknown): UIMessage => ({
    id: "1",
    role: "user",
    metadata: { createdAt },
    parts: [{ type: "text", text: "Hi." }],
  });
  const wrong = rememberMessages([said(noon), said("noon")], { memory });
  await expect(wrong).rejects.toMatchObject({
    code: "INVALID_INPUT",
    details: { field: "messages[1].metadata.createdAt" },
  });
  const image: ModelMessage = { role: "user", content: [{ type: "image", image: "AAAA" }] };
  const blind = rememberMessages([said(noon), image], {
    memory,
    caption: () => {
      throw new Error("cannot see");
    },
  });
  await expect(blind).rejects.toThrow("cannot see");
  expect(await contents()).toEqual([]);
  expect(await rememberMessages([], { memory })).toEqual([]);
});
