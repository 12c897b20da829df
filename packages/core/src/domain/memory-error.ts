/** What each code means and what to do about it. `docs/errors.md` is made from this table. */
export const memoryErrorCodes = {
  INVALID_INPUT:
    "An argument is refused. Nothing was written. Change the argument that the message names.",
  READ_ONLY: "A writing verb was called on a memory or view that only reads.",
  NOT_FOUND: "No record with this id is visible to the caller.",
  DIMENSION_MISMATCH: "Vectors have another width than the embedder announced or the store holds.",
  EMBEDDER_MISMATCH:
    "The store was written with another embedder, whose vectors cannot be compared. Keep that one, or call `reembed()`.",
  EMBEDDING_FAILED:
    "The embedder threw, timed out, or answered with something that is not one vector per text.",
  MODEL_FAILED: "The language model failed where there is no fallback.",
  STORAGE_UNAVAILABLE:
    "The storage cannot be reached, read or written. `cause` holds its own error.",
  STORAGE_CORRUPT: "The storage holds something it did not write, or lost a part of what it wrote.",
  STORAGE_CONTRACT:
    "A storage adapter broke its contract: a defect of the adapter, please report it.",
  WRITE_UNKNOWN: "Whether the write took effect is unknown. Repeating it is safe.",
  QUEUE_FULL:
    "More writes are waiting than `queueLimit` allows. Await some of them before the next.",
  CLOSED: "The memory or the storage was closed.",
  NOT_SUPPORTED:
    "This combination of options needs something that is not installed or not offered.",
  ABORTED: "The caller's `signal` was aborted. A write that had not begun was not made.",
} as const;

export type MemoryErrorCode = keyof typeof memoryErrorCodes;

/** What an error carries besides its message, by code. Codes that are not named here carry nothing. */
export interface MemoryErrorDetails {
  INVALID_INPUT: { readonly field: string };
  NOT_FOUND: { readonly id: string };
  DIMENSION_MISMATCH: { readonly expected: number; readonly actual: number };
  EMBEDDER_MISMATCH: { readonly expected: string; readonly actual: string };
  QUEUE_FULL: { readonly limit: number };
}

type DetailsOf<Code extends MemoryErrorCode> = Code extends keyof MemoryErrorDetails
  ? MemoryErrorDetails[Code]
  : Readonly<Record<string, never>>;

type ErrorArguments<Code extends MemoryErrorCode> = Code extends keyof MemoryErrorDetails
  ? [details: MemoryErrorDetails[Code], options?: ErrorOptions]
  : [options?: ErrorOptions];

// Shared through the global registry, so that two installed copies of this package know each other's errors.
const marker = Symbol.for("unimem.MemoryError");

/**
 * The only error that this library's promises reject with. `code` is stable between minor versions, the
 * message is not: it is for people, and never holds content, metadata or secrets. `cause` keeps the
 * original error where there was one.
 */
export class MemoryError<Code extends MemoryErrorCode = MemoryErrorCode> extends Error {
  readonly code: Code;
  readonly details: DetailsOf<Code>;

  constructor(code: Code, message: string, ...rest: ErrorArguments<Code>) {
    const hasDetails = rest.length > 0 && !isErrorOptions(rest[0]);
    super(message, (hasDetails ? rest[1] : rest[0]) as ErrorOptions | undefined);
    this.name = "MemoryError";
    this.code = code;
    this.details = (hasDetails ? rest[0] : {}) as DetailsOf<Code>;
    Object.defineProperty(this, marker, { value: true });
  }
}

/** Whether `error` is a {@link MemoryError}, of one code where `code` is given. */
export function isMemoryError<Code extends MemoryErrorCode = MemoryErrorCode>(
  error: unknown,
  code?: Code,
): error is MemoryError<Code> {
  if (typeof error !== "object" || error === null || !(marker in error)) return false;
  return code === undefined || (error as { code?: unknown }).code === code;
}

/** `error` itself if it is a `MemoryError`, else one that has it as its cause. */
export function asMemoryError(
  error: unknown,
  code: "STORAGE_UNAVAILABLE" | "STORAGE_CONTRACT" | "EMBEDDING_FAILED" | "MODEL_FAILED",
  message: string,
): MemoryError {
  return isMemoryError(error) ? error : new MemoryError(code, message, { cause: error });
}

/** An `INVALID_INPUT` error about one argument. */
export function invalidInput(field: string, message: string, cause?: unknown): MemoryError {
  return new MemoryError("INVALID_INPUT", message, { field }, cause === undefined ? {} : { cause });
}

function isErrorOptions(value: unknown): value is ErrorOptions {
  return typeof value === "object" && value !== null && "cause" in value;
}
