import { DemoError } from "./demo-error.ts";
import type { Question, Source, Statement } from "./statement.ts";

interface Turn {
  readonly id: string;
  readonly speaker: string;
  readonly text: string;
  readonly imageCaption?: string;
}

interface Session {
  readonly date: string;
  readonly turns: readonly Turn[];
}

interface Asked {
  readonly question: string;
  readonly answer?: unknown;
  readonly evidence?: readonly string[];
  /** 5 asks for what the conversation does not say. */
  readonly category?: number;
}

/** A conversation: one scope per session, one statement per turn, the speaker as its source. */
export function readConversation(path: string, text: string): Source {
  const { sessions, qa } = parseConversation(path, text);
  return {
    kind: "conversation",
    statements: sessions.flatMap((session, i) =>
      session.turns.map((turn) => toStatement(turn, session, i + 1)),
    ),
    questions: qa.filter(({ category }) => category !== 5).map(toQuestion),
  };
}

function toStatement(turn: Turn, { date }: Session, number: number): Statement {
  const image = turn.imageCaption ? ` [image: ${turn.imageCaption}]` : "";
  return {
    content: `${turn.speaker}: ${turn.text}${image}`,
    scope: `/session-${String(number).padStart(2, "0")}`,
    source: turn.speaker,
    metadata: { turn: turn.id, date },
  };
}

function toQuestion({ question, answer, evidence = [] }: Asked): Question {
  const turns = evidence.flatMap((ids) => ids.split(/[;,\s]+/)).filter((id) => id !== "");
  return {
    text: question,
    ...(answer !== undefined && { expected: String(answer) }),
    ...(turns.length > 0 && { evidence: turns }),
  };
}

function parseConversation(path: string, text: string) {
  const conversation = parseJson(path, text);
  if (!isObject(conversation) || !isListOf(conversation.sessions, isSession))
    throw new DemoError(
      `${path} is JSON but not a conversation; npm run demo -- --help shows its form.`,
    );
  const { sessions, qa = [] } = conversation;
  if (!isListOf(qa, isAsked))
    throw new DemoError(`${path}: "qa" must be a list of { "question", "answer", "evidence" }.`);
  return { sessions, qa };
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DemoError(`${path} is not valid JSON: ${(error as Error).message}`);
  }
}

function isSession(value: unknown): value is Session {
  return isObject(value) && isText(value.date) && isListOf(value.turns, isTurn);
}

function isTurn(value: unknown): value is Turn {
  if (!isObject(value)) return false;
  const { id, speaker, text, imageCaption } = value;
  return [id, speaker].every(isText) && typeof text === "string" && isOptionalText(imageCaption);
}

function isAsked(value: unknown): value is Asked {
  if (!isObject(value) || !isText(value.question)) return false;
  return value.evidence === undefined || isListOf(value.evidence, isText);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isListOf<T>(value: unknown, is: (each: unknown) => each is T): value is T[] {
  return Array.isArray(value) && value.every(is);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || typeof value === "string";
}
