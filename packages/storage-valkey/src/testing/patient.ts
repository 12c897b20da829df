/** For tests in which no time is to run out: on a machine that is busy for seconds every request still comes through. */
export const patient = { connectTimeoutMs: 30_000, requestTimeoutMs: 30_000 } as const;
