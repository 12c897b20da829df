import { setTimeout } from "node:timers/promises";

/** Asks again and again until the answer is yes; rejects after two minutes, naming what it waited for. */
export async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  const start = performance.now();
  while (!(await holds())) {
    if (performance.now() - start > 120_000) throw new Error(`Waited in vain until ${what}.`);
    await setTimeout(10);
  }
}
