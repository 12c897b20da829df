import { isMemoryError, MemoryError } from "@unimem/core/storage";

/**
 * What a failed request says of its effect: `unknown` where it may have been carried out; `passing` where it was
 * not, and may be the next time; `lasting` where repeating it is useless.
 */
export type FailureKind = "unknown" | "passing" | "lasting";

/** What the coordinator of the Search module says while a node is gone, or slots and indexes are on their way. */
const partlyUnreachable =
  /consistency check failed|contact all cluster members|cancelled due to timeout/i;

const isMoved = /\bmoved\b/i;

export function failureKind(error: unknown, { isCluster = false } = {}): FailureKind {
  const text = textOf(error);
  // A client of a cluster follows a slot by itself, but not where it moves between the commands of a transaction and
  // its end: then none of them is carried out.
  if (isCluster && isMoved.test(text)) return "passing";
  switch (error instanceof Error ? error.name : undefined) {
    case "TimeoutError":
    case "ConnectionError":
      return "unknown";
    case "ClosingError":
      return /WRONGPASS|NOAUTH|client is closed|permission|topology views|out of range|switch database|peer certificate/i.test(
        text,
      )
        ? "lasting"
        : "passing";
    case "ExecAbortError":
      // Nothing of it was carried out; where a slot is on its way to another node that passes.
      return "passing";
    case "RequestError":
    case "CircuitBreakerError":
      if (/connect failed|loading|inflight|try ?again|cluster ?down|master ?down|busy/i.test(text))
        return "passing";
      if (partlyUnreachable.test(text)) return "passing";
      return /io ?error|broken pipe|connection reset/i.test(text) ? "unknown" : "lasting";
    default:
      return "lasting";
  }
}

const readOnly = /read ?only/i;

/** Whether the server is a replica, which takes no writes. */
export function isReadOnly(error: unknown): boolean {
  return readOnly.test(textOf(error));
}

const unavailable: readonly (readonly [RegExp, string])[] = [
  [/\bOOM\b/, "its memory is full. Raise maxmemory, or remove records: removing still works"],
  [
    /read ?only|no primary node/i,
    "the server is a read-only replica. Use the address of the primary",
  ],
  [
    /permission|\bNOPERM\b/i,
    "its user lacks permissions. Grant it the commands and the keys that the README of @unimem/valkey lists",
  ],
  [/WRONGPASS|NOAUTH/, "the server refuses the user name and password, or their absence"],
  [/loading/i, "the server is still loading its data. Try again in a moment"],
  [/MISCONF/i, "the server cannot save to its disk, and so takes no writes"],
  [/out of range|switch database/i, "the server has no database of that number"],
  [/topology views/i, "the server is no cluster. Leave cluster=true out"],
  [/\bmoved\b|cross ?slot/i, "the server is a node of a cluster. Add cluster=true"],
  [
    /try ?again/i,
    "keys of the store are on their way to another node of the cluster. Repeat it when they have arrived",
  ],
  [/NOREPLICAS/, "the server takes no writes with so few replicas (min-replicas-to-write)"],
  [/cluster ?down/i, "the cluster is down: some of its slots are served by nobody"],
  [
    /connection refused/i,
    "nothing listens at its address; check that the server runs, its host and its port",
  ],
  [/lookup address/i, "nobody knows the name of its host; check it, and the network"],
  [
    /peer certificate/i,
    "the server's certificate is not trusted, or is of another host. Give the authority that signed it as tls.ca",
  ],
  [
    /driver unexpectedly terminated/i,
    "what listens at its address hung up. It may want TLS (valkeys://), a client certificate, or be no Valkey server",
  ],
  [
    /^Connection error:.*timed out/is,
    "nobody answered at its address in time; check that the server runs, its host and port, and whether it speaks TLS",
  ],
];

/** Any failure as the error that callers know. Texts of the server may quote content, so none is repeated. */
export function storageError(error: unknown, action: string): MemoryError {
  if (isMemoryError(error)) return error;
  const options = { cause: error };
  const text = textOf(error);
  if (/WRONGTYPE|wrong kind of value|Decoding error/i.test(text))
    return new MemoryError(
      "STORAGE_CORRUPT",
      `The Valkey storage could not ${action}: a key under its prefix holds what this package did not write. Use another prefix.`,
      options,
    );
  const reason = unavailable.find(([pattern]) => pattern.test(text))?.[1];
  const why =
    reason === undefined
      ? ". See the cause; check that the server runs, its address, and the network."
      : `: ${reason}.`;
  return new MemoryError(
    "STORAGE_UNAVAILABLE",
    `The Valkey storage could not ${action}${why}`,
    options,
  );
}

export function writeUnknown(cause: unknown): MemoryError {
  return new MemoryError(
    "WRITE_UNKNOWN",
    "The Valkey server did not answer a write, so whether it took effect is unknown. Repeating it is safe.",
    { cause },
  );
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
