const bytesPerToken = 3;

/**
 * How many tokens a text has at most, nearly, without a tokenizer: a third of its UTF-8 bytes. That is a third too
 * many for English, and about right for scripts whose characters take three bytes.
 */
export function estimateTokens(text: string): number {
  return Math.ceil(new TextEncoder().encode(text).length / bytesPerToken);
}

/** As much of the beginning of a text, in whole characters, as is estimated at no more tokens than these. */
export function firstTokens(text: string, maxTokens: number): string {
  const bytes = Math.max(0, bytesPerToken * Math.floor(maxTokens));
  // A UTF-16 unit has one to three bytes, so no more than this is read or needed, however large text or bound are.
  const head = text.slice(0, bytes);
  const room = new Uint8Array(Math.min(bytes, 3 * head.length));
  const { read } = new TextEncoder().encodeInto(head, room);
  return head.slice(0, read);
}
