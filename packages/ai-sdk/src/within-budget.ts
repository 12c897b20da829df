import { MemoryError, type Runtime } from "@unimem/core";

export interface Budget {
  readonly timeoutMs: number;
  readonly runtime: Runtime;
  /** Ends the work early. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `work` with a signal that is aborted when the time is up or `signal` is aborted, and rejects with
 * `ABORTED` at that moment, also where `work` ignores its signal.
 */
export async function withinBudget<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { timeoutMs, runtime, signal: outer }: Budget,
): Promise<T> {
  const deadline = new AbortController();
  const cancel = runtime.after(timeoutMs, () =>
    deadline.abort(
      new MemoryError("ABORTED", `It took longer than the ${timeoutMs} ms it was given.`),
    ),
  );
  const signal = outer ? AbortSignal.any([outer, deadline.signal]) : deadline.signal;
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(reasonOf(signal));
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([promise, (async () => work(signal))()]);
  } finally {
    cancel();
    signal.removeEventListener("abort", stop);
  }
}

function reasonOf({ reason }: AbortSignal): MemoryError {
  if (reason instanceof MemoryError) return reason;
  return new MemoryError("ABORTED", "The call was aborted by its signal.", { cause: reason });
}
