/** The rejections that nobody handled while `run` did its work. */
export async function unhandledDuring(run: () => Promise<void>): Promise<unknown[]> {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  try {
    await run();
    await new Promise((resolve) => setImmediate(resolve)); // they are reported after the tick
  } finally {
    process.off("unhandledRejection", note);
  }
  return unhandled;
}
