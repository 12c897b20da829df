import { expect, test } from "vitest";
import { guardOf, RecalledTextGuard } from "./recalled-text-guard.ts";
import { testMemory } from "./testing/test-memory.ts";

test("knows what was recalled by its words, whatever their case and punctuation, and whoever said them", () => {
  const guard = new RecalledTextGuard();
  guard.note(["Ana's dog is called Rex."]);
  expect(guard.isEcho("ana’s dog IS called  Rex")).toBe(true);
  expect(guard.isEcho("Assistant: Ana's dog is called Rex.")).toBe(true);
});

test("lets through what says more, less or something else", () => {
  const guard = new RecalledTextGuard();
  guard.note(["Ben thinks Ana likes tea."]);
  for (const news of [
    "Ana likes tea.",
    "Ben thinks Ana likes coffee.",
    "Ben no longer thinks Ana likes tea.",
  ])
    expect(guard.isEcho(news)).toBe(false);
});

test.each([
  ["The freezer is at 5 degrees.", "The freezer is at -5 degrees."],
  ["The discount is 5.", "The discount is 5%."],
  ["Ana codes in C.", "Ana codes in C#."],
  ["The launch is on Friday?", "The launch is on Friday."],
  ["The ratio is 1:2.", "The ratio is 1.2."],
])("knows that %j is not %j", (recalled, news) => {
  const guard = new RecalledTextGuard();
  guard.note([recalled]);
  expect([guard.isEcho(news), guard.isEcho(recalled)]).toEqual([false, true]);
});

test("remembers the latest 500 texts, and none once it forgets", () => {
  const guard = new RecalledTextGuard();
  guard.note(Array.from({ length: 500 }, (_, i) => `text ${i}`));
  guard.note(["text 0", "one more"]);
  expect([guard.isEcho("text 0"), guard.isEcho("text 1"), guard.isEcho("text 2")]).toEqual([
    true,
    false,
    true,
  ]);
  guard.forget();
  expect(guard.isEcho("text 0")).toBe(false);
});

test("is one for each memory and source", () => {
  const { memory } = testMemory();
  guardOf(memory, "ana").note(["I like tea."]);
  expect(guardOf(memory, "ana").isEcho("I like tea.")).toBe(true);
  expect(guardOf(memory, "ben").isEcho("I like tea.")).toBe(false);
  expect(guardOf(memory, undefined).isEcho("I like tea.")).toBe(false);
  expect(guardOf(testMemory().memory, "ana").isEcho("I like tea.")).toBe(false);
});
