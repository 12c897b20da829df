import { readFileSync } from "node:fs";

/** A question with the turns that answer it. */
export interface Question {
  readonly text: string;
  /** 1 multi-hop, 2 temporal, 3 open-domain, 4 single-hop. */
  readonly category: number;
  readonly evidence: readonly string[];
}

export interface Conversation {
  readonly id: string;
  readonly turns: readonly { readonly id: string; readonly text: string }[];
  readonly questions: readonly Question[];
}

interface ConversationFile {
  readonly id: string;
  readonly sessions: readonly {
    readonly turns: readonly {
      readonly id: string;
      readonly speaker: string;
      readonly text: string;
      readonly imageCaption?: string;
    }[];
  }[];
  readonly qa: readonly {
    readonly question: string;
    readonly evidence: readonly string[];
    readonly category: number;
  }[];
}

/**
 * Reads a conversation in the format of LoCoMo. A turn's text is `speaker: text`, and the caption of its picture
 * in brackets. Of the questions those of categories 1 to 4 count that name at least one turn that is there; some
 * of the evidence is written loosely ("D8:6; D9:17", "D:11:26").
 */
export function readConversation(path: string): Conversation {
  const { id, sessions, qa } = JSON.parse(readFileSync(path, "utf8")) as ConversationFile;
  const turns = sessions
    .flatMap((session) => session.turns)
    .map(({ id, speaker, text, imageCaption }) => ({
      id,
      text: `${speaker}: ${text}${imageCaption ? ` [${imageCaption}]` : ""}`,
    }));
  const known = new Set(turns.map((turn) => turn.id));
  const questions = qa
    .filter(({ category }) => category >= 1 && category <= 4)
    .map(({ question, category, evidence }) => ({
      text: question,
      category,
      evidence: turnIds(evidence, known),
    }))
    .filter(({ evidence }) => evidence.length > 0);
  return { id, turns, questions };
}

function turnIds(evidence: readonly string[], known: ReadonlySet<string>): string[] {
  const ids = evidence.flatMap((text) =>
    [...text.matchAll(/D:?(\d+):(\d+)/g)].map(
      ([, session, turn]) => `D${Number(session)}:${Number(turn)}`,
    ),
  );
  return [...new Set(ids)].filter((id) => known.has(id));
}
