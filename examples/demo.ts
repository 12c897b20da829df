/** Remembers a text and answers questions about it: `npm run demo -- --help`. */
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { styleText } from "node:util";
import { isMemoryError, Memory } from "unimem";
import { type Asking, chooseQuestions } from "./demo/choose-questions.ts";
import { help, readCommandLine } from "./demo/command-line.ts";
import { demoDirectory, repositoryRoot } from "./demo/demo-directory.ts";
import { DemoError } from "./demo/demo-error.ts";
import { meetingQuestions } from "./demo/meeting-questions.ts";
import { answers, printMatches } from "./demo/print-matches.ts";
import { progressBar } from "./demo/progress-bar.ts";
import { readSource } from "./demo/read-source.ts";
import { newStatements, rememberInBatches } from "./demo/remember-new.ts";
import type { Source } from "./demo/statement.ts";

const meetingNotes = fileURLToPath(new URL("demo/meeting-notes.md", import.meta.url));

async function demo(): Promise<number> {
  // npm runs this from the repository's root; these say where the caller stands.
  const { UNIMEM_CALLER_DIR, INIT_CWD } = process.env;
  const callerDirectory = UNIMEM_CALLER_DIR ?? INIT_CWD ?? process.cwd();
  const options = readCommandLine(process.argv.slice(2), callerDirectory);
  if (options.help) {
    console.log(help);
    return 0;
  }

  // A text becomes statements: what is said, and where in the text.
  const file = options.file ?? meetingNotes;
  const source = await readSource(file);
  const directory = demoDirectory(file);
  title(`${file} (${source.kind})`);
  console.log(
    `  ${source.statements.length} statements; the memory is in ${relative(repositoryRoot, directory)}`,
  );

  // A memory that needs no model, no key and no network.
  const memory = new Memory({ storage: directory, embedder: "lexical", llm: false });
  try {
    if (options.fresh) await memory.resetAll();
    if (!(await remember(memory, source))) return 130;
    title("Scopes");
    console.log((await memory.tree()).replace(/^/gm, "  "));
    const prepared = options.file === undefined ? meetingQuestions : [];
    await ask(memory, chooseQuestions(options.ask, source, prepared));
    return 0;
  } finally {
    await memory.close();
  }
}

/** Remembers what is new: an earlier run may have stored some of it, or all. False if Ctrl-C ended it. */
async function remember(memory: Memory, { statements }: Source): Promise<boolean> {
  const found = await memory.count();
  const fresh = await newStatements(memory, statements);
  if (found > 0)
    console.log(`  found ${found} records of an earlier run; ${fresh.length} statements are new`);

  const interrupted = new AbortController();
  const onInterrupt = () => interrupted.abort();
  process.once("SIGINT", onInterrupt);
  const [saved, time] = await timed(() =>
    rememberInBatches(memory, fresh, progressBar(fresh.length), interrupted.signal),
  );
  process.off("SIGINT", onInterrupt);
  if (saved === fresh.length) {
    if (saved > 0) console.log(`  remembered ${saved} statements in ${time}`);
    return true;
  }
  console.log(
    `\n  stopped after ${saved} statements with ${fresh.length - saved} to go: run it again to go on`,
  );
  return false;
}

/** Asks, and says of how many questions the answer that was expected is among the first three. */
async function ask(memory: Memory, { questions, origin }: Asking): Promise<void> {
  title(`Questions (${origin})`);
  let answered = 0;
  const [, time] = await timed(async () => {
    for (const [i, question] of questions.entries()) {
      const matches = await memory.recall(question.text, { limit: 3 });
      printMatches(i + 1, question, matches);
      if (matches.some(({ record }) => answers(question, record))) answered++;
    }
  });
  console.log(
    `\n  ${questions.length} ${questions.length === 1 ? "question" : "questions"} in ${time}`,
  );
  const known = questions.filter(({ expected, evidence }) => expected ?? evidence).length;
  if (known > 0)
    console.log(`  ✓ for ${answered} of ${known} an expected answer is among the first three`);
}

async function timed<T>(work: () => Promise<T>): Promise<[T, string]> {
  const start = performance.now();
  const result = await work();
  return [result, `${((performance.now() - start) / 1000).toFixed(2)} s`];
}

function title(text: string): void {
  console.log(`\n${styleText(["bold", "underline"], text)}`);
}

// `npm run demo | head` closes the pipe early, which is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  process.exitCode = await demo();
} catch (error) {
  if (!(error instanceof DemoError) && !isMemoryError(error)) throw error;
  console.error(error.message);
  process.exitCode = error instanceof DemoError ? error.exitCode : 1;
}
