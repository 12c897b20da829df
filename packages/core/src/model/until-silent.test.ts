import { describe, expect, test } from "vitest";
import { z } from "zod";
import { MemoryError } from "../domain/memory-error.ts";
import type { Ask } from "./ask-model.ts";
import { untilSilent } from "./until-silent.ts";

const question = { name: "test", schema: z.unknown(), instructions: "", prompt: "" };
const timeout = () =>
  new MemoryError("MODEL_FAILED", "Silent.", { cause: new DOMException("late", "TimeoutError") });

/** Asks once for each letter: a = answer, f = failure, t = timeout. */
async function askAll(letters: string) {
  const asked: string[] = [];
  const patiently = untilSilent();
  const outcomes: string[] = [];
  for (const letter of letters) {
    const ask: Ask = async () => {
      asked.push(letter);
      if (letter === "t") throw timeout();
      if (letter === "f") throw new MemoryError("MODEL_FAILED", "Refused.");
      return letter;
    };
    outcomes.push(await patiently(ask)(question).then(String, (error) => error.message));
  }
  return { asked: asked.join(""), outcomes };
}

describe("untilSilent", () => {
  test("asks no more after two timeouts in a row, and rejects as the second did", async () => {
    const { asked, outcomes } = await askAll("attaa");
    expect(asked).toBe("att");
    expect(outcomes).toEqual(["a", "Silent.", "Silent.", "Silent.", "Silent."]);
  });

  test("goes on while a model answers between its timeouts", async () => {
    expect((await askAll("tatatat")).asked).toBe("tatatat");
  });

  test("goes on where a model fails at once", async () => {
    expect((await askAll("ffffa")).asked).toBe("ffffa");
  });
});
