import { isMemoryError, MemoryError } from "@unimem/core";
import { failure, providerError } from "./provider-error.ts";
import type { ProviderSettings } from "./provider-settings.ts";

/**
 * One request to a provider, with its repetitions, in `config.timeoutMs`. Rejects at that moment even if `work`
 * ignores its signal, and with nothing but a `MemoryError`.
 */
export async function callProvider<Answer>(
  settings: ProviderSettings,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => PromiseLike<Answer> | Answer,
): Promise<Answer> {
  const { timeoutMs = settings.timeoutMs } = settings.config;
  const deadline = new AbortController();
  const cancel = settings.runtime.after(timeoutMs, () =>
    deadline.abort(new DOMException("timed out", "TimeoutError")),
  );
  const either = signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(either.reason);
  either.addEventListener("abort", abort, { once: true });
  try {
    either.throwIfAborted();
    return await Promise.race([work(either), aborted]);
  } catch (error) {
    if (signal?.aborted)
      throw new MemoryError("ABORTED", "The call was aborted by its signal.", {
        cause: signal.reason,
      });
    if (deadline.signal.aborted)
      throw failure(settings, `did not answer within ${timeoutMs} ms.`, deadline.signal.reason);
    throw isMemoryError(error) ? error : providerError(settings, error);
  } finally {
    cancel();
    either.removeEventListener("abort", abort);
  }
}
