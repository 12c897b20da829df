import { type AgentInputItem, MemorySession, protocol, type Session } from "@openai/agents-core";
import { inMemoryStorage, Memory } from "@unimem/core";
import { scriptedEmbedder } from "@unimem/core/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { memorySession } from "./memory-session.ts";

const text = fc.oneof(fc.string({ unit: "binary", maxLength: 20 }), fc.constant("cut \ud83d")); // half a surrogate pair
const json = fc.json({ maxDepth: 3 }).map((text) => JSON.parse(text) as unknown); // not -0, which JSON cannot hold
const callId = fc.constantFrom("c1", "c2");
const status = fc.constantFrom("in_progress", "completed", "incomplete");
const ended = fc.constantFrom("completed", "incomplete");
const image = fc.constantFrom("data:image/png;base64,iVBORw0KGgo=", "https://example.com/a.png");
const providerData = fc.option(fc.dictionary(fc.string(), json), { nil: undefined });
const id = fc.option(text, { nil: undefined });

const part = fc.oneof(
  fc.record({ type: fc.constant("input_text"), text, providerData }),
  fc.record({ type: fc.constant("input_image"), image, detail: text }),
  fc.record({ type: fc.constant("input_file"), file: fc.record({ id: text }), filename: text }),
);
const audio = fc.record({ type: fc.constant("audio"), audio: text, transcript: fc.option(text) });
const said = fc.oneof(
  fc.record({ type: fc.constant("output_text"), text }),
  fc.record({ type: fc.constant("refusal"), refusal: text }),
  fc.record({ type: fc.constant("image"), image }),
  audio,
);
const output = fc.oneof(
  text,
  fc.record({ type: fc.constant("text"), text }),
  fc.record({ type: fc.constant("image"), image: fc.record({ data: text, mediaType: text }) }),
  fc.record({ type: fc.constant("file"), file: fc.record({ url: text }) }),
  fc.array(part, { maxLength: 2 }),
);
const operation = fc.record({ type: fc.constant("update_file"), path: text, diff: text });
const outcome = fc.constantFrom({ type: "timeout" }, { type: "exit", exitCode: null });
const printed = fc.record({ stdout: text, stderr: text, outcome, more: json });
const action = fc.constantFrom({ type: "screenshot" }, { type: "keypress", keys: ["ctrl", "c"] });

const fieldsOf = {
  message: fc.oneof(
    fc.record({
      role: fc.constant("user"),
      content: fc.oneof(text, fc.array(fc.oneof(part, audio))),
    }),
    fc.record({ role: fc.constant("assistant"), status, content: fc.array(said) }),
    fc.record({ role: fc.constant("system"), content: text }),
  ),
  tool_search_call: fc.record({ arguments: json, call_id: fc.option(text) }),
  tool_search_output: fc.record({ tools: fc.array(fc.dictionary(fc.string(), json)) }),
  hosted_tool_call: fc.record({ name: text, output: text }),
  program: fc.record({ callId, code: text, fingerprint: text }),
  program_output: fc.record({ callId, output: text, status: ended }),
  function_call: fc.record({
    callId,
    name: text,
    arguments: json.map((each) => JSON.stringify(each)),
  }),
  function_call_result: fc.record({ callId, name: text, status, output }),
  computer_call: fc.record({ callId, status, actions: fc.array(action, { minLength: 1 }) }),
  computer_call_result: fc.record({
    callId,
    output: fc.record({ type: fc.constant("computer_screenshot"), data: image }),
  }),
  shell_call: fc.record({ callId, action: fc.record({ commands: fc.array(text) }) }),
  shell_call_output: fc.record({ callId, output: fc.array(printed, { maxLength: 2 }) }),
  apply_patch_call: fc.record({ callId, status: fc.constant("completed"), operation }),
  apply_patch_call_output: fc.record({ callId, status: fc.constant("failed"), output: text }),
  reasoning: fc.record({ content: fc.array(fc.record({ type: fc.constant("input_text"), text })) }),
  compaction: fc.record({ encrypted_content: text }),
  unknown: fc.record({}),
} satisfies Record<NonNullable<AgentInputItem["type"]>, fc.Arbitrary<object>>; // a new kind must be added

const item = fc.oneof(
  ...Object.entries(fieldsOf).map(([type, fields]) =>
    fc
      .tuple(fields as fc.Arbitrary<object>, id, providerData)
      .map(([own, id, providerData]) => ({ type, ...own, id, providerData }) as AgentInputItem),
  ),
);

const act = fc.oneof(
  { weight: 3, arbitrary: fc.record({ add: fc.array(item, { maxLength: 5 }) }) },
  fc.record({ get: fc.option(fc.integer({ min: -1, max: 8 }), { nil: undefined }) }),
  fc.constant("pop" as const),
  { weight: 1, arbitrary: fc.constant("clear" as const) },
);

test("items of every kind come back as given and in order, as from the SDK's own MemorySession", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 3, maxLength: 15, size: "max" }), async (acts) => {
      const memory = new Memory({ storage: inMemoryStorage(), embedder: scriptedEmbedder() });
      const ours = memorySession(memory, { sessionId: "a/b" });
      const other = memorySession(memory, { sessionId: "a" });
      await other.addItems([{ role: "user", content: "elsewhere" }]);
      const reference = new MemorySession();
      for (const each of acts) {
        if (typeof each === "object" && "add" in each)
          for (const added of each.add)
            expect(protocol.ModelItem.safeParse(added).error).toBeUndefined();
        const [answer, expected] = [await answerOf(ours, each), await answerOf(reference, each)];
        expect(answer).toEqual(expected);
      }
      expect(await other.getItems()).toEqual([{ role: "user", content: "elsewhere" }]);
      await memory.close();
    }),
    { numRuns: 100 },
  );
});

type Act = typeof act extends fc.Arbitrary<infer Value> ? Value : never;

async function answerOf(session: Session, each: Act) {
  if (each === "pop") return session.popItem();
  if (each === "clear") return session.clearSession();
  return "add" in each ? session.addItems(each.add) : session.getItems(each.get);
}
