import { MemoryError } from "./memory-error.ts";
import type { Runtime } from "./runtime.ts";

/** The error of a call whose `signal` was aborted. */
export function abortedError(signal: AbortSignal): MemoryError {
  return new MemoryError("ABORTED", "The call was aborted by its signal.", {
    cause: signal.reason,
  });
}

/** Settles as `work` does, but rejects with `ABORTED` as soon as `signal` is aborted, without waiting for it. */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return untilAborted(work, signal, () => abortedError(signal));
}

/**
 * Runs `work` with a signal that is aborted after `timeoutMs`, or with `outer`, and rejects at that moment
 * even if `work` ignores the signal: with `ABORTED`, or with what `onTimeout` makes. Where `outer` is aborted
 * already nothing is run.
 */
export async function withDeadline<T>(
  work: (signal: AbortSignal) => Promise<T>,
  limits: {
    timeoutMs: number;
    runtime: Runtime;
    signal?: AbortSignal | undefined;
    onTimeout: () => MemoryError;
  },
): Promise<T> {
  const { timeoutMs, runtime, signal: outer, onTimeout } = limits;
  if (outer?.aborted) throw abortedError(outer);
  const deadline = new AbortController();
  const cancel = runtime.after(timeoutMs, () => deadline.abort());
  const signal = outer ? AbortSignal.any([outer, deadline.signal]) : deadline.signal;
  try {
    return await untilAborted(
      Promise.resolve().then(() => work(signal)),
      signal,
      () => (outer?.aborted ? abortedError(outer) : onTimeout()),
    );
  } finally {
    cancel();
  }
}

function untilAborted<T>(
  work: Promise<T>,
  signal: AbortSignal,
  reason: () => MemoryError,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const abort = () => reject(reason());
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  return promise;
}
