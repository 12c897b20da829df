/** One thing that a text says, ready to be remembered. */
export interface Statement {
  readonly content: string;
  readonly scope: string;
  readonly categories?: readonly string[];
  readonly importance?: number;
  readonly source?: string;
  readonly metadata: Readonly<Record<string, string | number>>;
}

/** What is asked of the memory, and what is known of the right answer. */
export interface Question {
  readonly text: string;
  /** Why it is asked, where that is not plain. */
  readonly note?: string;
  readonly expected?: string;
  /** Values of the metadata `turn` of the statements that answer it. At least one, where given. */
  readonly evidence?: readonly string[];
}

/** A text that the demo can remember. */
export interface Source {
  readonly kind: string;
  readonly statements: readonly Statement[];
  /** What the text itself asks, if it does. */
  readonly questions: readonly Question[];
}
