export interface ConfidenceThresholds {
  readonly confidenceThresholdHigh: number;
  readonly confidenceThresholdLow: number;
  readonly complexQueryThreshold: number;
}

/**
 * Whether a deep recall that still has budget looks for more. `confidence` is the score of the best match. A
 * complex query is held to `complexQueryThreshold` first, even where that is the highest of the three.
 */
export function shouldExplore(
  confidence: number,
  complex: boolean,
  thresholds: ConfidenceThresholds,
): boolean {
  if (complex && confidence < thresholds.complexQueryThreshold) return true;
  if (confidence >= thresholds.confidenceThresholdHigh) return false;
  return confidence < thresholds.confidenceThresholdLow;
}
