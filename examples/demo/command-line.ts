import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { DemoError } from "./demo-error.ts";

export const help = `Remembers a text and answers questions about it, with no model, no key and no network.

  npm run demo                          the meeting notes that come with the repository
  npm run demo -- FILE                  your Markdown (.md), plain text, or conversation (.json)
  npm run demo -- FILE --ask "…"        your own questions; --ask may be repeated
  npm run demo -- FILE --fresh          forget what earlier runs of this file have stored

The memory is kept in .unimem/demo/ of the repository, one directory for each file; a second run finds it there.
A conversation is { "id", "sessions": [{ "date", "turns": [{ "id", "speaker", "text", "imageCaption"? }] }], "qa"? }.`;

export interface CommandLine {
  /** An absolute path; absent for the notes that come with the demo. */
  readonly file: string | undefined;
  readonly ask: readonly string[];
  readonly fresh: boolean;
  readonly help: boolean;
}

export function readCommandLine(args: readonly string[], callerDirectory: string): CommandLine {
  const { values, positionals } = parse(args);
  if (positionals.length > 1)
    throw new DemoError(`One file at a time, please; got ${positionals.length}.`, 2);
  const ask = values.ask ?? [];
  if (ask.some((question) => question.trim() === ""))
    throw new DemoError("--ask needs a question.", 2);
  const [file] = positionals;
  return {
    file: file === undefined ? undefined : resolve(callerDirectory, file),
    ask,
    fresh: values.fresh ?? false,
    help: values.help ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ask: { type: "string", multiple: true },
        fresh: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    const [firstSentence] = (error as Error).message.split(/\. |\n/);
    throw new DemoError(`${firstSentence}. See npm run demo -- --help.`, 2);
  }
}
