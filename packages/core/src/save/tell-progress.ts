import { invalidInput } from "../domain/memory-error.ts";

export type ProgressListener<Progress> = (progress: Progress) => void;

/** Work goes on whatever the listener throws. */
export function tellProgress<Progress>(
  listener: ProgressListener<Progress> | undefined,
  progress: Progress,
): void {
  try {
    listener?.(progress);
  } catch {}
}

export function parseProgressListener<Progress>(
  value: unknown,
  field: string,
): ProgressListener<Progress> {
  if (typeof value !== "function") throw invalidInput(field, `${field} must be a function.`);
  return value as ProgressListener<Progress>;
}
