import { describe, expect, test, vi } from "vitest";
import { MemoryError } from "../domain/memory-error.ts";
import { HandleLife } from "./handle-life.ts";

const newLife = () =>
  new HandleLife(
    "The paper storage",
    (cause, action) => new MemoryError("STORAGE_UNAVAILABLE", `It could not ${action}.`, { cause }),
  );
const nothing = async () => {};

async function openLife(): Promise<HandleLife> {
  const life = newLife();
  await life.open(nothing);
  return life;
}

describe("work", () => {
  test("is refused before the handle is open, with what to do", async () => {
    const work = vi.fn(nothing);
    await expect(newLife().run("write", work)).rejects.toMatchObject({
      code: "CLOSED",
      message: "The paper storage is not open yet: call open() first.",
    });
    expect(work).not.toHaveBeenCalled();
  });

  test("is refused while the handle opens, and after an opening that failed", async () => {
    const life = newLife();
    const opening = life.open(() => Promise.reject(new Error("no paper")));
    await expect(life.run("write", nothing)).rejects.toMatchObject({ code: "CLOSED" });
    await expect(opening).rejects.toMatchObject({ code: "STORAGE_UNAVAILABLE" });
    await expect(life.run("write", nothing)).rejects.toMatchObject({ code: "CLOSED" });
    await life.open(nothing);
    await expect(life.run("write", async () => "done")).resolves.toBe("done");
  });

  test("that fails is told in the storage's words", async () => {
    const cause = new Error("torn");
    const life = await openLife();
    const throwing = () => {
      throw cause;
    };
    for (const work of [throwing, () => Promise.reject(cause)])
      await expect(life.run("list records", work)).rejects.toMatchObject({
        message: "It could not list records.",
        cause,
      });
  });
});

describe("closing", () => {
  test("waits for what is under way, and refuses what comes later", async () => {
    const life = await openLife();
    const order: string[] = [];
    const gate = Promise.withResolvers<void>();
    const failing = life.run("write", async () => {
      await gate.promise;
      order.push("write");
      throw new Error("late");
    });
    const closing = life.close(async () => void order.push("close"));
    expect(life.isOpen).toBe(false);
    await expect(life.run("write", nothing)).rejects.toThrow("The paper storage is closed.");
    await expect(life.open(nothing)).rejects.toMatchObject({ code: "CLOSED" });
    gate.resolve();
    await expect(failing).rejects.toThrow("It could not write.");
    await closing;
    expect(order).toEqual(["write", "close"]);
  });

  test("waits for an opening, which then opens nothing", async () => {
    const life = newLife();
    const gate = Promise.withResolvers<void>();
    const opening = life.open(() => gate.promise);
    const close = vi.fn(nothing);
    const closing = life.close(close);
    expect(close).not.toHaveBeenCalled();
    gate.resolve();
    await Promise.all([opening, closing]);
    expect(life.isOpen).toBe(false);
  });

  test("is done once, and told the same to all who ask", async () => {
    const life = newLife();
    const close = vi.fn(() => Promise.reject(new Error("stuck")));
    for (const call of [life.close(close), life.close(close)])
      await expect(call).rejects.toThrow("It could not be closed.");
    expect(close).toHaveBeenCalledTimes(1);
  });
});
