export interface BatchLimits {
  /** Most texts in one request. */
  readonly texts: number;
  /**
   * Most bytes of UTF-8 in one request, for providers that limit its tokens: a tokenizer over bytes never makes
   * more tokens than there are bytes, so a limit of tokens used as one of bytes is never exceeded.
   */
  readonly bytes?: number | undefined;
}

/** The texts in their order, cut into as few requests as the limits allow. A text above them goes alone. */
export function textBatches(
  texts: readonly string[],
  { texts: mostTexts, bytes: mostBytes = Number.POSITIVE_INFINITY }: BatchLimits,
): string[][] {
  const batches: string[][] = [];
  let batch: string[] = [];
  let bytes = 0;
  for (const text of texts) {
    const size = Buffer.byteLength(text);
    if (batch.length > 0 && (batch.length >= mostTexts || bytes + size > mostBytes)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(text);
    bytes += size;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
