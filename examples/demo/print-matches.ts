import { styleText } from "node:util";
import type { MemoryMatch, MemoryRecord, ScoreExplanation } from "unimem";
import type { Question } from "./statement.ts";

const parts = ["semantic", "lexical", "recency", "importance"] as const;
const longestContent = 240;

/** A question and its matches, each with its score, the parts of it, and why it stands where it does. */
export function printMatches(
  number: number,
  question: Question,
  matches: readonly MemoryMatch[],
): void {
  const { text, note, expected } = question;
  console.log(`\n${styleText("bold", `${number}. ${text}`)}${note ? ` (${note})` : ""}`);
  if (expected !== undefined) faint(`   expected: ${expected}`);
  if (matches.length === 0) console.log("   nothing found");
  for (const [i, match] of matches.entries()) {
    const { record, score, explanation, matchReasons } = match;
    const mark = answers(question, record) ? styleText("green", "✓") : " ";
    console.log(`  ${mark}${styleText("cyan", score.toFixed(3))}  ${shortened(record.content)}`);
    faint(`          ${record.scope} · ${sum(explanation)}`);
    faint(`          ${matchReasons.join(", ")} · ${whyHere(match, matches[i - 1])}`);
  }
}

/** Whether a record is known to answer: it is part of the evidence or, where none is named, holds the expected words. */
export function answers({ expected, evidence }: Question, record: MemoryRecord): boolean {
  if (evidence !== undefined) return evidence.includes(String(record.metadata.turn));
  return expected !== undefined && record.content.includes(expected);
}

function sum(explanation: ScoreExplanation): string {
  return parts.map((part) => `${part} ${explanation[part].toFixed(3)}`).join(" + ");
}

/** The parts in which a match differs from the one above it, the largest first. */
function whyHere({ explanation, score }: MemoryMatch, above: MemoryMatch | undefined): string {
  if (above === undefined) return "the highest score";
  const differences = parts
    .map((part) => ({ part, by: explanation[part] - above.explanation[part] }))
    .filter(({ by }) => Math.abs(by) >= 0.0005)
    .sort((a, b) => Math.abs(b.by) - Math.abs(a.by))
    .map(({ part, by }) => `${part} ${by < 0 ? "−" : "+"}${Math.abs(by).toFixed(3)}`);
  if (differences.length === 0) return "level with the one above";
  return `${(above.score - score).toFixed(3)} below the one above: ${differences.join(", ")}`;
}

function shortened(content: string): string {
  const line = content.replace(/\s+/g, " ");
  return line.length <= longestContent ? line : `${line.slice(0, longestContent)}…`;
}

function faint(line: string): void {
  console.log(styleText("dim", line));
}
